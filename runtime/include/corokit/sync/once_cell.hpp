#pragma once
#include <corokit/detail/value_rules.hpp>
#include <corokit/result.hpp>
#include <corokit/sync/semaphore.hpp>
#include <corokit/task.hpp>

#include <cassert>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

namespace corokit {

/// The error of OnceCell::set() and SetOnce::set(): it holds the value that was not set.
template <class T>
struct SetError {
  /// The reason why the value was not set.
  enum class Kind {
    already_initialized,
    initializing,  ///< another caller is making the value, and may fail
  };
  Kind kind;
  T value;

  /// The error that gives `refused` back.
  SetError(Kind reason, T refused) noexcept(std::is_nothrow_move_constructible_v<T>)
      : kind(reason), value(std::move(refused)) {}
};

/// A value that is made once, by the first caller that needs it. Other callers wait for it meanwhile.
///
///     const Config* config = co_await cell.get_or_init(load_config);     // Task<Config> load_config()
///
/// The value stays in place until the cell is destroyed. If the caller that makes the value is dropped, or throws, the
/// next waiter makes it.
///
/// Requires: the cell outlives all waits.
/// Thread-safety: may be called at once from any thread, except for construction, destruction, get_mut() and
///   into_inner().
/// Complexity: 40 bytes besides the value; a get() is one atomic load.
/// Source: tokio's OnceCell (a semaphore of one permit, closed once there is a value).
template <class T>
class OnceCell {
  static_assert(detail::is_moved_type<T>());

 public:
  OnceCell() noexcept {}
  /// Makes a cell that has a value.
  explicit OnceCell(T value) { emplace(std::move(value)); }
  OnceCell(const OnceCell&) = delete;
  OnceCell& operator=(const OnceCell&) = delete;
  ~OnceCell() {
    if (is_initialized()) std::destroy_at(std::addressof(value_));
  }

  /// Returns: true if there is a value.
  bool is_initialized() const noexcept { return semaphore_.is_closed(); }
  /// Returns: the value; null if there is none.
  const T* get() const noexcept { return is_initialized() ? std::addressof(value_) : nullptr; }
  /// Returns: the value; null if there is none. Requires: nothing else uses the cell.
  T* get_mut() noexcept { return is_initialized() ? std::addressof(value_) : nullptr; }
  /// Moves the value out. Returns: none if there is no value. Requires: nothing else uses the cell.
  std::optional<T> into_inner() && {
    if (!is_initialized()) return std::nullopt;
    return std::move(value_);
  }

  /// Sets the value, if there is none and no caller is making one. Returns: nothing, or an error with the value.
  /// Throws: what moving T throws, in which case there is still no value.
  Result<void, SetError<T>> set(T value) {
    using Kind = typename SetError<T>::Kind;
    const auto permit = semaphore_.try_acquire();
    if (permit) {
      emplace(std::move(value));
      return {};
    }
    const bool is_set = permit.error() == TryAcquireError::closed;
    return Err<SetError<T>>(
        SetError<T>(is_set ? Kind::already_initialized : Kind::initializing, std::move(value)));
  }

  /// Waits for the value. If there is none, one caller at a time makes it with `co_await make()`, where make() returns
  /// a Task<T>.
  ///
  /// Requires: `make` does not ask this cell for its value, since it would wait for itself.
  /// Resumes: on the awaiting task's executor.
  /// Returns: the value, never null.
  /// Throws: the exception that escapes this caller's `make`; the other callers do not see it.
  /// Thread-safety: may be called at once from any thread.
  /// Cancel-safety: a dropped caller loses its place in the queue; if it was making the value, the next waiter does so.
  /// Complexity: one coroutine; O(1) besides `make`.
  template <class F>
  [[nodiscard]] Task<const T*> get_or_init(F make) {
    static_assert(detail::is_kept_type<F>());
    if (const T* value = get()) co_return value;
    auto permit = co_await semaphore_.acquire();
    if (permit) emplace(co_await make());
    co_return get();
  }

  /// As get_or_init(), for a `make` that may fail and returns a Task<Result<T, E>>. After an error the cell is as
  /// before, and the next waiter makes the value.
  /// Returns: the value, never null, or the error of this caller's `make`.
  /// Thread-safety: may be called at once from any thread.
  /// Cancel-safety: as get_or_init().
  template <class F, class E = typename std::invoke_result_t<F&>::value_type::error_type>
  [[nodiscard]] Task<Result<const T*, E>> get_or_try_init(F make) {
    static_assert(detail::is_kept_type<F>());
    if (const T* value = get()) co_return value;
    auto permit = co_await semaphore_.acquire();
    if (permit) {
      Result<T, E> made = co_await make();
      if (!made) co_return Err<E>(std::move(made).error());
      emplace(std::move(*made));
    }
    co_return get();
  }

 private:
  /// Stores the value. Closing the semaphore publishes it, and ends the waits of all other callers.
  /// Requires: the caller holds the permit.
  void emplace(T&& value) {
    std::construct_at(std::addressof(value_), std::move(value));
    semaphore_.close();
  }

  Semaphore semaphore_{1};  // its permit is the right to make the value; it is closed once there is a value
  union {
    T value_;
  };
};

}  // namespace corokit
