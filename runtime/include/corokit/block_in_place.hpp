#pragma once
#include <corokit/detail/task/turn.hpp>

#include <functional>
#include <type_traits>
#include <utility>

namespace corokit {

namespace detail {

/// Lets another thread do the work of the calling worker from here on, so that the calling thread may block for a
/// scope. It does nothing on a thread that is no worker.
class [[nodiscard]] HandOver {
 public:
  /// Throws: std::logic_error if the runtime has no workers.
  HandOver();
  HandOver(const HandOver&) = delete;
  HandOver& operator=(const HandOver&) = delete;
  ~HandOver();

 private:
  Context* context_ = nullptr;  // that of the thread; null if it hands nothing over
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
/// The other thread keeps the worker, and this thread becomes one of spawn_blocking() when the turn of the task is
/// over. So neither waits for the other, and the functions of several tasks may wait for each other, and for other
/// tasks.
///
/// `function`: what it calls may block, as in a function of spawn_blocking(): block_on() and the blocking_ functions are
///   allowed. current_task_id() is still that of the task.
/// Requires: the caller is a task of a runtime that has workers. In a function of spawn_blocking(), in a simulation and
///   outside of every runtime the function is simply called; in a simulation it is a part of the turn, and must not wait
///   for other tasks.
/// Returns: what the function returns.
/// Throws: what the function throws; std::logic_error on a current-thread runtime, where no other thread may run tasks;
/// Thread-safety: any thread.
/// Cancel-safety: the function runs to its end: an abort() takes effect afterwards. A runtime that ends waits for it,
///   and drops the other tasks meanwhile.
/// Complexity: O(1), no allocation; one of the threads of spawn_blocking(), perhaps a new one, unless the function ends
///   before that thread has come.
/// Limits: each function that runs counts as one of spawn_blocking() towards RuntimeBuilder::blocking_limit(). Once the
///   limit is reached, no thread takes the place of the worker: the other workers take over its tasks, as they do from
///   any worker that is stuck. A function that waits for one of spawn_blocking() then waits until another thread is
///   free, and for ever if all of them wait so.
/// Source: tokio's block_in_place.
template <class F>
std::invoke_result_t<F> block_in_place(F&& function) {
  const detail::HandOver handed_over;
  return std::invoke(std::forward<F>(function));
}

}  // namespace corokit
