// Two tasks forked in each iteration, on one thread: the price of a fork that nobody steals, beside that of an await.
#include "measure.hpp"

#include <corokit/fork_join.hpp>

namespace corokit::bench {
namespace {

Task<int> one() {
  co_return 1;
}

Task<void> fork_two(benchmark::State* state) {
  for (auto _ : *state) {
    const auto [a, b] = co_await fork_join(one(), one());
    benchmark::DoNotOptimize(a + b);
  }
}

Task<void> await_two(benchmark::State* state) {
  for (auto _ : *state) {
    const int a = co_await one();
    const int b = co_await one();
    benchmark::DoNotOptimize(a + b);
  }
}

const Measure forked("fork_join/two", fork_two);
const Measure awaited("fork_join/two_awaited", await_two);

}  // namespace
}  // namespace corokit::bench
