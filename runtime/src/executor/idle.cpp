#include "idle.hpp"

#include <algorithm>
#include <iterator>

namespace corokit::detail {

Idle::Idle(std::uint32_t workers) : workers_(workers), sleepers_(workers) {
  order_.reserve(workers);
}

std::optional<std::uint32_t> Idle::pick_locked(WokenBy reason) noexcept {
  if (order_.empty()) return std::nullopt;
  auto pick = std::prev(order_.end());
  if (timed_ == *pick && order_.size() > 1) --pick;
  const std::uint32_t worker = *pick;
  order_.erase(pick);
  sleepers_[worker] = {false, reason};
  sleeping_.store(static_cast<std::uint32_t>(order_.size()), std::memory_order_seq_cst);
  if (timed_ == worker) timed_.reset();
  return worker;
}

std::optional<std::uint32_t> Idle::pick_for_work() noexcept {
  // Sequentially consistent: the caller has pushed before (see the class comment).
  if (sleeping_.load(std::memory_order_seq_cst) == 0 || searching_.load(std::memory_order_seq_cst) != 0)
    return std::nullopt;
  Locked locked(lock_);
  if (searching_.load(std::memory_order_seq_cst) != 0) return std::nullopt;
  const auto worker = pick_locked(WokenBy::work);
  if (worker) searching_.fetch_add(1, std::memory_order_seq_cst);
  return worker;
}

std::optional<std::uint32_t> Idle::pick_monitor() noexcept {
  Locked locked(lock_);
  return pick_locked(WokenBy::monitor);
}

bool Idle::begin_search() noexcept {
  // Relaxed: the limit saves time, and nothing depends on it.
  if (2 * searching_.load(std::memory_order_relaxed) >= workers_) return false;
  searching_.fetch_add(1, std::memory_order_seq_cst);
  return true;
}

bool Idle::end_search() noexcept {
  return searching_.fetch_sub(1, std::memory_order_seq_cst) == 1;
}

std::optional<Instant> Idle::enter(std::uint32_t worker, bool searching, std::optional<Instant> alarm,
                                   bool own) noexcept {
  Locked locked(lock_);
  if (searching) searching_.fetch_sub(1, std::memory_order_seq_cst);
  sleepers_[worker] = {true, WokenBy::itself};
  order_.push_back(worker);
  sleeping_.store(static_cast<std::uint32_t>(order_.size()), std::memory_order_seq_cst);
  if (!alarm || (timed_ && timed_until_ <= *alarm && !own)) return std::nullopt;
  timed_ = worker;
  timed_until_ = *alarm;
  return alarm;
}

Idle::WokenBy Idle::leave(std::uint32_t worker) noexcept {
  Locked locked(lock_);
  if (timed_ == worker) timed_.reset();
  if (!sleepers_[worker].asleep) return sleepers_[worker].reason;
  sleepers_[worker].asleep = false;
  order_.erase(std::find(order_.begin(), order_.end(), worker));
  sleeping_.store(static_cast<std::uint32_t>(order_.size()), std::memory_order_seq_cst);
  return WokenBy::itself;
}

bool Idle::is_sleeping(std::uint32_t worker) const noexcept {
  Locked locked(lock_);
  return sleepers_[worker].asleep;
}

}  // namespace corokit::detail
