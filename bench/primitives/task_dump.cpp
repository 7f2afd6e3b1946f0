// A dump of tasks that wait: a thousand at one place, and a thousand each in a select() of two operations.
#include "measure.hpp"

#include <corokit/handle.hpp>
#include <corokit/join_set.hpp>
#include <corokit/select.hpp>
#include <corokit/sync/notify.hpp>
#include <corokit/task_dump.hpp>
#include <corokit/time/sleep.hpp>
#include <corokit/yield.hpp>

#include <chrono>

namespace corokit::bench {
namespace {

constexpr int kTasks = 1000;

Task<void> wait_for_ever(Notify* never) {
  co_await never->notified();
}

Task<void> wait_in_select(Notify* never) {
  co_await select(never->notified(), sleep(std::chrono::hours(1)));
}

template <Task<void> (*kWait)(Notify*)>
Task<void> dump(benchmark::State* state) {
  Notify never;
  JoinSet<void> set;
  for (int i = 0; i < kTasks; ++i) set.spawn(kWait(&never));
  co_await yield_now();
  const Handle runtime = Handle::current();
  for (auto _ : *state) benchmark::DoNotOptimize(runtime.dump().tasks.size());
  set.abort_all();
  bool more = true;
  while (more) {
    const auto joined = co_await set.join_next();
    more = joined.has_value();
  }
}

const Measure waiting("task_dump/thousand", dump<wait_for_ever>);
const Measure selecting("task_dump/thousand_in_select", dump<wait_in_select>);

}  // namespace
}  // namespace corokit::bench
