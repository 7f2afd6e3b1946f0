#pragma once
#include <corokit/detail/sync/batch_semaphore.hpp>
#include <corokit/detail/task/awaiter.hpp>
#include <corokit/result.hpp>

#include <cstddef>
#include <type_traits>
#include <utility>

namespace corokit::detail {

/// What a guard of a RwLock, or of a part of what a Mutex guards, holds: permits of the semaphore, and, unless `Owner`
/// is Unit, a reference that keeps the lock alive.
template <class Owner>
class RwHold {
 public:
  RwHold(BatchSemaphore& core, std::size_t permits, Owner owner) noexcept
      : owner_(std::move(owner)), core_(&core), permits_(permits) {}
  RwHold(RwHold&& other) noexcept
      : owner_(std::move(other.owner_)), core_(other.core_), permits_(std::exchange(other.permits_, 0)) {}
  RwHold& operator=(RwHold&& other) noexcept {
    if (this != &other) {
      release();
      owner_ = std::move(other.owner_);
      core_ = other.core_;
      permits_ = std::exchange(other.permits_, 0);
    }
    return *this;
  }
  ~RwHold() { release(); }

  /// Turns the hold of a writer into that of a reader. Requires: it holds permits.
  void keep_one() noexcept { core_->give(std::exchange(permits_, 1) - 1); }

 private:
  void release() noexcept {
    if (permits_ > 0) core_->give(std::exchange(permits_, 0));
  }

  [[no_unique_address]] Owner owner_;  // destroyed after the permits are given back
  BatchSemaphore* core_;
  std::size_t permits_;
};

/// Returns: the part of a guarded value that map() is asked for, by reference.
template <class F, class T>
auto& part_of(F& part, T& value) {
  static_assert(std::is_lvalue_reference_v<std::invoke_result_t<F&, T&>>,
                "corokit: map() needs a function that returns a reference to a part of the value");
  return part(value);
}

/// Returns: the part of a guarded value that try_map() is asked for, by pointer; null if there is none.
template <class F, class T>
auto* part_if_any(F& part, T& value) {
  static_assert(std::is_pointer_v<std::invoke_result_t<F&, T&>>,
                "corokit: try_map() needs a function that returns a pointer to a part of the value");
  return part(value);
}

}  // namespace corokit::detail
