#pragma once
#include <corokit/detail/config.hpp>
#include <corokit/time/clock.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace corokit {

enum class TaskId : std::uint64_t;
struct TaskWait;

namespace detail {

struct AwaiterTag;
struct Branch;
struct ChildBranch;
class WaitReport;

/// What is known of all waits of one type of awaiter.
struct WaitKind {
  const char* name;
  /// Reports what an awaiter of the type knows of its wait; null if that is nothing.
  void (*describe)(const AwaiterTag&, WaitReport&);
};

/// An awaiter that knows for whom it waits, until when, or which operations it combines.
template <class A>
concept DescribesItself = requires(const A& awaiter, WaitReport& report) {
  awaiter.describe(report);
};

template <class A>
constexpr auto describe_of() noexcept -> void (*)(const AwaiterTag&, WaitReport&) {
  if constexpr (DescribesItself<A>)
    return [](const AwaiterTag& awaiter, WaitReport& report) {
      static_cast<const A&>(awaiter).describe(report);
    };
  else
    return nullptr;
}

template <class A>
inline constexpr WaitKind kWaitKind{A::kName, describe_of<A>()};

/// The wait at which a coroutine is suspended.
struct NotedWait {
  const WaitKind* kind;
  const AwaiterTag* awaiter;  // null if it is not known where it stands
  Instant since;
};

/// A NotedWait as a coroutine keeps it in its frame, in sixteen bytes. It notes where it is suspended: two stores, and
/// only if it does suspend.
class WaitNote {
 public:
  WaitNote() noexcept {}  // nothing is set before it is noted: most children end without a wait

  /// Returns: a time as set() wants it.
  static std::uint64_t stamp(Instant time) noexcept {
    return static_cast<std::uint64_t>(time.time_since_epoch() / kTick) << kPlaceBits;
  }
  template <class A>
  void set(const A& awaiter) noexcept {
    static_assert(alignof(A) >= sizeof(Word));
    kind_ = &kWaitKind<A>;
    const Word place = address(static_cast<const AwaiterTag*>(&awaiter)) - address(this);
    const bool is_near = place + kReach < 2 * kReach;
    word_ = awaiter.turn_stamp() | (is_near ? place / sizeof(Word) & kPlaceMask : 0);
  }
  /// Requires: it was set.
  NotedWait read() const noexcept;

 private:
  using Word = std::uint64_t;
  // Of word_: where the awaiter stands, in words from here, and above that the time in ticks. The awaiter is mostly in
  // the frame of this coroutine; one that is out of reach counts as unknown.
  static constexpr int kPlaceBits = 24;
  static constexpr Word kPlaceMask = (Word{1} << kPlaceBits) - 1;
  static constexpr Word kReach = (kPlaceMask + 1) / 2 * sizeof(Word);  // bytes
  static constexpr Duration kTick = std::chrono::milliseconds(1);      // its number is in reach for 34 years

  template <class T>
  static Word address(const T* object) noexcept {
    return reinterpret_cast<std::uintptr_t>(object);
  }

  const WaitKind* kind_;
  Word word_;
};

/// An awaiter that gives way and waits for nothing: a task is never at rest there, so nobody asks.
template <class A>
concept OnlyGivesWay = requires {
  requires A::kOnlyGivesWay;
};

/// Returns: where the coroutine of a branch is suspended. Requires: the branch has one; its task is at rest.
NotedWait noted_wait(const Branch& branch) noexcept;

/// Collects what is told of one wait, and of those that it combines.
///
/// It looks at a task that nobody runs and nobody may schedule (see try_hold()), perhaps on a thread that
/// never runs it: it may read what belongs to the thread that runs the task, and nothing that a primitive
/// guards with its lock.
class WaitReport {
 public:
  /// A tree is cut off at this depth, and a wait with very many operations after the first of them.
  static constexpr int kMostDepth = 12;
  static constexpr std::size_t kMostBranches = 32;

  /// `wait`: what is filled in.
  explicit WaitReport(TaskWait& wait, int depth = 0) noexcept : wait_(wait), depth_(depth) {}

  /// Tells the wait itself.
  void tell(const NotedWait& noted);

  // For WaitKind::describe:
  /// The task that is waited for.
  void for_task(std::uint64_t id);
  /// The time at which the wait ends at the latest.
  void until(Instant time);
  /// An operation that the wait combines. One that has not begun is not told of.
  void branch(const ChildBranch& branch);
  /// Returns: whether a branch() that follows would only be counted.
  bool is_full() const noexcept;
  /// Counts operations that branch() was not told of.
  void more(std::size_t number) noexcept;

  // For ChildBranch::Owner::describe:
  /// An operation that is a coroutine, and where that one waits.
  void operation(const NotedWait& noted);
  /// An operation that is a wait without a coroutine. Nobody noted when it began: it is taken to be as old as
  /// the wait that combines it.
  void operation(const WaitKind& kind, const AwaiterTag& awaiter);

 private:
  TaskWait& wait_;
  const int depth_;
};

}  // namespace detail
}  // namespace corokit
