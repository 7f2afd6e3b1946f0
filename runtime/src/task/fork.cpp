#include <corokit/detail/executor/fork_deque.hpp>
#include <corokit/detail/executor/scheduler.hpp>
#include <corokit/detail/task/fork.hpp>
#include <corokit/detail/task/wait_report.hpp>

#include <thread>
#include <utility>

namespace corokit::detail {
namespace {

/// Lets a child begin that is to run as a task of its own. Requires: the calling thread has its claim.
void begin(TaskHeader& child) noexcept {
  if (child.id == 0) child.id = next_task_id();
  child.root.leaf = child.frame();
  promise_of(child.root.leaf).begin_branch(child.root);
  child.root.next = nullptr;
  // Relaxed: whoever wakes it knows it from this thread, which is the one that may have aborted it.
  const std::uintptr_t abort = child.ready.load(std::memory_order_relaxed) & TaskHeader::kAbort;
  child.ready.store(reinterpret_cast<std::uintptr_t>(&child.root) | abort, std::memory_order_relaxed);
}

bool has_begun(const TaskHeader& child) noexcept {
  return static_cast<bool>(child.root.leaf);
}

/// Waits a little for another thread, which may not be running.
void wait_a_little(unsigned& rounds) noexcept {
  constexpr unsigned kSpins = 64;
  if (kModel || ++rounds < kSpins)
    cpu_relax();
  else
    std::this_thread::yield();
}

}  // namespace

bool ForkPoint::await_suspend(std::coroutine_handle<> leaf) noexcept {
  parent = leaf;
  Turn& turn = this->turn();
  if (count_ == 0) {  // the budget is spent
    branch->leaf = leaf ? PromiseBase::later(leaf) : leaf;
    turn.defer(*branch);
    return true;
  }
  fork(turn.context);
  take_in_place();
  if (!leaf) {
    branch->leaf = child;
    turn.spend();  // whoever begins a branch has looked whether there is some
    ++turn.depth;
    const bool is_over = turn.run_branch(*branch);
    --turn.depth;
    return !is_over;
  }
  if (turn.debt < Turn::kMostDebt) {
    turn.next = child;
  } else {  // see PromiseBase::finish()
    branch->leaf = PromiseBase::later(child);
    turn.defer(*branch);
  }
  return true;
}

/// Offers all children but the first one to other threads: the second one last, so that it is taken back first.
void ForkPoint::fork(Context& context) noexcept {
  const auto waiter = reinterpret_cast<std::uintptr_t>(static_cast<JoinWaiter*>(this));
  const bool has_settings = branch->task()->has_settings;
  for (std::size_t i = count_; i-- > 1;) {
    TaskHeader& offered = *children_[i];
    offered.join.store(waiter, std::memory_order_relaxed);  // the queue publishes it
    offered.forked = 1;
    offered.has_settings = has_settings;
    if (!context.forks || !context.forks->push(offered)) context.scheduler->schedule_child(offered);
  }
  // Relaxed: a thread that is just falling asleep may miss the children, and finds those of the next fork. To be sure
  // would cost each fork as much as all the rest of it.
  if (count_ > 1 && context.sleepers && context.sleepers->load(std::memory_order_relaxed) != 0)
    context.scheduler->wake_thief();
}

void ForkPoint::take_in_place() noexcept {
  child = children_[taken_++]->frame();
  promise_of(child).join_fork(*this);
}

void end_in_place(ChildLink& link, Turn& turn) noexcept {
  ForkPoint::end_in_place(link, turn);
}

void ForkPoint::end_in_place(ChildLink& link, Turn& turn) noexcept {
  auto& self = static_cast<ForkPoint&>(link);
  self.child = nullptr;
  self.ended_ = self.taken_;
  std::coroutine_handle<> next = self.parent;
  ForkDeque* const forks = turn.context.forks;
  if (self.taken_ < self.count_ && forks && forks->pop(*self.children_[self.taken_])) {
    self.children_[self.taken_]->forked = 0;
    self.take_in_place();
    next = self.child;
  } else if (!self.is_joined(turn)) {
    return;
  }
  if (turn.spend(*self.branch)) {
    turn.next = next;
  } else if (self.branch->is_root()) {
    self.branch->leaf = PromiseBase::later(next);
    return turn.defer(*self.branch);
  } else {  // see PromiseBase::finish()
    ++turn.debt;
    turn.next = next;
  }
  turn.branch_done = !next;
}

/// Returns: whether all children are over. If not, the branch is woken by the last one.
bool ForkPoint::is_joined(Turn& turn) noexcept {
  const auto beside = static_cast<std::int64_t>(count_ - taken_);
  if (beside == 0) return true;
  branch->leaf = parent;
  // [done] release: publishes the leaf, since this may run elsewhere at once. acquire: if all are over, sees it.
  if (left_.fetch_add(beside, std::memory_order_acq_rel) == -beside) return true;
  if (turn.context.observer) turn.context.observer->on_block(turn.task, kName, {});
  return false;
}

void ForkPoint::told(JoinWaiter& waiter, WakeBatch& batch) noexcept {
  auto& self = static_cast<ForkPoint&>(waiter);
  // Read first: if this is not the last one, the parent may be gone afterwards. acquire: the last one passes on what
  // the others did.
  Branch& waiting = *self.branch;
  if (self.left_.fetch_sub(1, std::memory_order_acq_rel) == 1) batch.add(waiting);
}

bool ForkPoint::claim_for_turn(TaskHeader& child, Context& context) noexcept {
  for (;;) {
    std::uint32_t seen = kNobody;
    // [claim] acquire.
    if (child.refs.compare_exchange_strong(seen, kRuns, std::memory_order_acquire)) break;
    if (seen == kDropped) {
      context.scheduler->note_left_behind(-1);
      frame_free(&child, child.block_class);
      return false;
    }
    // Release: this thread has read the link of the queue.
    if (seen == kDropping && child.refs.compare_exchange_strong(seen, kForgotten, std::memory_order_release,
                                                                std::memory_order_relaxed))
      return false;
    cpu_relax();  // the thread that ran it last has not let go of it, which it does at once
  }
  if (!has_begun(child)) begin(child);
  return true;
}

void ForkPoint::end_claim(TaskHeader& child) noexcept {
  child.refs.store(kNobody, std::memory_order_release);  // [claim]
}

const Branch* ForkPoint::waiting_for(const TaskHeader& task) noexcept {
  if (!task.forked) return nullptr;
  // Relaxed: it is set before the child is published, and changes when the child is over.
  const std::uintptr_t waiter = task.join.load(std::memory_order_relaxed);
  return static_cast<const ForkPoint*>(reinterpret_cast<const JoinWaiter*>(waiter))->branch;
}

void ForkPoint::free(std::size_t index) noexcept {
  TaskHeader& over = *std::exchange(children_[index], nullptr);
  if (over.forked)
    frame_free(&over, over.block_class);  // the thread that ended it has destroyed the frame
  else
    destroy_frame(over.frame());
}

void ForkPoint::stop() noexcept {
  if (taken_ == 0) return;  // nothing has begun
  for (std::size_t i = taken_; i < count_; ++i)
    if (children_[i]) stop_beside(children_[i]);
  if (ended_ == taken_) return;
  children_[ended_] = nullptr;
  // Unless the whole task ends, in which case the innermost coroutine went first.
  if (child) destroy_chain(branch->leaf, std::exchange(child, nullptr));
}

void ForkPoint::stop_beside(TaskHeader*& place) noexcept {
  TaskHeader& dropped = *place;
  Context& context = turn().context;
  if (context.forks && context.forks->pop(dropped)) {
    place = nullptr;
    dropped.forked = 0;
    return destroy_frame(dropped.frame());
  }
  std::uint32_t seen = kNobody;
  // [claim] acquire. While another thread runs it, this one waits for the end of that turn.
  for (unsigned rounds = 0; !dropped.refs.compare_exchange_strong(seen, kDropping, std::memory_order_acquire);
       seen = kNobody) {
    if (dropped.is_complete()) return;
    wait_a_little(rounds);
  }
  place = nullptr;
  if (!has_begun(dropped)) begin(dropped);
  const bool is_queued = !mark_aborted(dropped);  // or a thread that woke it is about to queue it
  run_own_turn(dropped, context);
  const bool is_taken_out = context.observer && context.observer->forget(dropped);
  if (!is_queued || is_taken_out) return frame_free(&dropped, dropped.block_class);
  context.scheduler->note_left_behind(1);
  seen = kDropping;
  // Release: the block is not used any more. acquire: nor is it in the queue.
  if (dropped.refs.compare_exchange_strong(seen, kDropped, std::memory_order_acq_rel)) return;
  context.scheduler->note_left_behind(-1);
  frame_free(&dropped, dropped.block_class);
}

void ForkPoint::describe(WaitReport& report) const {
  std::size_t left = 0;
  for (std::size_t i = taken_; i < count_; ++i) left += !children_[i]->is_complete();
  report.more(left);
}

}  // namespace corokit::detail
