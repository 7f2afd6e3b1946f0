#pragma once
// Operations for the workloads: one that is begun and kept, one that is ready at once, one that is never ready.
#include <corokit/detail/task/operand.hpp>

namespace peers {

/// Begins an operation as part of the task that awaits this, and keeps it pending until this is destroyed. It is what
/// polling a future once and dropping it later is in tokio.
template <class A>
class Started : public corokit::detail::Combinator<Started<A>> {
 public:
  using Step = typename corokit::detail::Combinator<Started>::Step;
  static constexpr const char* kName = "Started";
  explicit Started(A operation) : branch_(std::move(operation)) {}

  Step begin_some() {
    branch_.template begin<&ignore>(this->branch(), this);
    return Step::over;
  }
  corokit::detail::ChildBranch* nested_branch() noexcept { return nullptr; }
  void fail(const std::exception_ptr&) noexcept {}
  void await_resume() noexcept {}

 private:
  static void ignore(corokit::detail::ChildBranch&) {}

  corokit::detail::OperandBranch<A> branch_;
};

/// Is ready at once, with a value.
template <class T>
class Ready : public corokit::detail::Awaiter<Ready<T>> {
 public:
  static constexpr const char* kName = "Ready";
  explicit Ready(T value) noexcept : value_(std::move(value)) {}
  Ready(Ready&& other) noexcept
      : corokit::detail::Awaiter<Ready<T>>(other), value_(std::move(other.value_)) {}

  bool try_complete() const noexcept { return true; }
  bool suspend() noexcept { return false; }
  T await_resume() noexcept { return std::move(value_); }

 private:
  T value_;
};

/// Is never ready.
class Pending : public corokit::detail::Awaiter<Pending> {
 public:
  static constexpr const char* kName = "Pending";
  Pending() noexcept {}

  bool try_complete() const noexcept { return false; }
  bool suspend() const noexcept { return true; }
  void await_resume() const noexcept {}
};

}  // namespace peers
