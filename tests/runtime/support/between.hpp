#pragma once
// Lets something happen between an awaiter's first look and its joining the line: the window in which
// wake-ups are lost.
#include <corokit/detail/task/awaiter.hpp>

#include <utility>

namespace corokit::test {

/// Awaits what `Inner` does, and calls `event` once Inner has found that it must wait.
template <class Inner, class Event>
class Between : public detail::Awaiter<Between<Inner, Event>> {
 public:
  static constexpr const char* kName = Inner::kName;

  explicit Between(Inner inner, Event event) noexcept : inner_(std::move(inner)), event_(std::move(event)) {}
  Between(Between&& other) noexcept
      : detail::Awaiter<Between>(other), inner_(std::move(other.inner_)), event_(std::move(other.event_)) {}

  bool try_complete() {
    inner_.bind(this->branch());
    return inner_.try_complete();
  }
  bool suspend() {
    event_();
    return inner_.suspend();
  }
  decltype(auto) await_resume() { return inner_.await_resume(); }

 private:
  Inner inner_;
  Event event_;
};

}  // namespace corokit::test
