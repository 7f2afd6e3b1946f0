#pragma once
// What tests of several rungs run tasks with. Included after the solution, which may not say the word `explored`.
#include <03_block_on/block_on.hpp>

#include <explorer/program.hpp>

#include <atomic>
#include <optional>
#include <thread>
#include <utility>

namespace explored {

/// A task that the program runs by hand, and may drop while it waits.
struct ByHand : mini::Job {
  explicit ByHand(mini::Task<> the_task) : task(std::move(the_task)) { leaf = task->handle(); }
  void wake() noexcept override {
    require(!woken, "a wait ends once: its job is woken once");
    woken = true;
  }
  /// Runs until it waits or ends. Returns: whether it has ended.
  bool go_on() {
    woken = false;
    if (!task->done()) run();
    return task->done();
  }
  void drop() { task.reset(); }

  std::optional<mini::Task<>> task;
  bool woken = false;
};

/// A task that is run to its first wait, and then by a thread, perhaps another one, that sleeps until the task is woken.
struct ByThread final : mini::Job {
  explicit ByThread(mini::Task<> the_task) : task(std::move(the_task)) { leaf = task.handle(); }
  void wake() noexcept override {
    parker.unpark();
    std::this_thread::yield();  // here the woken thread may be quick
  }
  void run_to_the_end() {
    while (!task.done()) {
      parker.park();
      run();
    }
  }

  mini::Task<> task;
  mini::Parker parker;
};

/// A task with a result that the program runs by hand, and that other threads may wake. It is dropped with the object.
template <class T>
class ResultByHand final : mini::Job {
 public:
  explicit ResultByHand(mini::Task<T> task) : task_(std::move(task)) { leaf = task_.handle(); }
  void wake() noexcept override { ++wakes_; }

  /// Returns: what the task returned; nothing if it waits.
  std::optional<T> run_on() {
    wakes_ = 0;
    if (!task_.done()) run();
    if (task_.done()) return task_.result();
    return std::nullopt;
  }
  /// Returns: how often the task was woken since it was run.
  int wakes() const { return wakes_; }

 private:
  mini::Task<T> task_;
  std::atomic<int> wakes_ = 0;  // other threads wake it
};

}  // namespace explored
