#pragma once
#include <corokit/detail/task/enter_task.hpp>
#include <corokit/join_handle.hpp>

#include <functional>
#include <type_traits>
#include <utility>

namespace corokit {

namespace detail {

/// A blocking job and the cell of its result, in one allocation.
template <class F, class T>
struct BlockingCell : Cell<T>, BlockingJob, FromFramePool<BlockingCell<F, T>> {
  static_assert(is_moved_type<F>());
  F function;

  explicit BlockingCell(F&& f) : function(std::move(f)) { BlockingJob::run = &execute; }

  static void execute(BlockingJob& job, bool cancelled) noexcept {
    auto& cell = static_cast<BlockingCell&>(job);
    cell.end(cancelled);
    cell.release_ref();
  }

 private:
  void end(bool cancelled) noexcept {
    const EnterTask entered(*this);
    // Relaxed: an abort() is only a request; the function may have started before it, or not start at all.
    if (cancelled || (this->ready.load(std::memory_order_relaxed) & TaskHeader::kAbort))
      this->outcome = Outcome::cancelled;
    else
      call();
    if (this->outcome == Outcome::exception) this->scheduler->note_escape(*this);
    function.~F();
    this->ready.store(TaskHeader::kComplete, std::memory_order_relaxed);
    complete_join(*this);
  }

  void call() noexcept try {
    this->set_value([this]() -> T { return std::invoke(std::move(function)); });
  } catch (...) {
    this->set_error(std::current_exception());
  }
};

template <class F, class T>
JoinHandle<T> spawn_blocking_on(Scheduler& scheduler, F function) {
  using Blocking = BlockingCell<F, T>;
  auto* cell = new Blocking(std::move(function));  // the last reference frees it
  cell->set_block(sizeof(Blocking));
  cell->id = next_task_id();
  cell->scheduler = &scheduler;
  // Relaxed: submit() publishes the count, which is one reference of the pool and one of the handle.
  cell->refs.store(2, std::memory_order_relaxed);
  JoinHandle<T> handle(*cell);
  scheduler.submit(*cell);
  return handle;
}

}  // namespace detail

/// Runs a function that may block, on a thread that is kept for such functions, away from the workers. In a simulation,
/// the function is one step, or several if it waits for what tasks do (see sim::Simulation).
///
/// `F`: a type that can be moved, is aligned to at most 16 bytes, and whose destructor does not throw. With g++ 12, await
///   the handle in another statement than the call, since temporaries are destroyed twice there (PR 99576).
/// Returns: the handle of the function. abort() has an effect only until the function starts. A runtime that ends waits
///   for the functions that run, and cancels those that have not started. A function is also cancelled if the system
///   gives no thread to run it on.
/// Throws: std::logic_error outside of every runtime.
/// Thread-safety: any thread of a runtime.
/// Complexity: one allocation, and perhaps a new thread.
/// Example: runtime/examples/blocking_io.cpp
template <class F, class T = std::invoke_result_t<F>>
JoinHandle<T> spawn_blocking(F function) {
  return detail::spawn_blocking_on<F, T>(detail::current_scheduler("spawn_blocking"), std::move(function));
}

}  // namespace corokit
