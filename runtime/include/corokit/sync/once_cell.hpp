#pragma once
#include <corokit/result.hpp>
#include <corokit/sync/semaphore.hpp>
#include <corokit/task.hpp>

#include <cassert>
#include <memory>
#include <optional>
#include <utility>

namespace corokit {

/// A value that OnceCell::set() or SetOnce::set() did not take. It comes back here.
template <class T>
struct SetError {
  enum class Kind {
    already_initialized,
    initializing,  ///< somebody is computing the value, and may fail
  };
  Kind kind;
  T value;

  SetError(Kind reason, T refused) noexcept : kind(reason), value(std::move(refused)) {}
};

/// A value that is made once, by whoever needs it first; the others wait for it.
///
///     const Config* config = co_await cell.get_or_init(load_config);     // Task<Config> load_config()
///
/// Once made it stays where it is until the cell dies. If the one that makes it is dropped, or throws, the
/// next in line makes it.
/// Requires: the cell outlives those who wait.
/// Thread-safety: may be called at once from any thread, except for construction, destruction, get_mut()
///   and into_inner().
/// Complexity: 32 bytes beside the value; a get() is one atomic load.
/// Source: tokio's OnceCell (a semaphore of one permit, closed once there is a value).
template <class T>
class OnceCell {
 public:
  OnceCell() noexcept {}
  /// A cell that has its value.
  explicit OnceCell(T value) { emplace(std::move(value)); }
  OnceCell(const OnceCell&) = delete;
  OnceCell& operator=(const OnceCell&) = delete;
  ~OnceCell() {
    if (is_initialized()) std::destroy_at(std::addressof(value_));
  }

  bool is_initialized() const noexcept { return turn_.is_closed(); }
  /// The value, or null.
  const T* get() const noexcept { return is_initialized() ? std::addressof(value_) : nullptr; }
  /// Requires: nobody else uses the cell.
  T* get_mut() noexcept { return is_initialized() ? std::addressof(value_) : nullptr; }
  /// Moves the value out. Requires: nobody else uses the cell.
  std::optional<T> into_inner() && {
    if (!is_initialized()) return std::nullopt;
    return std::move(value_);
  }

  /// Gives it its value, if it has none and nobody is making one.
  Result<void, SetError<T>> set(T value) {
    using Kind = typename SetError<T>::Kind;
    const auto turn = turn_.try_acquire();
    if (turn) {
      emplace(std::move(value));
      return {};
    }
    const bool is_set = turn.error() == TryAcquireError::closed;
    return Err<SetError<T>>(
        SetError<T>(is_set ? Kind::already_initialized : Kind::initializing, std::move(value)));
  }

  /// Waits for the value; makes it with `co_await make()`, a Task<T>, if nobody has, one caller at a time.
  ///
  /// Requires: `make` does not ask this cell for its value: it would wait for itself.
  /// Returns: the value, never null. Throws: what escapes `make`, of which the others hear nothing.
  /// Thread-safety: may be called at once from any thread.
  /// Cancel-safety: a dropped caller loses its place; if it was making the value, the next in line makes it.
  /// Complexity: one coroutine; O(1) beside `make`.
  template <class F>
  [[nodiscard]] Task<const T*> get_or_init(F make) {
    if (const T* value = get()) co_return value;
    auto turn = co_await turn_.acquire();
    if (turn) emplace(co_await make());
    co_return get();
  }

  /// The same for a `make` that may fail: a Task<Result<T, E>>. An error leaves the cell as it was, and the
  /// next in line makes the value.
  /// Returns: the value, never null, or the error of this caller's `make`.
  /// Thread-safety: may be called at once from any thread.
  /// Cancel-safety: as get_or_init().
  template <class F, class E = typename std::invoke_result_t<F&>::value_type::error_type>
  [[nodiscard]] Task<Result<const T*, E>> get_or_try_init(F make) {
    if (const T* value = get()) co_return value;
    auto turn = co_await turn_.acquire();
    if (turn) {
      Result<T, E> made = co_await make();
      if (!made) co_return Err<E>(std::move(made).error());
      emplace(std::move(*made));
    }
    co_return get();
  }

 private:
  /// Requires: the turn. Closing the semaphore publishes the value, and ends the wait of all others.
  void emplace(T&& value) {
    std::construct_at(std::addressof(value_), std::move(value));
    turn_.close();
  }

  Semaphore turn_{1};  // whose permit is the right to make the value; closed: there is one
  union {
    T value_;
  };
};

}  // namespace corokit
