#pragma once
#include <optional>
#include <utility>

namespace mini {

/// Where `co_return` puts its value. A promise needs return_value(), or return_void() if there is no value; whoever
/// derives from Returned<T> has the right one of them.
template <class T>
class Returned {
 public:
  void return_value(T value) { value_.emplace(std::move(value)); }
  /// Returns: the value, moved out. Requires: the coroutine has returned one.
  T take() { return std::move(*value_); }

 private:
  std::optional<T> value_;
};

template <>
class Returned<void> {
 public:
  void return_void() const noexcept {}
  void take() const noexcept {}
};

}  // namespace mini
