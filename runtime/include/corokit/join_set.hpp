#pragma once
#include <corokit/detail/task/join_members.hpp>
#include <corokit/runtime.hpp>
#include <corokit/spawn.hpp>
#include <corokit/spawn_blocking.hpp>

#include <concepts>
#include <cstddef>
#include <memory>
#include <optional>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace corokit {

/// A set of spawned tasks. It gives their results in the order of completion, and aborts them when it is destroyed.
///
///     JoinSet<int> workers;
///     for (...) workers.spawn(work(i));
///     while (auto result = co_await workers.join_next()) ...
///
/// Unlike FuturesUnordered, the set runs its tasks in parallel, and may itself be moved from task to task. A JoinMap has a
/// key for each of its tasks besides.
///
/// The destructor of a result that the set drops may use the set, but not while the set itself is destroyed or assigned
/// to.
///
/// Thread-safety: one thread at a time.
/// Complexity: O(1) for each operation and each task; one small allocation for each task besides its frame.
/// Example: runtime/examples/crawler.cpp
template <class T>
class JoinSet {
  using Members = detail::JoinMembers<T, Unit>;
  using Entry = typename Members::Entry;

 public:
  using Joined = Result<T, JoinError>;

  JoinSet() : members_(std::make_unique<Members>()) {}
  JoinSet(JoinSet&&) noexcept = default;
  JoinSet& operator=(JoinSet&& other) noexcept {
    if (this != &other) {
      const JoinSet old(std::move(*this));
      members_ = std::move(other.members_);
    }
    return *this;
  }
  ~JoinSet() {
    if (members_) abort_all();
  }

  /// Starts a task on the current runtime, as a member of the set.
  /// Throws: as corokit::spawn(); std::bad_alloc, in which case the task is not a member, and is aborted.
  AbortHandle spawn(Task<T> task) { return insert(corokit::spawn(std::move(task))); }
  /// As spawn() of a Task, for a callable that makes one, and that is kept until the task is over.
  template <class F>
  requires detail::MakesTask<F> AbortHandle spawn(F function) {
    return insert(corokit::spawn(std::move(function)));
  }
  /// As spawn(), on a runtime that need not be the current one. Throws: as Runtime::spawn(), and as spawn().
  AbortHandle spawn_on(Runtime& runtime, Task<T> task) { return insert(runtime.spawn(std::move(task))); }
  /// As spawn_on() of a Task, for a callable that makes one, and that is kept until the task is over.
  template <class F>
  requires detail::MakesTask<F> AbortHandle spawn_on(Runtime& runtime, F function) {
    return insert(runtime.spawn(std::move(function)));
  }
  /// Starts a function that may block, as a member of the set. Throws: as corokit::spawn_blocking(), and as spawn().
  template <class F>
  requires std::same_as<std::invoke_result_t<F>, T> AbortHandle spawn_blocking(F function) {
    return insert(corokit::spawn_blocking(std::move(function)));
  }
  /// As spawn_blocking(), on a runtime that need not be the current one. Throws: as Runtime::spawn_blocking(), and as
  /// spawn().
  template <class F>
  requires std::same_as<std::invoke_result_t<F>, T> AbortHandle spawn_blocking_on(Runtime& runtime,
                                                                                  F function) {
    return insert(runtime.spawn_blocking(std::move(function)));
  }
  /// Makes a task that was started elsewhere a member of the set.
  /// Throws: std::bad_alloc, in which case the task is not a member, and is aborted, as it is with the set.
  AbortHandle insert(JoinHandle<T> handle) {
    AbortHandle abort = handle.abort_handle();
    try {
      members_->insert(std::move(handle), Unit{});
    } catch (...) {
      abort.abort();
      throw;
    }
    return abort;
  }

  /// Returns: the number of members whose result was not given yet.
  std::size_t size() const noexcept { return members_->size; }
  /// Returns: true if size() is 0.
  bool empty() const noexcept { return members_->size == 0; }
  /// Asks every member to end. They stay members until their results (cancelled) are taken.
  void abort_all() noexcept { members_->abort_all(); }
  /// Detaches every member, and drops the results of those that are over. The set is empty from here on; a join_next()
  /// that waits gives none.
  void detach_all() noexcept { members_->clear(); }

  /// Returns: the result of a member that has ended, or none. It never suspends.
  std::optional<Joined> try_join_next() { return take(*members_, members_->pop_done()); }
  /// As try_join_next(), with the id of the member.
  std::optional<std::pair<TaskId, Joined>> try_join_next_with_id() {
    return take_with_id(*members_, members_->pop_done());
  }

 private:
  static std::optional<Joined> take(Members& members, Entry* entry) {
    if (!entry) return std::nullopt;
    const std::unique_ptr<Entry> owned = members.extract_done(*entry);
    return detail::take_joined(owned->handle.cell(), [](auto&&... result) {
      return std::optional<Joined>(std::in_place, std::forward<decltype(result)>(result)...);
    });
  }
  static std::optional<std::pair<TaskId, Joined>> take_with_id(Members& members, Entry* entry) {
    if (!entry) return std::nullopt;
    const std::unique_ptr<Entry> owned = members.extract_done(*entry);
    return detail::take_joined(owned->handle.cell(), [id = owned->handle.id()](auto&&... result) {
      return std::optional<std::pair<TaskId, Joined>>(
          std::in_place, std::piecewise_construct, std::forward_as_tuple(id),
          std::forward_as_tuple(std::forward<decltype(result)>(result)...));
    });
  }

  class JoinNext : public Members::Wait {
   public:
    explicit JoinNext(Members& members) noexcept : Members::Wait(members), members_(members) {}
    JoinNext(JoinNext&& other) noexcept : Members::Wait(std::move(other)), members_(other.members_) {}
    std::optional<Joined> await_resume() { return take(members_, this->finish()); }

   private:
    Members& members_;
  };

  class JoinNextWithId : public Members::Wait {
   public:
    explicit JoinNextWithId(Members& members) noexcept : Members::Wait(members), members_(members) {}
    JoinNextWithId(JoinNextWithId&& other) noexcept
        : Members::Wait(std::move(other)), members_(other.members_) {}
    std::optional<std::pair<TaskId, Joined>> await_resume() { return take_with_id(members_, this->finish()); }

   private:
    Members& members_;
  };

  static Task<std::vector<Joined>> take_all(Members& members) {
    std::vector<Joined> results;
    results.reserve(members.size);
    for (;;) {
      std::optional<Joined> result = co_await JoinNext(members);
      if (!result) break;
      results.push_back(std::move(*result));
    }
    co_return results;
  }
  static Task<void> drop_all(Members& members) {
    for (;;) {
      const std::optional<Joined> result = co_await JoinNext(members);
      if (!result) co_return;
    }
  }

 public:
  /// Waits for the next member that ends: `while (auto result = co_await workers.join_next())`
  ///
  /// Resumes: on the awaiting task's executor.
  /// Returns: the member's result, or a JoinError; none once the set is empty.
  /// Throws: std::logic_error while another join_next() waits; what moving the value throws, which loses the value.
  /// Thread-safety: one thread at a time; one join_next() at a time.
  /// Cancel-safety: safe: no result is lost.
  /// Complexity: O(1), no allocation.
  [[nodiscard]] JoinNext join_next() noexcept { return JoinNext(*members_); }

  /// As join_next(), with the id of the member: a std::pair of the TaskId and the result.
  /// Thread-safety: one thread at a time; one join_next() at a time.
  /// Cancel-safety: safe: no result is lost.
  [[nodiscard]] JoinNextWithId join_next_with_id() noexcept { return JoinNextWithId(*members_); }

  /// Waits until all members have ended, those that are added meanwhile too.
  ///
  /// Requires: the set is not destroyed during the wait.
  /// Returns: their results, in the order of completion.
  /// Throws: as join_next().
  /// Thread-safety: one thread at a time; no join_next() meanwhile.
  /// Cancel-safety: dropping it loses the results that it has collected; the other members stay in the set.
  /// Complexity: O(members); two allocations.
  [[nodiscard]] Task<std::vector<Joined>> join_all() { return take_all(*members_); }

  /// Asks every member to end, at the call, and waits until all have ended: `co_await workers.shutdown();`
  ///
  /// What the members hold is destroyed once it is over. A function of spawn_blocking() that runs is waited for. Results
  /// and exceptions are dropped.
  /// Requires: the set is not destroyed during the wait.
  /// Throws: as join_next().
  /// Thread-safety: one thread at a time; no join_next() meanwhile.
  /// Cancel-safety: the members stay aborted; those that have not ended stay in the set.
  /// Complexity: O(members); one allocation.
  [[nodiscard]] Task<void> shutdown() {
    abort_all();
    return drop_all(*members_);
  }

 private:
  std::unique_ptr<Members> members_;
};

}  // namespace corokit
