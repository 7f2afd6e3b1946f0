#pragma once
// Drives one awaitable by hand, a turn at a time, as tokio-test's task::spawn does for a future.
//   pending: the operation is suspended.
//   woken: it was handed to the executor and has not run since.
//   ready: it is past its co_await.
#include <corokit/detail/task/operand.hpp>
#include <corokit/spawn.hpp>

#include <cstddef>
#include <optional>
#include <type_traits>
#include <utility>

#include "manual_executor.hpp"

namespace corokit::test {

/// One operation, held at its suspension point. It cannot be moved.
///
///     Probe probe(semaphore.acquire());
///     EXPECT_TRUE(probe.is_pending());   // the first poll
///     semaphore.add_permits(1);
///     EXPECT_TRUE(probe.is_woken());
///     EXPECT_TRUE(probe.poll());
///     auto permit = probe.take();
template <class Awaitable>
class Probe {
 public:
  using Value = detail::Output<Awaitable>;

  explicit Probe(Awaitable awaitable)
      : handle_(detail::spawn_on(executor_, hold(*this, std::move(awaitable)))) {}
  Probe(const Probe&) = delete;
  Probe& operator=(const Probe&) = delete;
  ~Probe() { drop(); }

  /// Runs one turn if the operation has been woken or has never run. Returns: whether it is ready.
  bool poll() {
    if (!dropped_ && executor_.is_scheduled(handle_.cell())) executor_.run(handle_.cell());
    polled_ = true;
    wakes_seen_ = executor_.schedules();
    return is_ready();
  }
  /// Polls the operation if it was never polled. Returns: whether it is suspended.
  bool is_pending() {
    if (!polled_) poll();
    return !is_ready();
  }
  bool is_ready() const { return done_; }
  /// Returns: whether the operation was woken since the last poll.
  bool is_woken() const { return wake_count() != 0; }
  /// Returns: how often the operation was handed to the executor since the last poll.
  std::size_t wake_count() const { return executor_.schedules() - wakes_seen_; }
  /// Drops the operation where it is suspended, as a select or an abort would.
  void drop() {
    if (std::exchange(dropped_, true)) return;
    handle_.abort();
    if (executor_.is_scheduled(handle_.cell())) executor_.run(handle_.cell());
    handle_.detach();
  }
  /// The result. Requires: is_ready().
  Value take() {
    Value value = std::move(*value_);
    value_.reset();
    return value;
  }
  ManualExecutor& executor() noexcept { return executor_; }

 private:
  static Task<void> hold(Probe& self, Awaitable awaitable) {
    if constexpr (std::is_same_v<Value, Unit>) {
      co_await std::move(awaitable);
      self.value_.emplace();
    } else {
      self.value_.emplace(co_await std::move(awaitable));
    }
    self.done_ = true;
  }

  ManualExecutor executor_;
  std::optional<Value> value_;
  bool done_ = false;
  bool polled_ = false;
  std::size_t wakes_seen_ = 0;
  bool dropped_ = false;
  JoinHandle<void> handle_;
};

}  // namespace corokit::test
