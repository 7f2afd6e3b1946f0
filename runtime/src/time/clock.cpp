#include <corokit/detail/executor/scheduler.hpp>
#include <corokit/detail/sync/atomic.hpp>
#include <corokit/detail/task/turn.hpp>
#include <corokit/time/clock.hpp>
#include <corokit/time/sleep.hpp>

namespace corokit {

Instant Clock::now() noexcept {
  if (const detail::Context* context = detail::current_context(); context && context->virtual_now)
    return *context->virtual_now;
#ifdef COROKIT_MODEL
  if (const model::World* world = model::World::current()) return Instant{Duration{world->now()}};
#endif
  return Instant{std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now().time_since_epoch())};
}

namespace detail {

bool SleepAwaiter::suspend() noexcept {
  if (deadline() == Instant::max())
    return true;  // no timer: a runtime in which nothing else waits has no timer either
  Context& context = turn().context;
  if (!context.timers) return true;  // the runtime ends, and drops the task
  if (context.timers->insert(*this, deadline())) context.scheduler->timer_added();
  return true;
}

}  // namespace detail
}  // namespace corokit
