#include "stand_in.hpp"

#include <corokit/block_in_place.hpp>

#include <utility>

namespace corokit::detail {

StandIn::StandIn(std::function<void(const StandIn&)> work) : work_(std::move(work)) {
  BlockingJob::run = &StandIn::run;
}

std::shared_ptr<StandIn> StandIn::offer(Scheduler& runtime, std::function<void(const StandIn&)> work) {
  auto stand_in = std::make_shared<StandIn>(std::move(work));
  stand_in->own_ = stand_in;
  runtime.submit(*stand_in);
  return stand_in;
}

void StandIn::run(BlockingJob& job, bool cancelled) noexcept {
  const std::shared_ptr<StandIn> self = std::move(static_cast<StandIn&>(job).own_);
  if (cancelled || !self->take()) return;
  self->work_(*self);
  self->give_back();
}

bool StandIn::take() noexcept {
  const std::lock_guard lock(mutex_);
  if (state_ != State::offered) return false;
  state_ = State::works;
  return true;
}

void StandIn::give_back() noexcept {
  const std::lock_guard lock(mutex_);
  state_ = State::given_back;
  given_back_.notify_all();
}

bool StandIn::ask_back() noexcept {
  must_end_.store(true, std::memory_order_seq_cst);
  const std::lock_guard lock(mutex_);
  if (state_ == State::offered) state_ = State::withdrawn;
  return state_ != State::withdrawn;
}

void StandIn::wait_until_back() noexcept {
  std::unique_lock lock(mutex_);
  given_back_.wait(lock, [this] { return state_ == State::given_back; });
}

HandOver::HandOver() {
  Context* const context = current_context();
  // A thread of spawn_blocking() has no timers, and may block. A simulation has one thread for all of its tasks.
  if (!context || !context->timers || context->virtual_now) return;
  own_.scheduler = context->scheduler;
  own_.turn = context->turn;  // read before another thread has the context
  stand_in_ = own_.scheduler->hand_over(*context);
  worker_ = exchange_context(&own_);
}

HandOver::~HandOver() {
  if (!worker_) return;
  own_.scheduler->take_back(*worker_, *stand_in_);
  exchange_context(worker_);
}

}  // namespace corokit::detail
