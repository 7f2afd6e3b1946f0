// Exploring: the steps of a simulation, whatever is ready, and whole schedules.
#include <benchmark/benchmark.h>
#include <corokit/explore.hpp>
#include <corokit/join.hpp>
#include <corokit/simulation.hpp>
#include <corokit/sync/mutex.hpp>
#include <corokit/yield.hpp>

#include <cstdlib>

namespace corokit::bench {
namespace {

Task<> give_way_for_ever() {
  for (;;) co_await yield_now();
}

/// One turn of one of `state.range()` tasks that are always ready.
void step(benchmark::State& state) {
  sim::Simulation simulation({.seed = 1});
  for (std::int64_t i = 0; i < state.range(); ++i) simulation.spawn(give_way_for_ever()).detach();
  for (auto _ : state) simulation.step();
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(step)->Name("explore/step")->Arg(1)->Arg(10)->Arg(1'000)->Arg(100'000);

Task<> count_to_three() {
  Mutex<int> count(0);
  const auto add = [](Mutex<int>& of) -> Task<> { ++*co_await of.lock(); };
  auto first = spawn(add(count));
  auto second = spawn(add(count));
  auto third = spawn(add(count));
  co_await join(first, second, third);
  explorer::require(count.get_mut() == 3, "no update is lost");
}

/// Schedules of three tasks that share a mutex: an item is a schedule.
void schedules(benchmark::State& state, explorer::Search search) {
  std::int64_t played = 0;
  for (auto _ : state) {
    const explorer::Report report =
        explorer::explore({.search = search, .schedules = 10'000}, count_to_three);
    if (!report.failure.empty()) state.SkipWithError(report.failure.c_str());
    played += static_cast<std::int64_t>(report.schedules);
  }
  state.SetItemsProcessed(played);
}
BENCHMARK_CAPTURE(schedules, depth_first, explorer::Search::depth_first)->Name("explore/mutex/depth_first");
BENCHMARK_CAPTURE(schedules, pct, explorer::Search::pct)->Name("explore/mutex/pct");
BENCHMARK_CAPTURE(schedules, random, explorer::Search::random)->Name("explore/mutex/random");

}  // namespace
}  // namespace corokit::bench
