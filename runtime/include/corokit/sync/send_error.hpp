#pragma once
#include <corokit/detail/config.hpp>
#include <type_traits>
#include <utility>

namespace corokit {

/// The error of a send: no receiver can receive the message any more. It holds the message.
template <class T>
struct SendError {
  T value;

  /// The error that gives `message` back.
  explicit SendError(T message) noexcept(std::is_nothrow_move_constructible_v<T>)
      : value(std::move(message)) {}
};

}  // namespace corokit
