#pragma once
#include <type_traits>
#include <utility>

namespace corokit {

/// A message that could not be sent: nobody can receive it any more. It comes back here.
template <class T>
struct SendError {
  T value;

  explicit SendError(T message) noexcept(std::is_nothrow_move_constructible_v<T>)
      : value(std::move(message)) {}
};

}  // namespace corokit
