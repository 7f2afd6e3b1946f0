// Draws what an orchestrator does with tasks of given durations, in virtual time:
//
//   matrix_timeline LIMIT MILLISECONDS...     matrix_timeline 2 100 100 100 100
#include <corokit/explore.hpp>
#include <corokit/orchestrator/matrix_orchestrator.hpp>
#include <corokit/time/sleep.hpp>

#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace {

using namespace corokit;
using std::chrono::milliseconds;

/// What is counted while the tasks run.
struct Counts {
  std::int64_t free_permits;
  std::int64_t results = 0;
};

Task<AsyncTask::Answer> work(Counts& counts, milliseconds duration) {
  explorer::note("free permits", --counts.free_permits);
  co_await sleep(duration);
  explorer::note("free permits", ++counts.free_permits);
  explorer::note("ended", ++counts.results);
  co_return "done";
}

Task<void> run(std::size_t limit, const std::vector<milliseconds>& durations) {
  Counts counts{.free_permits = static_cast<std::int64_t>(limit)};
  explorer::note("free permits", counts.free_permits);
  std::vector<AsyncTask> tasks;
  for (const milliseconds duration : durations)
    tasks.emplace_back(
        [&counts, duration](std::uint32_t, CancellationToken) { return work(counts, duration); });
  const MatrixOrchestrator orchestrator(limit);
  const auto results = co_await orchestrator.run(std::move(tasks), std::chrono::hours(1));
  explorer::require(results.has_value(), "the run gives results");
}

std::size_t number(const char* text) {
  std::size_t value = 0;
  const char* const end = text + std::strlen(text);
  if (const auto [at, error] = std::from_chars(text, end, value);
      error != std::errc() || at != end || value == 0)
    throw std::invalid_argument(std::string(text) + " is no positive number");
  return value;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    if (argc < 3) throw std::invalid_argument("usage: matrix_timeline LIMIT MILLISECONDS...");
    const std::size_t limit = number(argv[1]);
    std::vector<milliseconds> durations;
    for (int i = 2; i < argc; ++i) durations.emplace_back(number(argv[i]));
    const explorer::Report report =
        explorer::explore({.replay = "0", .name = "matrix_timeline"}, [&] { return run(limit, durations); });
    std::fputs((report.failure.empty() ? report.coverage : report.failure).c_str(), stdout);
    return report.failure.empty() ? 0 : 1;
  } catch (const std::invalid_argument& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 2;
  }
}
