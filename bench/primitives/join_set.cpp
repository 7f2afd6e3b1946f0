// A set of a hundred tasks in each iteration: joined, and aborted.
#include "measure.hpp"

#include <corokit/join_set.hpp>
#include <corokit/sync/notify.hpp>
#include <corokit/yield.hpp>

namespace corokit::bench {
namespace {

constexpr int kTasks = 100;

Task<int> member() {
  co_await yield_now();
  co_return 1;
}

Task<int> wait_for_ever(Notify* never) {
  co_await never->notified();
  co_return 1;
}

Task<void> join_all(benchmark::State* state) {
  for (auto _ : *state) {
    JoinSet<int> set;
    for (int i = 0; i < kTasks; ++i) set.spawn(member());
    while (auto result = co_await set.join_next()) benchmark::DoNotOptimize(*result);
  }
}

Task<void> abort_all(benchmark::State* state) {
  Notify never;
  for (auto _ : *state) {
    JoinSet<int> set;
    for (int i = 0; i < kTasks; ++i) set.spawn(wait_for_ever(&never));
    set.abort_all();
    while (auto result = co_await set.join_next()) benchmark::DoNotOptimize(*result);
  }
}

const Measure joined("join_set/hundred", join_all);
const Measure aborted("join_set/hundred_aborted", abort_all);

}  // namespace
}  // namespace corokit::bench
