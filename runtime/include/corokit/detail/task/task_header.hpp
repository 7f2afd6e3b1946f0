#pragma once
#include <corokit/detail/sync/atomic.hpp>
#include <corokit/detail/task/branch.hpp>
#include <corokit/detail/task/frame_pool.hpp>
#include <cstddef>
#include <cstdint>

namespace corokit::detail {

class SlabSlot;
class Scheduler;
struct Escape;
struct Turn;

/// The waiter that is told when a task is over. The join slot of the task's header points to it.
struct JoinWaiter {
  /// Called once, on the thread that ended the task. It adds what it wakes to the batch, and runs no user code.
  void (*notify)(JoinWaiter&, WakeBatch&) noexcept = nullptr;
};

/// Destroys the result of a task of one type. A handle that detaches leaves it in the join slot.
struct ResultDropper {
  void (*drop)(TaskHeader&) noexcept;
};

enum class Outcome : std::uint8_t { none, value, exception, cancelled };

/// What the runtime knows of a spawned task. The header stands in front of the root coroutine's frame, in the same
/// allocation, and lives until the last reference is gone; the frame is destroyed as soon as the task is over.
///
/// Who may touch what, and when:
///  1. The thread that moves `ready` away from kIdle owes the task one schedule(), and no other thread may schedule it.
///     One that only looks at it may put it back instead, if nobody woke it meanwhile: try_hold(), let_go().
///  2. The thread that runs the task owns `root`, `turn`, `outcome` and the frame; between two turns no thread does.
///  3. Three members share one place: `scheduler` while the task is idle, for the schedule() of rule 1; then
///     `next_scheduled`, for the queue that holds the task; and `escape`, once it is over and if an exception ended it,
///     for whoever takes or drops that exception.
///  4. Two more do: `slab_slot`, and `turn` while the task runs, which keeps the other. Rule 2 holds for both; the lock of
///     its shard guards a slot. Of a forked child, which is in no slab, it is the innermost ForkPoint instead.
///  5. `refs` counts the reference of the runtime, which it holds until the task is over, and those of the handles. Of a
///     forked child, it is a ForkPoint::Claim: nobody else refers to it.
class alignas(16) TaskHeader {
 public:
  // Values of `ready`. Bit 0 is a flag that may be added to any of them; pointers are aligned to 8 bytes.
  static constexpr std::uintptr_t kIdle = 0;      // suspended; the next wake-up must schedule the task
  static constexpr std::uintptr_t kAbort = 1;     // the flag: the task is to end; set by mark_aborted()
  static constexpr std::uintptr_t kActive = 2;    // queued or running, with an empty list
  static constexpr std::uintptr_t kComplete = 4;  // over; set once, by the thread that ended the task
  // Any other value: active, and a pointer to the newest ready Branch; older ones follow through `next`.

  // Values of `join`.
  static constexpr std::uintptr_t kNobody = 0;     // not over, and there is no waiter
  static constexpr std::uintptr_t kDone = 1;       // over: the result may be taken
  static constexpr std::uintptr_t kNotifying = 2;  // the waiter is being told; kDone follows at once
  static constexpr std::uintptr_t kDetached = 4;   // a flag on a ResultDropper*
  // Any other value: a JoinWaiter*.

  Atomic<std::uintptr_t> ready{kActive};
  Branch root;
  Atomic<std::uintptr_t> join{kNobody};
  union {
    Scheduler* scheduler;
    TaskHeader* next_scheduled;
    Escape* escape;
  };
  union {
    SlabSlot* slab_slot = nullptr;
    Turn* turn;
  };
  std::uint64_t id = 0;
  Atomic<std::uint32_t> refs{1};
  // These are packed, since there may be millions of tasks. They are set before any other thread knows the task.
  std::uint16_t frame_units : 15;  ///< distance to the coroutine's frame, in units of 16 bytes; 0: none
  std::uint16_t forked : 1;        ///< whether it is a child that a ForkPoint knows, and the runtime does not
  std::uint8_t block_class : 7;    ///< the frame_class() of the whole allocation
  std::uint8_t spawned : 1;
  // Rule 2 holds for these two, which may change while other threads read those above.
  std::uint8_t : 0;  // begins another memory location
  Outcome outcome : 7;
  std::uint8_t has_settings : 1;  ///< whether it has ever had a Setting, so that there may be one to look for

  TaskHeader() noexcept
      : scheduler(nullptr),
        frame_units(0),
        forked(0),
        block_class(0),
        spawned(0),
        outcome(Outcome::none),
        has_settings(0) {}
  TaskHeader(const TaskHeader&) = delete;
  TaskHeader& operator=(const TaskHeader&) = delete;

  /// Notes the size of the allocation that the header stands at the beginning of.
  void set_block(std::size_t bytes) noexcept { block_class = frame_class(bytes) & 127U; }

  /// Returns: the newest branch of the ready list in a value of `ready`; null if the list is empty.
  static Branch* list_of(std::uintptr_t ready_value) noexcept {
    return reinterpret_cast<Branch*>(ready_value & ~std::uintptr_t{7});  // flags and named values are below 8
  }

  std::coroutine_handle<> frame() noexcept {
    return std::coroutine_handle<>::from_address(reinterpret_cast<char*>(this) +
                                                 std::size_t{frame_units} * 16);
  }

  bool is_complete() const noexcept {
    // [done] acquire. Pairs with: [done] release in complete_join().
    return join.load(std::memory_order_acquire) == kDone;
  }

  /// As is_complete(), but true also while the waiter is being told: the waiter may be awake already, and ask.
  bool is_over() const noexcept {
    const std::uintptr_t slot = join.load(std::memory_order_acquire);  // [done] acquire
    return slot == kDone || slot == kNotifying;
  }

  /// Frees `escape`. Requires: `outcome` is an exception.
  void forget_escape() noexcept;

  void add_ref() noexcept { refs.fetch_add(1, std::memory_order_relaxed); }  // the caller already has one
  void release_ref() noexcept;
};

static_assert(kModel || sizeof(TaskHeader) == 64,
              "the header is small, since there may be millions of tasks");
static_assert(offsetof(TaskHeader, root) % 16 == 8, "Branch::is_root() relies on this");

inline TaskHeader* Branch::task() const noexcept {
  if (!is_root()) return static_cast<const ChildBranch*>(this)->part_of;
  auto* root = reinterpret_cast<char*>(const_cast<Branch*>(this));
  return reinterpret_cast<TaskHeader*>(root - offsetof(TaskHeader, root));
}

/// Asks the task to end: the thread that runs it destroys it, at the end of its turn or in its next one.
/// Idempotent; does nothing if the task is over.
/// Returns: the task if it was idle, in which case the caller owes it a schedule(); else null.
[[nodiscard]] TaskHeader* mark_aborted(TaskHeader& task) noexcept;

/// Takes an idle task, as a thread does that is to run it, so that the calling thread may look at it. The
/// thread that succeeds calls let_go() soon: until then, no wake-up schedules the task.
/// Returns: false if the task is not idle.
[[nodiscard]] bool try_hold(TaskHeader& task) noexcept;
/// Ends try_hold().
/// Returns: the task if it was woken or aborted meanwhile, in which case the caller owes it a schedule();
///   else null.
[[nodiscard]] TaskHeader* let_go(TaskHeader& task) noexcept;

/// Publishes the outcome of a task that is over, and tells the waiter in its join slot.
/// Requires: `outcome` and the result are in place, and the frame is destroyed. It is called once for each task.
void complete_join(TaskHeader& task) noexcept;

}  // namespace corokit::detail
