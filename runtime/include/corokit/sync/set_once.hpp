#pragma once
#include <corokit/detail/sync/atomic.hpp>
#include <corokit/detail/value_rules.hpp>
#include <corokit/result.hpp>
#include <corokit/sync/once_cell.hpp>
#include <corokit/sync/semaphore.hpp>

#include <memory>
#include <optional>
#include <utility>

namespace corokit {

namespace detail {
template <class T>
class SetOnceAwaiter;
}  // namespace detail

/// A value that is set once, and that tasks wait for: `const int* port = co_await ready.wait();`
///
/// The value stays in place until the SetOnce is destroyed.
///
/// Requires: the SetOnce outlives all waits.
/// Thread-safety: may be called at once from any thread, except for construction, destruction and
///   into_inner().
/// Complexity: 40 bytes besides the value; a get() is one atomic load.
/// Source: tokio's SetOnce.
template <class T>
class SetOnce {
  static_assert(detail::is_moved_type<T>());

 public:
  SetOnce() noexcept {}
  /// Makes a SetOnce that has a value.
  explicit SetOnce(T value) { static_cast<void>(set(std::move(value))); }
  SetOnce(const SetOnce&) = delete;
  SetOnce& operator=(const SetOnce&) = delete;
  ~SetOnce() {
    if (is_initialized()) std::destroy_at(std::addressof(value_));
  }

  /// Returns: true if there is a value.
  bool is_initialized() const noexcept { return unset_.is_closed(); }
  /// Returns: the value; null if there is none.
  const T* get() const noexcept { return is_initialized() ? std::addressof(value_) : nullptr; }
  /// Moves the value out. Returns: none if there is no value. Requires: nothing else uses the SetOnce.
  std::optional<T> into_inner() && {
    if (!is_initialized()) return std::nullopt;
    return std::move(value_);
  }

  /// Sets the value, and wakes all waiters. Only the first call succeeds.
  /// Returns: nothing, or an error with the value, which is `initializing` if the first call is still under way.
  /// Throws: what moving T throws, in which case there is still no value, and a later call may set it.
  Result<void, SetError<T>> set(T value) {
    using Kind = typename SetError<T>::Kind;
    // Relaxed: this only decides which call is the first; closing the semaphore publishes the value.
    if (claimed_.exchange(true, std::memory_order_relaxed)) {
      const Kind kind = is_initialized() ? Kind::already_initialized : Kind::initializing;
      return Err<SetError<T>>(SetError<T>(kind, std::move(value)));
    }
    try {
      std::construct_at(std::addressof(value_), std::move(value));
    } catch (...) {
      // Relaxed: the call that succeeds publishes its value by closing the semaphore.
      claimed_.store(false, std::memory_order_relaxed);
      throw;
    }
    unset_.close();
    return {};
  }

  /// Waits until there is a value.
  ///
  /// Resumes: on the awaiting task's executor; never inside set().
  /// Returns: the value, never null.
  /// Thread-safety: may be called at once from any thread.
  /// Cancel-safety: nothing to lose.
  /// Complexity: O(1); no allocation.
  [[nodiscard]] detail::SetOnceAwaiter<T> wait() noexcept { return detail::SetOnceAwaiter<T>(*this); }

 private:
  friend class detail::SetOnceAwaiter<T>;

  detail::Atomic<bool> claimed_{false};  // true from the first set() on, unless it throws
  detail::BatchSemaphore unset_{0};      // it gives no permits; it is closed once there is a value
  union {
    T value_;
  };
};

namespace detail {

template <class T>
class SetOnceAwaiter : public Awaiter<SetOnceAwaiter<T>> {
 public:
  static constexpr const char* kName = "SetOnce::wait";

  explicit SetOnceAwaiter(SetOnce<T>& once) noexcept : once_(&once), wait_(once.unset_, 1) {}
  SetOnceAwaiter(SetOnceAwaiter&& other) noexcept
      : Awaiter<SetOnceAwaiter>(other), once_(other.once_), wait_(other.wait_) {}
  ~SetOnceAwaiter() = default;

  bool try_complete() noexcept { return wait_.try_complete(); }
  bool suspend() noexcept { return wait_.suspend(this->branch()); }
  const T* await_resume() noexcept {
    wait_.finish();  // always false: the semaphore is closed, which ended the wait
    return once_->get();
  }

 private:
  SetOnce<T>* once_;
  SemaphoreWait wait_;
};

}  // namespace detail
}  // namespace corokit
