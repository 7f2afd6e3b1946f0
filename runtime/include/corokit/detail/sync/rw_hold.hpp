#pragma once
#include <corokit/detail/sync/batch_semaphore.hpp>
#include <corokit/detail/task/awaiter.hpp>
#include <corokit/result.hpp>

#include <cstddef>
#include <utility>

namespace corokit::detail {

/// What a guard of a RwLock holds: permits of the semaphore, and, unless `Owner` is Unit, a reference that keeps the
/// lock alive.
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

}  // namespace corokit::detail
