#include <corokit/detail/io/io_source.hpp>

namespace corokit::detail {
namespace {

constexpr std::uint32_t kForGood = Readiness::kReadClosed | Readiness::kWriteClosed | Readiness::kEnded;

}  // namespace

std::uint32_t IoSource::reset(std::uint32_t assumed) noexcept {
  const Locked locked(lock_);
  readiness_ = {assumed, readiness_.change + 1};
  return ++generation_;
}

void IoSource::set(std::uint32_t bits, WakeBatch& batch) noexcept {
  const Locked locked(lock_);
  set_locked(locked, bits, batch);
}

void IoSource::set(std::uint32_t bits, std::uint32_t generation, WakeBatch& batch) noexcept {
  const Locked locked(lock_);
  if (generation == generation_) set_locked(locked, bits, batch);
}

void IoSource::set_locked(const Locked&, std::uint32_t bits, WakeBatch& batch) noexcept {
  readiness_.bits |= bits;
  ++readiness_.change;
  if (bits & Readiness::kRead) wake_all(readers_, readiness_, batch);
  if (bits & Readiness::kWrite) wake_all(writers_, readiness_, batch);
}

void IoSource::wake_all(WaitList& waiters, Readiness readiness, WakeBatch& batch) noexcept {
  while (WaitNode* node = waiters.pop_front()) {
    static_cast<ReadinessAwaiter&>(*node).seen_ = readiness;
    batch.add(*node->branch);
  }
}

void IoSource::clear(std::uint32_t bits, Readiness seen) noexcept {
  const Locked locked(lock_);
  if (readiness_.change == seen.change) readiness_.bits &= ~(bits | Readiness::kError) | kForGood;
}

Readiness IoSource::look() const noexcept {
  const Locked locked(lock_);
  return readiness_;
}

bool ReadinessAwaiter::is_ready_locked(const Locked&) noexcept {
  seen_ = source_->readiness_;
  return (seen_.bits & (for_writing_ ? Readiness::kWrite : Readiness::kRead)) != 0;
}

bool ReadinessAwaiter::try_complete() noexcept {
  const Locked locked(source_->lock_);
  return is_ready_locked(locked);
}

bool ReadinessAwaiter::suspend() noexcept {
  const Locked locked(source_->lock_);
  if (is_ready_locked(locked)) return false;
  source_->waiters(for_writing_).push_back(*this);
  return waits_ = true;
}

ReadinessAwaiter::~ReadinessAwaiter() {
  if (!waits_) return;
  const Locked locked(source_->lock_);
  if (linked) source_->waiters(for_writing_).remove(*this);
}

}  // namespace corokit::detail
