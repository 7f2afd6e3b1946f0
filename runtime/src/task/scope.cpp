#include <corokit/detail/task/scope_children.hpp>

#include <stdexcept>
#include <utility>

namespace corokit::detail {

ScopeBase::Step ScopeBase::begin_some() {
  struct Beginning {
    bool& flag;
    explicit Beginning(bool& set) noexcept : flag(set) { flag = true; }
    Beginning(const Beginning&) = delete;
    Beginning& operator=(const Beginning&) = delete;
    ~Beginning() { flag = false; }
  } const beginning(beginning_);

  if (!body_) {
    if (is_spent()) return Step::gives_way;
    body_ = &make_body();
    begin_patience();
    body_->begin(branch());
  }
  while (!over_) {
    if (is_patient() && any_out_of_budget()) return Step::gives_way;
    ScopeChild* const child = fresh_;
    if (!child) return Step::waits;
    if (is_spent()) return Step::gives_way;
    fresh_ = child->following;
    begin_patience();
    latest_ = child;
    child->begin(branch());
  }
  return Step::over;
}

bool ScopeBase::any_out_of_budget() const noexcept {
  return !over_ && body_ && (body_->is_out_of_budget() || (latest_ && latest_->is_out_of_budget()));
}

ChildBranch* ScopeBase::nested_branch() noexcept {
  if (!std::exchange(drops_, true)) dropping_ = newest_;
  for (; dropping_; dropping_ = dropping_->older)
    if (ChildBranch* branch = dropping_->nesting_branch()) return branch;
  return body_ ? body_->nesting_branch() : nullptr;
}

void ScopeBase::describe(WaitReport& report) const {
  if (body_) body_->describe(report);
  std::size_t left = size_;
  const ScopeChild* child = newest_;
  for (; child && !report.is_full(); child = child->older, --left) child->describe(report);
  report.more(left);
}

void ScopeBase::add(ScopeChild& child) {
  const Context* const context = current_context();
  if (!context || !context->turn || &context->turn->task != branch().task())
    throw std::logic_error("corokit: Scope::spawn() was called outside of the scope's task");
  if (over_) {
    child.cancel();
    child.state = ScopeChild::State::dropped;
    return;
  }
  child.scope = this;
  child.older = newest_;
  if (newest_) newest_->newer = &child;
  newest_ = &child;
  ++size_;
  (fresh_ ? last_fresh_->following : fresh_) = &child;
  last_fresh_ = &child;
  if (beginning_ || step_ != Step::waits) return;  // begin_some() finds the child
  step_ = Step::gives_way;
  turn().queue.push(branch());
}

void ScopeBase::note_end(ScopeChild& child, std::exception_ptr reason) noexcept {
  if (latest_ == &child) latest_ = nullptr;
  if (over_) return;
  if (reason || &child == body_) {
    failure_ = std::move(reason);
    over_ = true;
    if (!beginning_) Combinator::wake();
    return;
  }
  unlink(child);
  wake(child.waiter);
  if (size_ == 0) wake(joiner);
  if (!child.has_handle) delete &child;
}

void ScopeBase::drop_all() noexcept {
  over_ = true;
  // All are dropped before the first is freed: a destructor of one may drop the handle of another.
  for (ScopeChild* child = newest_; child; child = child->older) {
    child->cancel();
    if (child->state != ScopeChild::State::done) child->state = ScopeChild::State::dropped;
  }
  if (body_) body_->cancel();
  fresh_ = latest_ = nullptr;
  while (ScopeChild* const child = newest_) {
    unlink(*child);
    wake(child->waiter);  // a handle that was taken out of the scope
    if (!child->has_handle) delete child;
  }
}

void ScopeBase::unlink(ScopeChild& child) noexcept {
  (child.newer ? child.newer->older : newest_) = child.older;
  if (child.older) child.older->newer = child.newer;
  child.scope = nullptr;
  --size_;
}

void ScopeBase::wake(Branch*& waiter) noexcept {
  if (Branch* const branch = std::exchange(waiter, nullptr)) turn().queue.push(*branch);
}

}  // namespace corokit::detail
