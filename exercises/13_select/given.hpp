#pragma once
#include <08_timers/timers.hpp>

#include <type_traits>
#include <utility>
#include <variant>

namespace mini {

/// What a task of type T leaves behind: a T, or std::monostate for a task that returns nothing.
template <class T>
using Value = std::conditional_t<std::is_void_v<T>, std::monostate, T>;

/// Returns: what the task returned; throws what it threw. Requires: task.done().
template <class T>
Value<T> value_of(Task<T>& task) {
  if constexpr (std::is_void_v<T>) {
    task.result();
    return {};
  } else {
    return task.result();
  }
}

/// Says which branch a select looks at first: false, true, false, … on each thread.
inline bool coin() noexcept {
  static thread_local bool right = true;
  return right = !right;
}

}  // namespace mini
