#pragma once
#include <corokit/detail/task/turn.hpp>

#include <functional>
#include <memory>
#include <type_traits>
#include <utility>

namespace corokit {

namespace detail {

class StandIn;

/// Lets another thread do the work of the calling worker for a scope, in which the calling thread may block. It does
/// nothing on a thread that is no worker.
class [[nodiscard]] HandOver {
 public:
  /// Throws: std::logic_error if the runtime has no workers; std::bad_alloc.
  HandOver();
  HandOver(const HandOver&) = delete;
  HandOver& operator=(const HandOver&) = delete;
  ~HandOver();

 private:
  Context* worker_ =
      nullptr;   // the context that the other thread has meanwhile; null if there is nothing to hand over
  Context own_;  // without timers: the thread may block
  std::shared_ptr<StandIn> stand_in_;
};

}  // namespace detail

/// Runs a function that may block, on the calling thread, inside a task: another thread takes the place of the worker
/// meanwhile, with all tasks that wait in its queue.
///
///     Task<void> store(Record record) {
///       block_in_place([&] { database.write(record); });   // `record` need not be moved to another thread and back
///       co_await reply();
///     }
///
/// The rest of the task waits for the function: other branches of a select() or a join(), too. spawn_blocking() is the
/// better choice where these are to go on.
///
/// `function`: what it calls may block, as in a function of spawn_blocking(): block_on() and the blocking_ functions are
///   allowed. current_task_id() is still that of the task.
/// Requires: the caller is a task of a runtime that has workers. In a function of spawn_blocking(), in a simulation and
///   outside of every runtime the function is simply called; in a simulation it is a part of the turn, and must not wait
///   for other tasks.
/// Returns: what the function returns.
/// Throws: what the function throws; std::logic_error on a current-thread runtime, where no other thread may run tasks;
///   std::bad_alloc.
/// Thread-safety: any thread.
/// Cancel-safety: the function runs to its end: an abort() takes effect afterwards. A runtime that ends waits for it.
/// Complexity: one allocation, and one of the threads of spawn_blocking(), perhaps a new one. At the end it waits for the
///   turn that this thread is in. If there is no thread, since RuntimeBuilder::blocking_limit() is reached, the other
///   workers take over the tasks, as they do from any worker that is stuck.
template <class F>
std::invoke_result_t<F> block_in_place(F&& function) {
  const detail::HandOver handed_over;
  return std::invoke(std::forward<F>(function));
}

}  // namespace corokit
