#pragma once
#include <01_task/given.hpp>

#include <coroutine>
#include <exception>
#include <utility>

namespace mini {

/// A coroutine that somebody owns. It begins when it is awaited or resumed; its frame is freed with the Task.
template <class T = void>
class [[nodiscard]] Task {
 public:
  struct promise_type;
  using Handle = std::coroutine_handle<promise_type>;

  /// What the coroutine does after its end: it goes on with whoever awaits it. This is a jump, not a call: the stack does
  /// not grow.
  struct GoOn {
    bool await_ready() const noexcept { return false; }
    std::coroutine_handle<> await_suspend(Handle ended) const noexcept { return ended.promise().parent; }
    void await_resume() const noexcept {}
  };

  struct promise_type : Returned<T> {
    Task get_return_object() noexcept { return Task(Handle::from_promise(*this)); }
    std::suspend_always initial_suspend() const noexcept { return {}; }
    GoOn final_suspend() const noexcept { return {}; }
    void unhandled_exception() noexcept { error = std::current_exception(); }

    std::coroutine_handle<> parent = std::noop_coroutine();  // whoever awaits the task
    std::exception_ptr error;
  };

  explicit Task(Handle coroutine) noexcept : coroutine_(coroutine) {}
  Task(Task&& other) noexcept : coroutine_(std::exchange(other.coroutine_, {})) {}
  Task& operator=(Task&& other) noexcept {
    std::swap(coroutine_, other.coroutine_);  // `other` frees what this task owned
    return *this;
  }
  ~Task() {
    if (coroutine_) coroutine_.destroy();
  }

  /// For whoever runs the task instead of awaiting it.
  std::coroutine_handle<> handle() const noexcept { return coroutine_; }
  bool done() const noexcept { return coroutine_.done(); }
  /// Returns: what the task returned; throws what it threw. Requires: done().
  T result() {
    if (coroutine_.promise().error) std::rethrow_exception(coroutine_.promise().error);
    return coroutine_.promise().take();
  }

  bool await_ready() const noexcept { return false; }
  std::coroutine_handle<> await_suspend(std::coroutine_handle<> parent) const noexcept {
    coroutine_.promise().parent = parent;
    return coroutine_;
  }
  T await_resume() { return result(); }

 private:
  Handle coroutine_;
};

}  // namespace mini
