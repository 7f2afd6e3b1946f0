#pragma once
#include <corokit/detail/sync/atomic.hpp>
#include <corokit/detail/task/branch.hpp>
#include <corokit/detail/task/frame_pool.hpp>
#include <cstddef>
#include <cstdint>

namespace corokit::detail {

class SlabSlot;
class Scheduler;
struct Turn;

/// Told when a task is over. It stands in the join slot of a task's header.
struct JoinWaiter {
  /// Called once, on the thread that ended the task; adds what it wakes to the batch. Runs no user code.
  void (*notify)(JoinWaiter&, WakeBatch&) noexcept = nullptr;
};

/// Destroys the result of a task of a certain type; left in the join slot by a handle that detached.
struct ResultDropper {
  void (*drop)(TaskHeader&) noexcept;
};

enum class Outcome : std::uint8_t { none, value, exception, cancelled };

/// What the runtime knows of a spawned task. It stands in front of the root coroutine's frame, in the same
/// allocation, and lives until the last reference is gone; the frame itself dies as soon as the task is over.
///
/// Who may touch what, when:
///  1. Whoever moves `ready` from idle owes the task one schedule(), and nobody else may schedule it.
///  2. The thread that runs the task (between two turns: nobody) owns root, turn, outcome and the frame.
///  3. One place serves three: `scheduler` while the task is idle, for the schedule() of rule 1; then `next_scheduled`, for
///     the queue that holds the task; and `turn` while it runs.
///  4. `slab_slot` belongs to rule 2; what stands in the slot is guarded by the lock of the owning scheduler's shard.
///  5. `refs` counts the runtime itself (until the task is over) and the handles.
class alignas(16) TaskHeader {
 public:
  // Values of `ready`. Bit 0 is a flag beside them; pointers are aligned to 8 bytes.
  static constexpr std::uintptr_t kIdle = 0;      // suspended; the next wake-up must schedule
  static constexpr std::uintptr_t kAbort = 1;     // flag: somebody asked for the end; set once, by abort()
  static constexpr std::uintptr_t kActive = 2;    // queued or running, with nothing on the list
  static constexpr std::uintptr_t kComplete = 4;  // over; set once, by the thread that ended it
  // Anything else: the newest ready Branch; the others follow through `next`, newest first.

  // Values of `join`.
  static constexpr std::uintptr_t kNobody = 0;
  static constexpr std::uintptr_t kDone = 1;       // the result may be taken
  static constexpr std::uintptr_t kNotifying = 2;  // the waiter is being told; becomes kDone at once
  static constexpr std::uintptr_t kDetached = 4;   // flag on a ResultDropper*
  // Anything else: a JoinWaiter*.

  Atomic<std::uintptr_t> ready{kActive};
  Branch root;
  Atomic<std::uintptr_t> join{kNobody};
  union {
    Scheduler* scheduler;
    TaskHeader* next_scheduled;
    Turn* turn;
  };
  SlabSlot* slab_slot = nullptr;
  std::uint64_t id = 0;
  Atomic<std::uint32_t> refs{1};
  // Packed, since there may be millions of tasks. All but `outcome` (rule 2) are set before the task is known to anybody
  // else.
  std::uint16_t frame_units : 15;  ///< 16 bytes each, from here to the coroutine's frame; 0: no coroutine
  std::uint16_t named : 1;         ///< the owning shard knows its name
  std::uint8_t block_class : 7;    ///< frame_class() of the whole allocation
  std::uint8_t spawned : 1;
  Outcome outcome = Outcome::none;

  TaskHeader() noexcept : scheduler(nullptr), frame_units(0), named(0), block_class(0), spawned(0) {}
  TaskHeader(const TaskHeader&) = delete;
  TaskHeader& operator=(const TaskHeader&) = delete;

  /// Says how many bytes of the frame pool it is the beginning of.
  void set_block(std::size_t bytes) noexcept { block_class = frame_class(bytes) & 127U; }

  /// The newest branch of a ready list, without the flags. Null if there is none.
  static Branch* list_of(std::uintptr_t ready_value) noexcept {
    return reinterpret_cast<Branch*>(ready_value & ~std::uintptr_t{7});  // the flags are below 8
  }

  std::coroutine_handle<> frame() noexcept {
    return std::coroutine_handle<>::from_address(reinterpret_cast<char*>(this) +
                                                 std::size_t{frame_units} * 16);
  }

  bool is_complete() const noexcept {
    // [done] acquire. Pairs with: [done] release in complete_join().
    return join.load(std::memory_order_acquire) == kDone;
  }

  /// As is_complete(), and also while the waiter is still being told: what that waiter, awake already, sees.
  bool is_over() const noexcept {
    const std::uintptr_t slot = join.load(std::memory_order_acquire);  // [done] acquire
    return slot == kDone || slot == kNotifying;
  }

  void add_ref() noexcept { refs.fetch_add(1, std::memory_order_relaxed); }  // the caller already has one
  void release_ref() noexcept;
};

static_assert(kModel || sizeof(TaskHeader) == 64, "there may be millions of tasks");
static_assert(offsetof(TaskHeader, root) % 16 == 8, "Branch::is_root() looks at it");

inline TaskHeader* Branch::task() const noexcept {
  if (!is_root()) return static_cast<const ChildBranch*>(this)->part_of;
  auto* root = reinterpret_cast<char*>(const_cast<Branch*>(this));
  return reinterpret_cast<TaskHeader*>(root - offsetof(TaskHeader, root));
}

/// Asks for the end of the task: it is destroyed at its next turn, by the thread that runs that turn.
/// Idempotent; nothing happens to a task that is over.
/// Returns: the task, if it was idle: the caller then owes it a schedule(); else null.
[[nodiscard]] TaskHeader* mark_aborted(TaskHeader& task) noexcept;

/// Publishes the outcome of a task that is over, and tells whoever waits for it.
/// Requires: `outcome` and the result are in place, and the frame is gone. Called once.
void complete_join(TaskHeader& task) noexcept;

}  // namespace corokit::detail
