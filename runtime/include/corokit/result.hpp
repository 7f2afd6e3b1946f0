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
