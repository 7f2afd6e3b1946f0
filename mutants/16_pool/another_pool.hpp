#pragma once
// One queue behind one lock, and no atomics at all. What is ready, who sleeps and the state of each job are plain
// variables that the lock guards, so a worker looks and goes to sleep in one step: the condition variable gives the lock
// back only when it waits. So "one of the two must see the other" holds by itself, and nothing has to be stolen, since
// nothing is anybody's own. That buys half of the lines, and an argument that fits one sentence. What it costs: every
// spawn, wake and end of a task takes the one lock, so that with many workers and small tasks they mostly wait for each
// other, and a task goes on on another processor than the one whose cache has its data.
#include <16_pool/given.hpp>

#include <condition_variable>
#include <thread>
#include <utility>
#include <vector>

namespace mini {

template <std::size_t QueueCapacity = 256>
class Pool {
 public:
  explicit Pool(std::size_t workers) {
    for (std::size_t i = 0; i < workers; ++i) threads_.emplace_back([this] { work(); });
  }
  ~Pool() {
    shutdown();
    while (Spawned* const job = all_.youngest()) delete job;
  }

  void spawn(Task<> task) { (new Spawned(*this, std::move(task)))->wake(); }

  void shutdown() {
    {
      const std::lock_guard lock(mutex_);
      is_stopped_ = true;
      is_ready_.notify_all();
    }
    for (std::thread& thread : std::exchange(threads_, {})) thread.join();
    const std::lock_guard lock(mutex_);
    is_over_ = true;
  }

 private:
  enum class State { waits, queued, runs, woken };  // woken: while it runs

  struct Spawned final : Job, Links<Spawned> {
    Spawned(Pool& the_pool, Task<> the_task) : pool(the_pool), task(std::move(the_task)) {
      leaf = task.handle();
      pool.all_.add(*this);
    }
    ~Spawned() { pool.all_.remove(*this); }
    void wake() noexcept override {
      const std::lock_guard lock(pool.mutex_);
      if (state == State::waits) pool.queue(*this);
      if (state == State::runs) state = State::woken;
    }

    Pool& pool;
    Task<> task;
    State state = State::waits;
  };

  void work() {
    std::unique_lock lock(mutex_);
    for (;;) {
      while (!first_ && !is_stopped_) {
        ++sleeping_;
        is_ready_.wait(lock);
        --sleeping_;
        is_one_called_ = false;
      }
      if (!first_) return;
      Spawned& job = *first_;
      first_ = job.next;
      if (first_) call_one();
      job.state = State::runs;
      lock.unlock();
      job.run();
      const bool is_done = job.task.done();
      if (is_done) delete &job;
      lock.lock();
      if (is_done) continue;
      if (std::exchange(job.state, State::waits) == State::woken) queue(job);
    }
  }

  /// Requires the lock, as call_one() does.
  void queue(Spawned& job) noexcept {
    if (is_over_) return;
    job.state = State::queued;
    job.next = nullptr;
    (first_ ? last_->next : first_) = &job;
    last_ = &job;
    call_one();
  }

  /// Wakes a worker, unless one is about to wake: that one calls the next one if there is more to do.
  void call_one() noexcept {
    if (sleeping_ == 0 || is_one_called_) return;
    is_one_called_ = true;
    is_ready_.notify_one();
  }

  Registry<Spawned> all_;
  std::mutex mutex_;  // guards what follows, but for threads_
  std::condition_variable is_ready_;
  Spawned* first_ = nullptr;
  Spawned* last_ = nullptr;
  std::size_t sleeping_ = 0;
  bool is_one_called_ = false;
  bool is_stopped_ = false;
  bool is_over_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace mini
