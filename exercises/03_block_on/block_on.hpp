#pragma once
#include <03_block_on/given.hpp>

#include <condition_variable>
#include <mutex>
#include <stdexcept>

namespace mini {

/// Puts its thread to sleep until another thread calls unpark(). A call that comes before park() is not lost.
class Parker {
 public:
  /// Is called by one thread.
  void park() {
    // TODO: sleep until the token is there, and take it.
  }

  /// May be called by any thread.
  void unpark() {
    // TODO: leave the token, and wake the thread that sleeps in park().
  }

 private:
  // TODO: the token, and what guards it.
};

/// Runs a task on this thread, which sleeps while the task waits. Returns: what the task returns; throws what it throws.
template <class T>
T block_on(Task<T> task) {
  // TODO: derive a job from Job. Its leaf is task.handle(), its wake() ends the sleep of this thread. Run it until
  // the task is done, and return task.result().
  throw std::logic_error("block_on() is not written yet");
}

}  // namespace mini
