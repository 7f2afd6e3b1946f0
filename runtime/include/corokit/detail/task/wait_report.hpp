#pragma once
#include <corokit/detail/config.hpp>
#include <corokit/time/clock.hpp>

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

/// The wait at which a coroutine is suspended. The coroutine notes it there, for a report; that costs three
/// stores, and only where the coroutine does suspend.
struct NotedWait {
  // Nothing sets these before they are noted: most children end without a wait.
  const WaitKind* kind;
  const AwaiterTag* awaiter;
  Instant::rep since;  // nanoseconds from the epoch of the clock
};

/// An awaiter that gives way and waits for nothing: a task is never at rest there, so nobody asks.
template <class A>
concept OnlyGivesWay = requires {
  requires A::kOnlyGivesWay;
};

/// Returns: where the coroutine of a branch is suspended. Requires: the branch has one; its task is at rest.
const NotedWait& noted_wait(const Branch& branch) noexcept;

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
