// Trap: a call behind co_await.
// Tokens: nothing
// Object: blocking
// Syntax: blocking
#include <unistd.h>
#include <coroutine>
struct Task {
  struct promise_type {
    Task get_return_object() { return {}; }
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void return_void() {}
    void unhandled_exception() {}
  };
};
struct Time {
  bool await_ready() const { return true; }
  void await_suspend(std::coroutine_handle<>) {}
  int await_resume() { return 1; }
};
Task pass() {
  usleep(static_cast<unsigned>(co_await Time{}));
}
