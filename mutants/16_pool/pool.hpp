#pragma once
#include <16_pool/given.hpp>

#include <thread>
#include <utility>
#include <vector>

namespace mini {

/// Runs tasks on threads of its own, the workers. Each has a queue, from which the others steal.
template <std::size_t QueueCapacity = 256>
class Pool {
 public:
  explicit Pool(std::size_t workers) : workers_(workers) {
    for (Worker& worker : workers_) worker.thread = std::thread([this, &worker] { work(worker); });
  }
  /// Shuts down; then destroys the tasks that still wait.
  ~Pool() {
    shutdown();
    shared_.close();  // a task that is destroyed may wake another one
    while (Spawned* const job = all_.youngest()) delete job;
  }

  /// Takes the task over. It begins on a worker. Thread-safe, as wake() is for its job.
  void spawn(Task<> task) { (new Spawned(*this, std::move(task)))->wake(); }

  /// Runs what is ready, and what becomes ready by that; then ends the workers. Does nothing the second time.
  void shutdown() {
    std::unique_lock lock(mutex_);
    is_stopped_ = true;  // nobody goes to sleep any more
    lock.unlock();
    for (std::size_t i = 0; i < workers_.size(); ++i) wake_one();
    for (Worker& worker : workers_)
      if (worker.thread.joinable()) worker.thread.join();
  }

 private:
  // The state of a job has two bits:
  //   0                  waits                   wake() makes it kAwake, and queues it
  //   kAwake             is in a queue           the worker that takes it makes it kRunning
  //   kRunning           runs                    when it waits, its worker makes it 0; wake() adds kAwake
  //   kRunning | kAwake  was woken while it ran  when it waits, its worker makes it kAwake, and queues it
  static constexpr unsigned kAwake = 1, kRunning = 2;

  struct Spawned final : Job, Links<Spawned> {
    Spawned(Pool& the_pool, Task<> the_task) : pool(the_pool), task(std::move(the_task)) {
      leaf = task.handle();
      pool.all_.add(*this);
    }
    ~Spawned() { pool.all_.remove(*this); }
    void wake() noexcept override {
      // [woken] release, also if it is queued already: what the waker has written is seen when the job runs.
      if (state.fetch_or(kAwake, std::memory_order_acq_rel) == 0) pool.submit(*this);
    }

    Pool& pool;
    Task<> task;
    std::atomic<unsigned> state = 0;
  };

  struct Worker {
    Pool* pool = nullptr;
    StealQueue<Spawned, QueueCapacity> queue;
    Parker parker;
    Worker* next = nullptr;  // among the sleepers
    unsigned turn = 0;
    std::thread thread;
  };

  void work(Worker& me) {
    me.pool = this;
    here<Worker>() = &me;
    while (Spawned* const job = next(me)) {
      job->state.exchange(kRunning, std::memory_order_acquire);  // [woken]
      job->run();
      if (job->task.done()) {
        delete job;
      } else if (job->state.fetch_and(~kRunning, std::memory_order_acq_rel) & kAwake) {
        submit(*job);
      }  // otherwise it waits, and may run on another thread by now
    }
  }

  void submit(Spawned& job) noexcept {
    Worker* const worker = here<Worker>();
    if (!worker || worker->pool != this || !worker->queue.push(&job)) shared_.push(job);
    wake_if_needed();
  }

  /// Returns: the job to run, for which the worker waits; null when the worker has to end.
  Spawned* next(Worker& me) {
    // Now and then the shared queue comes first: tasks that go on and on would keep it waiting.
    Spawned* job = ++me.turn % 64 == 0 ? shared_.pop() : nullptr;
    if (job || (job = me.queue.pop())) return job;
    idle_.fetch_add(kSearching, std::memory_order_relaxed);
    do {
      job = shared_.pop();
      for (std::size_t i = 0; !job && i < workers_.size(); ++i) job = workers_[i].queue.steal();
    } while (!job && sleep(me));
    idle_.fetch_sub(kSearching, std::memory_order_relaxed);
    wake_if_needed();  // nobody was woken for what became ready while this worker searched
    return job;
  }

  /// Returns: false when the worker has to end.
  bool sleep(Worker& me) {
    std::unique_lock lock(mutex_);
    if (is_stopped_) return !shared_.empty();
    me.next = std::exchange(sleepers_, &me);
    idle_.fetch_add(kSleeping - kSearching, std::memory_order_relaxed);
    lock.unlock();
    wake_if_needed();  // perhaps itself: then park() returns at once
    me.parker.park();  // whoever wakes it counts it as searching
    return true;
  }

  /// Wakes a worker if a job is ready, one sleeps, and none searches: that one would find the job.
  void wake_if_needed() noexcept {
    // [see] A thread makes a job ready, then looks whether a worker sleeps. A worker says that it sleeps, or no longer
    // searches, then looks whether a job is ready. With this fence in between, one of the two sees what the other did.
    std::atomic_thread_fence(std::memory_order_seq_cst);
    const unsigned idle = idle_.load(std::memory_order_relaxed);
    if (idle < kSleeping || idle % kSleeping != 0) return;
    bool is_ready = !shared_.empty();
    for (const Worker& worker : workers_) is_ready = is_ready || !worker.queue.empty();
    if (is_ready) wake_one();
  }

  void wake_one() noexcept {
    std::unique_lock lock(mutex_);
    Worker* const sleeper = sleepers_;
    if (!sleeper) return;
    sleepers_ = sleeper->next;
    idle_.fetch_add(kSearching - kSleeping, std::memory_order_relaxed);
    lock.unlock();
    sleeper->parker.unpark();
  }

  static constexpr unsigned kSearching = 1, kSleeping = 1 << 16;

  SharedQueue<Spawned> shared_;  // what other threads have woken, or had no room in a worker's queue
  Registry<Spawned> all_;
  std::atomic<unsigned> idle_ = 0;  // workers that search, and, times kSleeping, workers that sleep
  std::mutex mutex_;                // guards the next two
  Worker* sleepers_ = nullptr;
  bool is_stopped_ = false;
  std::vector<Worker> workers_;
};

}  // namespace mini
