// No lock. The woken children are a stack of which one word is the top; a child is pushed with a compare_exchange,
// and the owner takes all of them at once with an exchange, so that no child is taken twice. "Asleep" is a value of
// the same word: a waker sees it in the step in which it pushes. What that buys: a wake costs one compare_exchange,
// and never waits for a lock. What it costs: a next() that is dropped has no lock that says whether the waker still
// needs its job. So the waker says when it is done: `told_`, for which the dropped one waits.
#pragma once
#include <14_join_set/given.hpp>

#include <atomic>
#include <cstddef>
#include <optional>
#include <thread>

namespace mini {

template <class T = void>
class JoinSet {
 public:
  JoinSet() = default;
  JoinSet(const JoinSet&) = delete;
  JoinSet& operator=(const JoinSet&) = delete;
  ~JoinSet() { abort_all(); }

  void spawn(Task<T> task) {
    all_ = new Child(*this, std::move(task), all_);
    if (all_->younger) all_->younger->link = &all_->younger;
    ++size_;
    all_->wake();
  }

  Task<std::optional<Task<T>>> next() {
    while (all_) {
      if (!batch_) take();
      if (Child* const child = batch_) {
        batch_ = child->next;
        child->run();
        if (child->task.done()) {
          Task<T> ended = std::move(child->task);
          remove(child);
          co_return ended;
        }
      }
      co_await Sleep(*this);
    }
    co_return std::nullopt;
  }

  void abort_all() noexcept {
    while (all_) remove(all_);
    batch_ = nullptr;
    top_ = nullptr;
  }

  std::size_t size() const noexcept { return size_; }

 private:
  struct Child final : Job {
    Child(JoinSet& the_set, Task<T> the_task, Child* the_younger)
        : set(the_set), younger(the_younger), link(&the_set.all_), task(std::move(the_task)) {
      leaf = task.handle();
    }
    void wake() noexcept override { set.push(*this); }

    JoinSet& set;
    Child* next = nullptr;  // in the stack, or the batch
    Child* younger;         // in the list of all
    Child** link;           // what points to this one in the list of all
    Task<T> task;
  };

  struct Sleep {
    explicit Sleep(JoinSet& the_set) noexcept : set(the_set) {}
    ~Sleep() {
      Child* asleep = set.asleep();
      if (set.top_.compare_exchange_strong(asleep, nullptr)) return;  // dropped, and nobody has been told
      while (!set.told_) std::this_thread::yield();
    }
    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> here) const noexcept {
      Job& job = suspend_in(here);
      set.job_ = &job;
      set.told_ = false;
      Child* nobody = nullptr;
      if (!set.batch_ && set.top_.compare_exchange_strong(nobody, set.asleep())) return;
      set.told_ = true;
      job.wake();
    }
    void await_resume() const noexcept {}
    JoinSet& set;
  };

  /// A value of top_ that is no child.
  Child* asleep() noexcept { return reinterpret_cast<Child*>(this); }

  void push(Child& child) noexcept {
    Child* top = top_;
    do child.next = top == asleep() ? nullptr : top;
    while (!top_.compare_exchange_weak(top, &child));
    if (top != asleep()) return;
    job_->wake();
    told_ = true;
  }

  /// The stack becomes the batch, the first who was woken before the others.
  void take() noexcept {
    Child* child = top_.exchange(nullptr);
    while (child) batch_ = std::exchange(child, std::exchange(child->next, batch_));
  }

  void remove(Child* child) noexcept {
    *child->link = child->younger;
    if (child->younger) child->younger->link = child->link;
    --size_;
    delete child;
  }

  Child* all_ = nullptr;
  Child* batch_ = nullptr;  // taken from the stack, and not run yet
  std::size_t size_ = 0;

  std::atomic<Child*> top_ = nullptr;
  Job* job_ = nullptr;             // read by whoever finds it asleep
  std::atomic<bool> told_ = true;  // whoever found it asleep needs the job no more
};

}  // namespace mini
