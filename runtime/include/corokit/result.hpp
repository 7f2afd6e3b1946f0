#pragma once
#include <corokit/detail/config.hpp>

#include <tl/expected.hpp>

namespace corokit {

/// A value, or the reason why there is none. Errors are values in corokit; exceptions are for bugs.
template <class T, class E>
using Result = tl::expected<T, E>;

/// Builds the error side of a Result: `return Err(reason);`
template <class E>
using Err = tl::unexpected<E>;

/// The result of an operation that gives nothing, where a type is needed (the operands of a select or a join).
struct Unit {
  friend constexpr bool operator==(Unit, Unit) noexcept { return true; }
};

}  // namespace corokit
///
/// A move or a copy of T that throws reaches the call or the co_await that makes the Result. A Result that is itself moved
/// or copied ends the process then: tl::expected does that.
///
/// It is a tl::expected<T, E>, or, if `T` is void, a class derived from it. So a function template that is to deduce `T`
/// and `E` takes a tl::expected<T, E>.
