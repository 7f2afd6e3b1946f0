#pragma once
// The other right solution. Here no coroutine jumps to another: await_suspend() returns nothing, and only notes which
// coroutine is next. A loop, the trampoline, resumes what was noted, one after another; it stands in the first
// await_suspend() on the stack, and all coroutines run right below it. So the stack does not grow even where the
// compiler makes no jump of a call, as in builds without optimisation or with sanitizers. The price is a
// variable of the thread, read at each co_await. Besides, awaiting is a type of its own here, so that only a task that is
// given away can be awaited: `co_await task` does not compile, `co_await std::move(task)` does.
#include <01_task/given.hpp>

#include <coroutine>
#include <exception>
#include <utility>

namespace mini {

/// Resumes coroutines one after another.
class Trampoline {
 public:
  /// `from` is suspended, and `to` is next. Returns at once if a trampoline has resumed `from`; otherwise somebody called
  /// from.resume(), and this call lasts until the coroutines that follow each other have come to where one waits.
  static void go_on(std::coroutine_handle<> from, std::coroutine_handle<> to) {
    Trampoline* const outer = current();
    if (outer && outer->running_ == from) {
      outer->next_ = to;
      return;
    }
    Trampoline trampoline;
    current() = &trampoline;
    for (trampoline.next_ = to; trampoline.next_;) {
      trampoline.running_ = std::exchange(trampoline.next_, {});
      trampoline.running_.resume();
    }
    current() = outer;
  }

 private:
  [[gnu::noinline]] static Trampoline*& current() noexcept {
    static thread_local Trampoline* trampoline = nullptr;
    return trampoline;
  }

  std::coroutine_handle<> running_;
  std::coroutine_handle<> next_;
};

template <class T = void>
class [[nodiscard]] Task {
 public:
  struct promise_type;
  using Handle = std::coroutine_handle<promise_type>;

  struct Ended {
    bool await_ready() const noexcept { return false; }
    void await_suspend(Handle ended) const noexcept {
      if (ended.promise().parent) Trampoline::go_on(ended, ended.promise().parent);
    }
    void await_resume() const noexcept {}
  };

  struct promise_type : Returned<T> {
    Task get_return_object() noexcept { return Task(Handle::from_promise(*this)); }
    std::suspend_always initial_suspend() const noexcept { return {}; }
    Ended final_suspend() const noexcept { return {}; }
    void unhandled_exception() noexcept { error = std::current_exception(); }
    T outcome() {
      if (error) std::rethrow_exception(error);
      return this->take();
    }

    std::coroutine_handle<> parent;
    std::exception_ptr error;
  };

  Task(Task&& other) noexcept : coroutine_(std::exchange(other.coroutine_, {})) {}
  Task& operator=(Task other) noexcept {
    std::swap(coroutine_, other.coroutine_);
    return *this;
  }
  ~Task() {
    if (coroutine_) coroutine_.destroy();
  }

  std::coroutine_handle<> handle() const noexcept { return coroutine_; }
  bool done() const noexcept { return coroutine_.done(); }
  T result() { return coroutine_.promise().outcome(); }

  class Awaiter {
   public:
    explicit Awaiter(Handle coroutine) noexcept : coroutine_(coroutine) {}
    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> parent) const noexcept {
      coroutine_.promise().parent = parent;
      Trampoline::go_on(parent, coroutine_);
    }
    T await_resume() { return coroutine_.promise().outcome(); }

   private:
    Handle coroutine_;
  };
  Awaiter operator co_await() && noexcept { return Awaiter(coroutine_); }

 private:
  explicit Task(Handle coroutine) noexcept : coroutine_(coroutine) {}

  Handle coroutine_;
};

}  // namespace mini
