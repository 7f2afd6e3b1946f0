// The first of two operations, when it is ready and when it is not.
#include "measure.hpp"

#include <corokit/pin.hpp>
#include <corokit/select.hpp>
#include <corokit/sync/cancellation_token.hpp>
#include <corokit/sync/notify.hpp>
#include <corokit/yield.hpp>

namespace corokit::bench {
namespace {

Task<void> first_is_ready(benchmark::State* state) {
  const CancellationToken never;
  Notify notify;
  for (auto _ : *state) {
    notify.notify_one();
    benchmark::DoNotOptimize(co_await select(biased, notify.notified(), never.cancelled()));
  }
}

Task<void> second_is_ready(benchmark::State* state) {
  const CancellationToken never;
  Notify notify;
  for (auto _ : *state) {
    notify.notify_one();
    benchmark::DoNotOptimize(co_await select(biased, never.cancelled(), notify.notified()));
  }
}

Task<void> other_is_pinned(benchmark::State* state) {
  const CancellationToken never;
  Notify notify;
  auto cancelled = pin(never.cancelled());
  for (auto _ : *state) {
    notify.notify_one();
    benchmark::DoNotOptimize(co_await select(biased, cancelled, notify.notified()));
  }
}

Task<void> one_has_to_wait(benchmark::State* state) {
  const CancellationToken never;
  for (auto _ : *state) benchmark::DoNotOptimize(co_await select(never.cancelled(), yield_now()));
}

const Measure first("select/first_ready", first_is_ready);
const Measure second("select/second_ready", second_is_ready);
const Measure pinned("select/second_ready_first_pinned", other_is_pinned);
const Measure waits("select/waits", one_has_to_wait);

}  // namespace
}  // namespace corokit::bench
