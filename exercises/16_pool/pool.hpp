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
  explicit Pool(std::size_t workers) : workers_(workers) {}  // TODO: start a thread for each worker

  /// Shuts down; then destroys the tasks that still wait.
  ~Pool() { shutdown(); }  // TODO: close the shared queue, destroy what is registered

  /// Takes the task over. It begins on a worker. Thread-safe, as wake() is for its job.
  void spawn(Task<> task) { (void)task; }  // TODO: make a Spawned of it, and wake it

  /// Runs what is ready, and what becomes ready by that; then ends the workers. Does nothing the second time.
  void shutdown() {}  // TODO: tell the workers, wake those that sleep, wait for their threads

 private:
  struct Spawned final : Job, Links<Spawned> {
    Spawned(Pool& the_pool, Task<> the_task) : pool(the_pool), task(std::move(the_task)) {
      leaf = task.handle();
      pool.all_.add(*this);
    }
    ~Spawned() { pool.all_.remove(*this); }
    void wake() noexcept override {}  // TODO: queue the job, unless it runs or is queued already

    Pool& pool;
    Task<> task;
  };

  struct Worker {
    StealQueue<Spawned, QueueCapacity> queue;
    Parker parker;
    std::thread thread;
  };

  // TODO: what a worker does: next job, run it, see what has become of it; search; sleep; wake one that sleeps

  SharedQueue<Spawned> shared_;  // what other threads have woken, or had no room in a worker's queue
  Registry<Spawned> all_;
  std::vector<Worker> workers_;
};

}  // namespace mini
