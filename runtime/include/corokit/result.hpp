#pragma once
#include <corokit/detail/config.hpp>

#include <tl/expected.hpp>
#include <type_traits>
#include <utility>

namespace corokit {

namespace detail {

/// A tl::expected<void, E> with the value() that it lacks.
template <class E>
class VoidResult : public tl::expected<void, E> {
  using Base = tl::expected<void, E>;

 public:
  using Base::Base;
  using Base::operator=;
  VoidResult() = default;
  VoidResult(const Base& base) : Base(base) {}
  VoidResult(Base&& base) : Base(std::move(base)) {}

  /// Throws: tl::bad_expected_access<E> if there is an error.
  void value() const& {
    if (!this->has_value()) throw tl::bad_expected_access<E>(this->error());
  }
  void value() && {
    if (!this->has_value()) throw tl::bad_expected_access<E>(std::move(this->error()));
  }
};

}  // namespace detail

/// A value, or the reason why there is none. Errors are values in corokit; exceptions are for bugs.
///
/// A move or a copy of T that throws reaches the call or the co_await that makes the Result. A Result that is itself moved
/// or copied ends the process then: tl::expected does that.
///
/// It is a tl::expected<T, E>, or, if `T` is void, a class derived from it. So a function template that is to deduce `T`
/// and `E` takes a tl::expected<T, E>.
template <class T, class E>
using Result = std::conditional_t<std::is_void_v<T>, detail::VoidResult<E>, tl::expected<T, E>>;

/// Builds the error side of a Result: `return Err(reason);`
template <class E>
using Err = tl::unexpected<E>;

/// The result of an operation that gives nothing, where a type is needed (the operands of a select or a join).
struct Unit {
  friend constexpr bool operator==(Unit, Unit) noexcept { return true; }
};

}  // namespace corokit

namespace tl::detail {
// A function that and_then() and the like call may return a VoidResult.
template <class E>
struct is_expected_impl<corokit::detail::VoidResult<E>> : std::true_type {};
}  // namespace tl::detail
