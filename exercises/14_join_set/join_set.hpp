#pragma once
#include <14_join_set/given.hpp>

#include <cstddef>
#include <list>
#include <mutex>
#include <optional>

namespace mini {

/// Tasks that run as parts of the job that awaits next(). That job alone calls the functions of the set.
template <class T = void>
class JoinSet {
 public:
  JoinSet() = default;
  JoinSet(const JoinSet&) = delete;
  JoinSet& operator=(const JoinSet&) = delete;
  ~JoinSet() {
    // TODO
  }

  /// Takes the task over. It begins in next().
  void spawn(Task<T> task) {
    (void)task;  // TODO: a child is a Job that owns its task; it begins as one that is woken
  }

  /// Runs the children that are woken, in the order in which they are woken, until one of them ends.
  /// Returns: the task that has ended, whose result() gives what it returned, or throws; none if no child is left.
  Task<std::optional<Task<T>>> next() {
    // TODO: run a child that is woken; give it back if it has ended; else wait until one is woken
    co_return std::nullopt;
  }

  /// Destroys the children. When it returns, nothing of them is left, and nobody wakes them any more.
  void abort_all() noexcept {
    // TODO
  }

  /// How many children next() has not given back.
  std::size_t size() const noexcept {
    return 0;  // TODO
  }

 private:
  struct Child final : Job, Waiter {
    void wake() noexcept override {
      // TODO: on any thread; note that this child is woken, and wake the job that awaits next(), if nobody has
    }
  };
};

}  // namespace mini
