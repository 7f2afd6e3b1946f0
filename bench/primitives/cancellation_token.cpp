// Cancellation tokens: creating them, looking at them, and waiting for them.
#include "measure.hpp"

#include <corokit/spawn.hpp>
#include <corokit/sync/cancellation_token.hpp>

namespace corokit::bench {
namespace {

Task<void> look(benchmark::State* state) {
  const CancellationToken token;
  for (auto _ : *state) benchmark::DoNotOptimize(token.is_cancelled());
  co_return;
}

Task<void> make_child(benchmark::State* state) {
  const CancellationToken parent;
  for (auto _ : *state) {
    const CancellationToken child = parent.child_token();
    benchmark::DoNotOptimize(child);
  }
  co_return;
}

Task<void> wait(CancellationToken token) {
  co_await token.cancelled();
}

Task<void> cancel_a_task(benchmark::State* state) {
  for (auto _ : *state) {
    const CancellationToken token;
    auto waiting = spawn(wait(token));
    token.cancel();
    co_await waiting;
  }
}

const Measure looked_at("cancellation_token/is_cancelled", look);
const Measure child("cancellation_token/child", make_child);
const Measure cancelled("cancellation_token/cancel_a_task", cancel_a_task);

}  // namespace
}  // namespace corokit::bench
