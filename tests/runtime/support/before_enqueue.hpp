#pragma once
// Makes an event happen after an awaiter has found that it must wait, and before it joins the queue of waiters.
// In this window wake-ups are lost.
#include <corokit/detail/task/awaiter.hpp>

#include <utility>

namespace corokit::test {

/// Awaits `inner`. Calls `event` after inner's try_complete() has failed, and before inner's suspend().
template <class Inner, class Event>
class BeforeEnqueue : public detail::Awaiter<BeforeEnqueue<Inner, Event>> {
 public:
  static constexpr const char* kName = Inner::kName;

  explicit BeforeEnqueue(Inner inner, Event event) noexcept
      : inner_(std::move(inner)), event_(std::move(event)) {}
  BeforeEnqueue(BeforeEnqueue&& other) noexcept
      : detail::Awaiter<BeforeEnqueue>(other),
        inner_(std::move(other.inner_)),
        event_(std::move(other.event_)) {}

  bool try_complete() noexcept {
    inner_.bind(this->branch());
    return inner_.try_complete();
  }
  bool suspend() noexcept {
    event_();
    return inner_.suspend();
  }
  decltype(auto) await_resume() { return inner_.await_resume(); }

 private:
  Inner inner_;
  Event event_;
};

}  // namespace corokit::test
