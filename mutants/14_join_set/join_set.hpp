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
  ~JoinSet() { abort_all(); }

  /// Takes the task over. It begins in next().
  void spawn(Task<T> task) {
    Child& child = children_.emplace_back(*this, std::move(task));
    child.place = std::prev(children_.end());
    child.wake();
  }

  /// Runs the children that are woken, in the order in which they are woken, until one of them ends.
  /// Returns: the task that has ended, whose result() gives what it returned, or throws; none if no child is left.
  /// Cancel-safety: a next() that is dropped loses nothing; the children rest until the next call.
  Task<std::optional<Task<T>>> next() {
    while (!children_.empty()) {
      if (Child* const child = take()) {
        child->run();
        if (child->task.done()) co_return release(*child);
      }
      co_await Sleep(*this);  // after each child, so that whoever else is woken in the loop gets its turn
    }
    co_return std::nullopt;
  }

  /// Destroys the children. When it returns, nothing of them is left, and nobody wakes them any more.
  void abort_all() noexcept {
    while (!children_.empty()) {
      Child& child = children_.front();
      // The task dies first: whoever wakes the child at this moment still finds it. A task that dies may wake others.
      { const Task<T> dies = std::move(child.task); }
      const std::lock_guard lock(mutex_);
      if (child.linked) woken_.remove(child);
      children_.pop_front();
    }
  }

  /// How many children next() has not given back.
  std::size_t size() const noexcept { return children_.size(); }

 private:
  struct Child final : Job, Waiter {
    Child(JoinSet& the_set, Task<T> the_task) : set(the_set), task(std::move(the_task)) {
      leaf = task.handle();
    }
    void wake() noexcept override { set.add(*this); }

    JoinSet& set;
    Task<T> task;
    typename std::list<Child>::iterator place;
  };

  /// The job waits until a child is woken; if one has been woken already, it only lets others run.
  struct Sleep {
    explicit Sleep(JoinSet& the_set) noexcept : set(the_set) {}
    /// A next() that is dropped takes the lock: whoever wakes its job at this moment does so under it.
    ~Sleep() {
      if (!waits) return;
      const std::lock_guard lock(set.mutex_);
      set.asleep_ = nullptr;
    }
    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> here) noexcept {
      const std::lock_guard lock(set.mutex_);
      waits = true;
      Job& job = suspend_in(here);
      if (set.woken_.empty())
        set.asleep_ = &job;
      else
        job.wake();
    }
    void await_resume() noexcept { waits = false; }  // take() takes the lock before next() goes on

    JoinSet& set;
    bool waits = false;
  };

  /// A child is woken, on any thread. The job is woken once for each time that it falls asleep.
  void add(Child& child) noexcept {
    const std::lock_guard lock(mutex_);
    woken_.push_back(child);
    if (Job* const job = std::exchange(asleep_, nullptr)) job->wake();
  }

  /// Returns: the child that was woken first, and has not run since; null if there is none.
  Child* take() noexcept {
    const std::lock_guard lock(mutex_);
    return static_cast<Child*>(woken_.pop_front());
  }

  Task<T> release(Child& child) noexcept {
    Task<T> ended = std::move(child.task);
    children_.erase(child.place);
    return ended;
  }

  std::list<Child> children_;

  std::mutex mutex_;       // guards what follows
  Waiters woken_;          // the children that may go on
  Job* asleep_ = nullptr;  // waits for a child to be woken
};

}  // namespace mini
