// Uses the installed runtime and orchestrator as a stranger would. Exits 0 if both answer.
#include <corokit/orchestrator/matrix_orchestrator.hpp>
#include <corokit/runtime.hpp>
#include <corokit/time/sleep.hpp>
#include <corokit/version.hpp>

#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using namespace corokit;
using namespace std::chrono_literals;

Task<Result<std::string, std::string>> work(std::uint32_t id, CancellationToken) {
  co_await sleep(1ms);
  co_return std::to_string(id);
}

Task<bool> orchestrate() {
  MatrixOrchestrator orchestrator(2);
  std::vector<AsyncTask> tasks;
  for (int i = 0; i < 5; ++i) tasks.emplace_back(work);
  const auto results = co_await orchestrator.run(std::move(tasks), 1s);
  co_return results.has_value() && results->size() == 5;
}

// The package's version is that of its headers.
static_assert(std::string_view(PACKAGE_VERSION) == version());

int main() {
  return Runtime::multi_thread(2).block_on(orchestrate()) ? 0 : 1;
}
