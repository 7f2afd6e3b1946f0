#pragma once
#include <14_join_set/given.hpp>

#include <cstddef>
#include <mutex>
#include <optional>

namespace mini {

/// Tasks that run as parts of the job that awaits next(). All but wake() of a child is called by that job alone.
template <class T = void>
class JoinSet {
 public:
  JoinSet() = default;
  JoinSet(const JoinSet&) = delete;
  JoinSet& operator=(const JoinSet&) = delete;
  ~JoinSet() { abort_all(); }

  /// Takes the task over. It begins in next().
  void spawn(Task<T> task) {
    auto* const child = new Child(*this, std::move(task));
    child->younger = all_;
    if (all_) all_->older = child;
    all_ = child;
    ++size_;
    child->wake();
  }

  /// Runs the children that are woken until one of them ends, in the order in which they are woken.
  /// Returns: the task that has ended, whose result() returns what it returned, or throws; none if no child is left.
  /// Cancel-safety: no result is lost, and the children stay; they rest until the next call.
  Task<std::optional<Task<T>>> next() {
    while (all_) {
      if (Child* const child = take()) {
        child->run();
        if (child->task.done()) co_return remove(*child);
      }
      co_await Sleep(*this);  // after each child, so that whoever else is woken in the loop gets its turn
    }
    co_return std::nullopt;
  }

  /// Destroys the children. When it returns, nothing of them is left, and nobody wakes them any more.
  void abort_all() noexcept {
    close(true);
    while (all_) remove(*all_);
    close(false);
  }

  /// How many children have not been returned by next().
  std::size_t size() const noexcept { return size_; }

 private:
  struct Child final : Job {
    Child(JoinSet& the_set, Task<T> the_task) : set(the_set), task(std::move(the_task)) { leaf = task.handle(); }
    void wake() noexcept override { set.add(*this); }

    JoinSet& set;
    Task<T> task;
    Child* next = nullptr;   // in the queue of those that are woken
    Child* older = nullptr;  // in the list of all children
    Child* younger = nullptr;
  };

  /// The job waits until a child is woken; if one has been woken already, it only lets others run.
  struct Sleep {
    explicit Sleep(JoinSet& the_set) noexcept : set(the_set) {}
    // A next() that is dropped leaves with the lock: whoever wakes its job at this moment does so under it.
    ~Sleep() {
      const std::lock_guard lock(set.mutex_);
      set.asleep_ = nullptr;
    }
    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> here) const {
      const std::lock_guard lock(set.mutex_);
      Job& job = suspend_in(here);
      if (set.first_)
        job.wake();
      else
        set.asleep_ = &job;
    }
    void await_resume() const noexcept {}
    JoinSet& set;
  };

  /// A child is woken, on any thread. The job is woken once for each time that it falls asleep.
  void add(Child& child) {
    const std::lock_guard lock(mutex_);
    if (closed_) return;
    child.next = nullptr;
    (last_ ? last_->next : first_) = &child;
    last_ = &child;
    if (Job* const job = std::exchange(asleep_, nullptr)) job->wake();
  }

  Child* take() {
    const std::lock_guard lock(mutex_);
    Child* const child = first_;
    if (child) first_ = child->next;
    if (!first_) last_ = nullptr;
    return child;
  }

  /// While it is closed nobody gets into the queue, where a child that dies may wake others.
  void close(bool closed) {
    const std::lock_guard lock(mutex_);
    closed_ = closed;
    first_ = last_ = nullptr;
  }

  Task<T> remove(Child& child) noexcept {
    (child.older ? child.older->younger : all_) = child.younger;
    if (child.younger) child.younger->older = child.older;
    --size_;
    Task<T> task = std::move(child.task);
    delete &child;
    return task;
  }

  Child* all_ = nullptr;
  std::size_t size_ = 0;

  std::mutex mutex_;  // guards what follows
  Child* first_ = nullptr;
  Child* last_ = nullptr;
  Job* asleep_ = nullptr;  // waits for a child to be woken
  bool closed_ = false;
};

}  // namespace mini
