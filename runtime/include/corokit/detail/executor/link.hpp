#pragma once
#include <corokit/detail/executor/scheduler.hpp>

#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>

namespace corokit::detail {

/// What the Handles of a runtime share. It outlives the runtime, which does not end while a thread uses it through a
/// handle.
class RuntimeLink {
 public:
  explicit RuntimeLink(Scheduler& runtime) noexcept : runtime_(&runtime) {}

  /// Returns: the runtime, which then does not end before leave(); null if it has begun to end.
  Scheduler* enter() noexcept;
  void leave() noexcept;
  /// Lets nobody enter from here on.
  void close() noexcept;
  /// Waits until all have left. Requires: close() was called before.
  void wait_until_left() noexcept;
  /// Returns: whether close() was called. A value of false may be stale at once.
  bool is_closed() const noexcept;

 private:
  mutable std::mutex mutex_;
  std::condition_variable all_left_;
  // Guarded by mutex_:
  Scheduler* runtime_;  // null once it is closed
  std::size_t users_ = 0;
};

/// Returns: a scheduler that ends at once, as cancelled, whatever is started on it: it stands for a runtime that has ended.
Scheduler& ended_scheduler();

/// Uses a runtime through its link for a scope.
class [[nodiscard]] RuntimeUse {
 public:
  explicit RuntimeUse(RuntimeLink& link) noexcept : link_(link), runtime_(link.enter()) {}
  RuntimeUse(const RuntimeUse&) = delete;
  RuntimeUse& operator=(const RuntimeUse&) = delete;
  ~RuntimeUse() {
    if (runtime_) link_.leave();
  }
  /// Returns: the runtime; ended_scheduler() if it has begun to end.
  Scheduler& scheduler() const { return runtime_ ? *runtime_ : ended_scheduler(); }

 private:
  RuntimeLink& link_;
  Scheduler* const runtime_;
};

}  // namespace corokit::detail
