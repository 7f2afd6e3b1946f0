#pragma once
#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <exception>

namespace corokit::detail {

class Scheduler;
class TaskHeader;

/// A chain of coroutines with one suspended leaf, or a branch that has no coroutine at all. It is what a
/// primitive wakes. A task has a root branch; every branch of a select, a join or a FuturesUnordered is one
/// more.
///
/// Who touches it: `leaf` belongs to the thread that runs the task. `next` belongs to whichever ready list holds the
/// branch; not_queued() says that none does.
struct Branch {
  Branch* next = not_queued();
  union {
    /// What to resume; null in a branch without a coroutine; or a BeginLater, marked.
    std::coroutine_handle<> leaf{};
    /// Of a root branch whose coroutine is over: what a Cell<void> has no room for.
    std::exception_ptr escaped;
  };

  Branch() noexcept {}
  Branch(const Branch&) = delete;
  Branch& operator=(const Branch&) = delete;
  ~Branch() {}

  /// A root branch stands in the header of its task, eight bytes past a multiple of 16; a branch stands on one. So the
  /// address alone says which it is, and a root needs no pointer to its task.
  bool is_root() const noexcept { return reinterpret_cast<std::uintptr_t>(this) % 16 != 0; }
  TaskHeader* task() const noexcept;

  static Branch* not_queued() noexcept { return reinterpret_cast<Branch*>(std::uintptr_t{1}); }
  bool is_queued() const noexcept { return next != not_queued(); }
};

/// A branch that is a part of a task: it ends before the task does, and tells its owner when it is done.
struct alignas(16) ChildBranch : Branch {
  TaskHeader* part_of = nullptr;  ///< set once, before the branch first waits
  /// Called on the task's own thread, from its run loop, once the branch is done. It may not resume anything.
  void (*on_done)(ChildBranch&) = nullptr;
};

/// Marks the branch as ready to run: its wait is over. This is the one atomic operation of a wake-up.
///
/// Call it under the lock that guards the wait list, as the last touch of the waiter: from the next
/// instruction on, the waiter may be running on another thread. After unlocking, hand what it returned to
/// schedule(). Requires: the branch is suspended and is woken at most once a suspension. Returns: the task,
/// if it was idle: the caller then owes it a schedule(); else null.
[[nodiscard]] TaskHeader* mark_ready(Branch& branch) noexcept;

/// Hands a task that left the idle state to its executor. Null is allowed: nothing to do.
void schedule(TaskHeader* task) noexcept;

/// Collects the tasks of many wake-ups made under a lock, and schedules them after it.
/// Only a task of another scheduler than the first one's is scheduled under the lock: that is rare, and right as well, since
/// no scheduler calls a primitive, and each primitive's destructor takes its lock.
/// Complexity: no allocation; the tasks are linked through their headers.
class WakeBatch {
 public:
  WakeBatch() noexcept = default;
  WakeBatch(const WakeBatch&) = delete;
  WakeBatch& operator=(const WakeBatch&) = delete;
  ~WakeBatch() { flush(); }

  /// Under the lock: as mark_ready().
  void add(Branch& branch) noexcept { add(mark_ready(branch)); }
  /// A task that is owed a schedule(), or null.
  void add(TaskHeader* task) noexcept;
  /// After the lock: schedules all, in the order of add().
  void flush() noexcept;

 private:
  TaskHeader* first_ = nullptr;
  TaskHeader* last_ = nullptr;  // means something while there is a first one
  std::size_t count_ = 0;
  Scheduler* scheduler_ = nullptr;  // of all of them
};

}  // namespace corokit::detail
