#pragma once
#include <corokit/select.hpp>
#include <corokit/time/sleep.hpp>

#include <chrono>
#include <type_traits>
#include <utility>

namespace corokit {

/// The error of a timeout: the deadline passed before the operation was over.
struct Elapsed {
  /// Returns: a text for people.
  const char* message() const noexcept { return "deadline has elapsed"; }
  friend bool operator==(Elapsed, Elapsed) noexcept { return true; }
};

namespace detail {

template <class A>
class TimeoutAwaiter : public SelectAwaiter<true, A, SleepAwaiter> {
  using Base = SelectAwaiter<true, A, SleepAwaiter>;
  using Value = Output<A>;

 public:
  static constexpr const char* kName = "timeout";
  template <class Arg>
  TimeoutAwaiter(SleepAwaiter&& limit, Arg&& operand)
      : Base(std::in_place, std::forward<Arg>(operand), std::move(limit)) {}
  TimeoutAwaiter(TimeoutAwaiter&& other) noexcept : Base(std::move(other)) {}

  /// An operation that gives nothing gives a Result<void, Elapsed>.
  using Public = corokit::Result<std::conditional_t<std::is_same_v<Value, Unit>, void, Value>, Elapsed>;

  Public await_resume() {
    auto first = Base::await_resume();
    if (first.index() == 1) return Err<Elapsed>(Elapsed{});
    if constexpr (std::is_void_v<typename Public::value_type>) {
      return {};
    } else {
      return std::get<0>(std::move(first));
    }
  }
};

}  // namespace detail

/// Waits for an operation until a deadline: `auto result = co_await timeout_at(deadline, receiver.recv());`
///
/// Operand: as for select(). It is looked at first: if it is ready it wins, even after the deadline.
/// Resumes: in the calling task.
/// Returns: the operation's result, or Elapsed if the deadline passed first, in which case the operation is dropped.
/// Throws: the exception that escaped the operation.
/// Thread-safety: the awaiting task's own thread.
/// Cancel-safety: as that of the operation.
/// Complexity: O(1), no allocation.
/// Example: runtime/examples/retries.cpp
template <detail::IsOperand A>
[[nodiscard]] auto timeout_at(Instant deadline, A&& operation) {
  return detail::TimeoutAwaiter<detail::OperandType<A>>(sleep_until(deadline), std::forward<A>(operation));
}

/// As timeout_at(), for a duration of any unit that is counted from the call. With Duration::max() there is no limit.
/// Thread-safety: the awaiting task's own thread.
/// Cancel-safety: as that of the operation.
template <class Rep, class Period, detail::IsOperand A>
requires std::is_arithmetic_v<Rep>
[[nodiscard]] auto timeout(std::chrono::duration<Rep, Period> duration, A&& operation) {
  return detail::TimeoutAwaiter<detail::OperandType<A>>(sleep(duration), std::forward<A>(operation));
}

}  // namespace corokit
