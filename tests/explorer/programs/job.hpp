#pragma once
#include <coroutine>
#include <exception>

/// A coroutine that runs at once on the thread that calls it, and whose frame is freed when it has run to its end.
struct Job {
  struct promise_type {
    Job get_return_object() const noexcept { return {}; }
    std::suspend_never initial_suspend() const noexcept { return {}; }
    std::suspend_never final_suspend() const noexcept { return {}; }
    void return_void() const noexcept {}
    void unhandled_exception() const noexcept { std::terminate(); }
  };
};
