#pragma once
#include <corokit/detail/config.hpp>

#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <exception>

namespace corokit::detail {

class Scheduler;
class Setting;
class TaskHeader;
class WaitReport;

/// What a primitive wakes: a chain of coroutines of which only the leaf is suspended at a wait, or a single wait
/// without a coroutine. A task has a root branch, and one more branch for each operand of a select, a join or a
/// FuturesUnordered.
///
/// Who may touch what: `leaf` belongs to the thread that runs the task. `next`, and `prev` of a ChildBranch, belong to
/// the ready list or the queue that holds the branch; `next` is not_queued() while none does.
struct Branch {
  Branch* next = not_queued();
  union {
    /// The coroutine to resume; null in a branch without a coroutine; or an address with one of kMarks.
    std::coroutine_handle<> leaf{};
    /// Once a coroutine that returns void is over: the exception that escaped it. Its Cell has no other room for it.
    std::exception_ptr escaped;
  };

  Branch() noexcept {}
  Branch(const Branch&) = delete;
  Branch& operator=(const Branch&) = delete;
  ~Branch() {}

  /// A root branch stands in the header of its task, eight bytes past a multiple of 16; a ChildBranch stands at a
  /// multiple of 16. So the address alone tells them apart, and a root branch needs no pointer to its task.
  bool is_root() const noexcept { return reinterpret_cast<std::uintptr_t>(this) % 16 != 0; }
  TaskHeader* task() const noexcept;

  // Marks in the lowest bits of `leaf`. Addresses without a mark are multiples of 8.
  static constexpr std::uintptr_t kBeginsLater = 1;   // the address of a BeginLater
  static constexpr std::uintptr_t kResumesLater = 2;  // the address of a coroutine that goes on, or begins
  static constexpr std::uintptr_t kCombines =
      4;  // the address of the CombinatorBase that the branch waits in
  static constexpr std::uintptr_t kMarks = kBeginsLater | kResumesLater | kCombines;
  std::uintptr_t mark() const noexcept { return reinterpret_cast<std::uintptr_t>(leaf.address()) & kMarks; }

  static Branch* not_queued() noexcept { return reinterpret_cast<Branch*>(std::uintptr_t{1}); }
  bool is_queued() const noexcept { return next != not_queued(); }
};

/// A branch beside the root branch of a task. It ends before the task does, and tells its owner when it is done.
struct alignas(16) ChildBranch : Branch {
  ChildBranch() noexcept {}  // leaves alone what is written before it is read: very many branches never begin
  /// While it is in a queue: the branch before it. A root branch has none: it leaves a queue only at the front.
  Branch* prev;
  /// The task. It is set before the branch first waits, and null again once the branch is cancelled.
  TaskHeader* part_of = nullptr;
  struct Owner {
    /// Called once the branch is done, on the thread that runs the task, by the run loop. It resumes no coroutine.
    void (*on_done)(ChildBranch&);
    /// Destroys what runs on the branch.
    void (*drop)(ChildBranch&) noexcept;
    /// Returns: the branch that waits for this one; null if none does.
    Branch* (*parent)(const ChildBranch&) noexcept;
    /// Returns: the setting that begins with this branch. The function is null for a branch with which none begins.
    Setting* (*setting)(const ChildBranch&) noexcept;
    /// Reports where the branch waits; nothing if its operation is over.
    void (*describe)(const ChildBranch&, WaitReport&);
    /// Whether parent() may change while the operation runs, since one wait after the other may be for it. Another thread
    /// does not call parent() then.
    bool is_awaited_again;
  };
  const Owner* owned_by;  // set together with part_of
};

/// Marks the branch as ready to run, because its wait is over. This is the one atomic operation of a wake-up.
///
/// Call it under the lock that guards the wait list, as the last touch of the waiter: from the next instruction on, the
/// waiter may be running on another thread. After unlocking, pass the returned task to schedule().
///
/// Requires: the branch is suspended, and is woken at most once for each suspension.
/// Returns: the task if it was idle, in which case the caller owes it a schedule(); else null.
[[nodiscard]] TaskHeader* mark_ready(Branch& branch) noexcept;

/// Hands a task that left the idle state to its executor. Does nothing for null.
void schedule(TaskHeader* task) noexcept;

/// Collects the tasks that are woken under a lock, and schedules them after the unlock.
///
/// A task of another scheduler than the first task's is scheduled at once, under the lock. This is rare, and safe:
/// no scheduler calls a primitive, and each primitive's destructor takes its lock.
/// Complexity: no allocation; the tasks are linked through their headers.
class WakeBatch {
 public:
  WakeBatch() noexcept = default;
  WakeBatch(const WakeBatch&) = delete;
  WakeBatch& operator=(const WakeBatch&) = delete;
  ~WakeBatch() { flush(); }

  /// Marks the branch as ready, and keeps its task if that is owed a schedule(). Call it under the lock.
  void add(Branch& branch) noexcept { add(mark_ready(branch)); }
  /// Keeps a task that is owed a schedule(). Does nothing for null.
  void add(TaskHeader* task) noexcept;
  /// Schedules all tasks, in the order of add(). Call it after unlocking; the destructor calls it too.
  void flush() noexcept;

 private:
  TaskHeader* first_ = nullptr;
  TaskHeader* last_ = nullptr;  // valid while first_ is not null
  std::size_t count_ = 0;
  Scheduler* scheduler_ = nullptr;  // the scheduler of all of them
};

}  // namespace corokit::detail
