#include <corokit/block_in_place.hpp>
#include <corokit/detail/executor/scheduler.hpp>
#include <corokit/detail/task/turn.hpp>

namespace corokit::detail {

HandOver::HandOver() {
  Context* const context = current_context();
  // A thread of spawn_blocking() may block anyway. A simulation has one thread for all of its tasks.
  if (!context || !context->must_not_block() || context->virtual_now) return;
  context->scheduler->hand_over(*context);
  context->in_place = true;
  context_ = context;
}

HandOver::~HandOver() {
  if (!context_) return;
  context_->in_place = false;
  context_->look_at_clock();
  context_->scheduler->take_back(*context_);
}

}  // namespace corokit::detail
