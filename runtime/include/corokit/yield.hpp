#pragma once
#include <corokit/detail/awaiter.hpp>

namespace corokit {

namespace detail {

class YieldAwaiter : public Awaiter<YieldAwaiter> {
 public:
  static constexpr const char* kName = "yield_now";
  YieldAwaiter() noexcept {}
  YieldAwaiter(YieldAwaiter&& other) noexcept : Awaiter(other) {}
  bool try_complete() const noexcept { return false; }
  bool suspend() noexcept {
    turn().defer(strand());
    return true;
  }
  void await_resume() const noexcept {}
};

}  // namespace detail

/// Lets the other tasks that are ready run first: `co_await yield_now();`
///
/// Resumes: on the task's executor, behind what was ready before.
/// Thread-safety: the awaiting task's own thread.
/// Cancel-safety: nothing to lose.
/// Complexity: O(1), no allocation.
[[nodiscard]] inline detail::YieldAwaiter yield_now() noexcept {
  return {};
}

}  // namespace corokit
