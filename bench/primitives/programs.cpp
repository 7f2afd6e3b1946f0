// Whole programs: the orchestrator, and fork-join.
#include "measure.hpp"

#include <corokit/orchestrator/matrix_orchestrator.hpp>
#include <corokit/spawn.hpp>
#include <corokit/yield.hpp>

#include <cstdint>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace corokit::bench {
namespace {

Task<Result<std::string, std::string>> agent(std::uint32_t id, CancellationToken) {
  co_await yield_now();
  co_return std::to_string(id);
}

/// A run of a thousand agents, at most sixteen at a time.
Task<void> orchestrate(benchmark::State* state) {
  const MatrixOrchestrator matrix(16);
  for (auto _ : *state) {
    std::vector<AsyncTask> agents;
    for (int i = 0; i < 1'000; ++i) agents.emplace_back(&agent);
    auto results = co_await matrix.run(std::move(agents), std::chrono::seconds(60));
    if (!results || results->size() != 1'000) throw std::runtime_error("agents were lost");
  }
}

Task<std::uint64_t> fib(unsigned n) {
  if (n < 2) co_return n;
  auto left = spawn(fib(n - 1));
  const std::uint64_t right = co_await fib(n - 2);
  co_return (co_await left).value() + right;
}

Task<void> fork_and_join(benchmark::State* state) {
  for (auto _ : *state) benchmark::DoNotOptimize(co_await fib(15));
}

/// A tree of 1,111 tasks that adds up its leaves.
Task<std::uint64_t> skynet(std::uint64_t number, std::uint64_t leaves) {
  if (leaves == 1) co_return number;
  std::vector<JoinHandle<std::uint64_t>> children;
  for (std::uint64_t i = 0; i < 10; ++i)
    children.push_back(spawn(skynet(number + i * leaves / 10, leaves / 10)));
  std::uint64_t sum = 0;
  for (auto& child : children) sum += (co_await child).value();
  co_return sum;
}

Task<void> grow(benchmark::State* state) {
  for (auto _ : *state)
    if (co_await skynet(0, 1'000) != 499'500) throw std::runtime_error("a leaf was lost");
}

const Measure orchestrator("programs/orchestrator", orchestrate);
const Measure fork_join("programs/fib15", fork_and_join);
const Measure tree("programs/skynet1000", grow);

}  // namespace
}  // namespace corokit::bench
