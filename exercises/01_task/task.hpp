#pragma once
#include <01_task/given.hpp>

#include <coroutine>
#include <exception>
#include <stdexcept>
#include <utility>

namespace mini {

/// A coroutine that somebody owns. It begins when it is awaited or resumed; its frame is freed with the Task.
template <class T = void>
class [[nodiscard]] Task {
 public:
  struct promise_type;
  using Handle = std::coroutine_handle<promise_type>;

  // The promise is in the frame of the coroutine. Returned<T> keeps the value of `co_return`.
  struct promise_type : Returned<T> {
    // TODO: return a Task that owns this coroutine: Handle::from_promise(*this).
    Task get_return_object() noexcept { return Task(Handle()); }
    // TODO: wait until somebody resumes the coroutine.
    std::suspend_never initial_suspend() const noexcept { return {}; }
    // TODO: keep the frame, and go on with whoever awaits the task: an awaiter of your own.
    std::suspend_never final_suspend() const noexcept { return {}; }
    // TODO: keep the exception for whoever asks for the result.
    void unhandled_exception() noexcept {}
  };

  // TODO: keep the handle.
  explicit Task(Handle) noexcept {}
  // TODO: take over what `other` owns.
  Task(Task&& other) noexcept { (void)other; }
  // TODO: take over what `other` owns; what this task owned is destroyed, here or with `other`.
  Task& operator=(Task&& other) noexcept { return (void)other, *this; }
  // TODO: destroy the frame.
  ~Task() {}

  /// For whoever runs the task instead of awaiting it.
  // TODO: return the handle.
  std::coroutine_handle<> handle() const noexcept { return std::noop_coroutine(); }
  // TODO: tell whether the body has ended.
  bool done() const noexcept { return false; }
  /// Returns: what the task returned; throws what it threw. Requires: done().
  // TODO: rethrow the exception, or take() the value.
  T result() { throw std::logic_error("result() is not written yet"); }

  // `co_await f()` calls these three.
  bool await_ready() const noexcept { return false; }
  // TODO: note who waits, and go on with the task: return its handle.
  void await_suspend(std::coroutine_handle<> parent) const noexcept { (void)parent; }
  // TODO: as result().
  T await_resume() { throw std::logic_error("await_resume() is not written yet"); }
};

}  // namespace mini
