#pragma once
#include <corokit/detail/config.hpp>

#include <cstddef>
#include <type_traits>

namespace corokit::detail {

/// Refuses a type of which corokit cannot keep objects: as the result of a task, a message, a guarded value or a
/// callable. Each class that keeps a `T` asks before it uses `T`, so that ours is the first error. `T` may be
/// incomplete.
template <class T>
consteval bool is_plain_type() {
  static_assert(
      std::is_object_v<T> && !std::is_array_v<T> && std::is_same_v<T, std::remove_cv_t<T>>,
      "corokit: this type must be a plain value, which is not const, no reference and no array; use a "
      "pointer instead of a reference");
  return true;
}

/// As is_plain_type(), with the rules that need the definition of `T`.
template <class T>
consteval bool is_kept_type() {
  if constexpr (is_plain_type<T>()) {
    static_assert(alignof(T) <= 16,
                  "corokit: types aligned to more than 16 bytes are not supported, since coroutine frames do "
                  "not align them; use a pointer");
    static_assert(std::is_nothrow_destructible_v<T>, "corokit: the destructor of this type must not throw");
  }
  return true;
}

/// As is_kept_type(), for a type whose objects travel: results and messages.
template <class T>
consteval bool is_moved_type() {
  static_assert(is_kept_type<T>() && std::is_move_constructible_v<T>,
                "corokit: this type must have a move or a copy constructor; use a std::unique_ptr");
  return true;
}

}  // namespace corokit::detail
