#include <corokit/detail/executor/fork_deque.hpp>
#include <corokit/detail/executor/scheduler.hpp>
#include <corokit/detail/task/fork.hpp>
#include <corokit/detail/task/wait_report.hpp>

#include <algorithm>
#include <cassert>
#include <new>
#include <thread>
#include <utility>
#include <vector>

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

/// Takes a child from the deque that is the newest there, but for some that their parents have taken.
bool pop_behind_taken(const TaskHeader& child, Context& context) noexcept {
  while (TaskHeader* const newest = context.forks->pop()) {
    if (newest == &child) return true;
    if (newest->refs.load(std::memory_order_relaxed) == ForkPoint::kFresh) {
      context.forks->push(*newest);  // there is room where it was
      return false;
    }
    static_cast<void>(ForkPoint::claim_for_turn(*newest, context));
  }
  return false;
}

/// Pushes a child to a deque that is full: it takes out what parents have taken, and grows if that is little.
/// Returns: false if there is no memory.
bool push_to_full(TaskHeader& child, Context& context) noexcept try {
  ForkDeque& forks = *context.forks;
  std::vector<TaskHeader*> fresh;
  const std::size_t before = forks.approx_size();
  fresh.reserve(before);
  while (TaskHeader* const newest = forks.pop()) {
    if (newest->refs.load(std::memory_order_relaxed) == ForkPoint::kFresh)
      fresh.push_back(newest);
    else
      static_cast<void>(ForkPoint::claim_for_turn(*newest, context));
  }
  const bool is_crowded = fresh.size() > before / 2;
  for (; !fresh.empty(); fresh.pop_back()) forks.push(*fresh.back());
  return (!is_crowded || forks.grow()) && forks.push(child);
} catch (const std::bad_alloc&) {
  return false;
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
  assert(taken_ == 0 && "corokit: a fork_join() is awaited once");
  if (count_ == 0) {  // the budget is spent
    if (!leaf) {      // see PromiseBase::finish()
      ++turn.debt;
      return false;
    }
    branch->leaf = PromiseBase::later(leaf);
    turn.defer(*branch);
    return true;
  }
  if (turn.task.forked) enter(turn);
  fork(turn.context);
  run_in_place(children_[0]->frame(), false);
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
    if (!context.forks || !(context.forks->push(offered) || push_to_full(offered, context)))
      context.scheduler->schedule_child(offered);
  }
  // Relaxed: a thread that is just falling asleep may miss the children, and finds those of the next fork. To be sure
  // would cost each fork as much as all the rest of it.
  if (count_ > 1 && context.sleepers && context.sleepers->load(std::memory_order_relaxed) != 0)
    context.scheduler->wake_thief();
}

void ForkPoint::run_in_place(std::coroutine_handle<> frame, bool is_queued) noexcept {
  ++taken_;
  is_queued_ = is_queued;
  child = frame;
  promise_of(child).join_fork(*this);
}

/// Takes a child back that nobody has begun.
ForkPoint::TakenBack ForkPoint::take_back(TaskHeader& offered, Context& context) noexcept {
  if (context.forks && (context.forks->pop(offered) || pop_behind_taken(offered, context))) {
    offered.forked = 0;
    return TakenBack::whole;
  }
  // Relaxed: this thread has made the child, and nobody else has touched it. It stays where it is queued.
  Claim seen = kFresh;
  if (!offered.refs.compare_exchange_strong(seen, kTaken, std::memory_order_relaxed)) return TakenBack::no;
  if (!context.observer || !context.observer->forget(offered)) return TakenBack::queued;
  offered.forked = 0;
  return TakenBack::whole;
}

void end_in_place(ChildLink& link, Turn& turn) noexcept {
  ForkPoint::end_in_place(link, turn);
}

void ForkPoint::end_in_place(ChildLink& link, Turn& turn) noexcept {
  auto& self = static_cast<ForkPoint&>(link);
  self.child = nullptr;
  self.ended_ = self.taken_;
  std::coroutine_handle<> next = self.parent;
  bool is_taken = false;
  if (self.taken_ < self.count_) {
    TaskHeader& following = *self.children_[self.taken_];
    // Read first: take_back() writes a neighbour, and a load of both would wait for that store.
    const std::coroutine_handle<> frame = following.frame();
    const TakenBack taken = self.take_back(following, turn.context);
    is_taken = taken != TakenBack::no;
    if (is_taken) self.run_in_place(next = frame, taken == TakenBack::queued);
  }
  if (!is_taken && !self.is_joined(turn)) return;
  if (turn.spend(*self.branch)) {
    turn.next = next;
  } else if (self.branch->is_root() || (is_taken && turn.debt >= Turn::kMostDebt)) {
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
  Claim seen = child.refs.load(std::memory_order_relaxed);
  for (unsigned rounds = 0;;) {
    switch (seen) {
      case kFresh:
      case kRests:
        // [claim] acquire.
        if (!child.refs.compare_exchange_strong(seen, kRuns, std::memory_order_acquire,
                                                std::memory_order_relaxed))
          continue;
        if (seen == kFresh) begin(child);
        if (context.scheduler->tasks().is_closed()) static_cast<void>(mark_aborted(child));
        return true;
      case kTaken:
        // [left] release: this thread has read the link of the queue.
        if (!child.refs.compare_exchange_strong(seen, kPassed, std::memory_order_release,
                                                std::memory_order_relaxed))
          continue;
        return false;
      case kLeft:
        static_cast<void>(child.refs.load(std::memory_order_acquire));  // [left]
        frame_free(&child, child.block_class);
        context.scheduler->note_left_behind(-1);
        return false;
      default:  // the thread that ran it last has not let go of it, which it does at once
        wait_a_little(rounds);
        seen = child.refs.load(std::memory_order_relaxed);
    }
  }
}

void ForkPoint::end_claim(TaskHeader& child) noexcept {
  child.refs.store(kRests, std::memory_order_release);  // [claim]
}

void ForkPoint::wait_until_let_go(const TaskHeader& child) noexcept {
  for (unsigned rounds = 0; !child.is_complete();) wait_a_little(rounds);
}

void ForkPoint::end(TaskHeader& child) noexcept {
  if (child.outcome != Outcome::cancelled) return complete_join(child);
  // The parent drops it, or the runtime ends: the parent has no values to go on with, and is dropped as well.
  child.join.store(TaskHeader::kDone, std::memory_order_release);  // [done]
}

/// Lets go of the block of a child that was taken while it was queued, and of which nothing is left.
void ForkPoint::let_go(TaskHeader& child, Context& context) noexcept {
  context.scheduler->note_left_behind(1);
  Claim seen = kTaken;
  // [left] release: the block is not used any more. acquire: nor by the thread that took it from the queue.
  if (child.refs.compare_exchange_strong(seen, kLeft, std::memory_order_acq_rel)) return;
  context.scheduler->note_left_behind(-1);
  frame_free(&child, child.block_class);
}

const Branch* ForkPoint::waiting_for(const TaskHeader& task) noexcept {
  if (!task.forked) return nullptr;
  // Relaxed: it is set before the child is published, and changes when the child is over.
  const std::uintptr_t waiter = task.join.load(std::memory_order_relaxed);
  return static_cast<const ForkPoint*>(reinterpret_cast<const JoinWaiter*>(waiter))->branch;
}

/// Frees one that stands in a queue, or that another thread ended, which has destroyed its frame.
void ForkPoint::free_forked(TaskHeader& over, std::size_t index) noexcept {
  if (index >= taken_) return frame_free(&over, over.block_class);
  destroy_frame(over.frame());
  let_go(over, turn().context);
}

/// Returns: the fork of a child that has begun last; null if none is under way. Requires: the thread has its claim.
ForkPoint* ForkPoint::innermost(const TaskHeader& child) noexcept {
  return reinterpret_cast<ForkPoint*>(child.slab_slot);
}

void ForkPoint::enter(Turn& turn) noexcept {
  is_nested_ = true;
  older_ = reinterpret_cast<ForkPoint*>(turn.slot);
  if (older_) older_->newer_ = this;
  turn.slot = reinterpret_cast<SlabSlot*>(this);
}

void ForkPoint::leave(Turn& turn) noexcept {
  if (older_) older_->newer_ = newer_;
  if (newer_)
    newer_->older_ = older_;
  else
    turn.slot = reinterpret_cast<SlabSlot*>(older_);
}

void ForkPoint::stop_begun() noexcept {
  Turn& turn = this->turn();
  stop_beside(turn.context);
  if (is_nested_) leave(turn);
  if (ended_ == taken_) return;
  TaskHeader* const ends = std::exchange(children_[ended_], nullptr);
  // Unless the whole task ends, in which case the innermost coroutine went first, and the block with it, if it is not
  // queued.
  if (child) destroy_chain(branch->leaf, std::exchange(child, nullptr));
  if (is_queued_) let_go(*ends, turn.context);
}

/// Ends the children that do not run in place. A child is claimed, then those that it has forked are ended, and then it
/// is dropped: so the depth of the stack does not depend on how deep they nest.
void ForkPoint::stop_beside(Context& context) noexcept {
  std::vector<TaskHeader**>
      claimed;  // each was forked by the one before it; without memory for it, the program ends
  for (;;) {
    ForkPoint* fork = claimed.empty() ? this : innermost(**claimed.back());
    TaskHeader** next = nullptr;
    while (fork && !(next = fork->claim_next(context))) fork = claimed.empty() ? nullptr : fork->older_;
    if (next) {
      claimed.push_back(next);
    } else if (!claimed.empty()) {
      drop(*std::exchange(*claimed.back(), nullptr), context);
      claimed.pop_back();
    } else {
      return;
    }
  }
}

/// Ends the children that nobody has begun, and waits for those that run on other threads, up to one that is at rest.
/// Returns: the place of that one, which the calling thread has claimed; null if there is none any more.
TaskHeader** ForkPoint::claim_next(Context& context) noexcept {
  for (stopped_ = std::max(stopped_, taken_); stopped_ < count_;) {
    TaskHeader*& place = children_[stopped_++];
    if (!place) continue;
    TaskHeader& dropped = *place;
    if (const TakenBack taken = take_back(dropped, context); taken != TakenBack::no) {
      place = nullptr;
      destroy_frame(dropped.frame());
      if (taken == TakenBack::queued) let_go(dropped, context);
      continue;
    }
    for (unsigned rounds = 0; !dropped.is_complete(); wait_a_little(rounds)) {
      Claim seen = kRests;
      // [claim] acquire. While another thread runs it, this one waits for the end of that turn.
      if (dropped.refs.compare_exchange_strong(seen, kTaken, std::memory_order_acquire)) return &place;
    }
  }
  return nullptr;
}

/// Drops a child that this thread has claimed.
void ForkPoint::drop(TaskHeader& child, Context& context) noexcept {
  const bool is_queued = !mark_aborted(child);  // or a thread that woke it is about to queue it
  run_own_turn(child, context);
  const bool is_taken_out = context.observer && context.observer->forget(child);
  if (is_queued && !is_taken_out)
    let_go(child, context);
  else
    frame_free(&child, child.block_class);
}

void ForkPoint::describe(WaitReport& report) const {
  std::size_t left = 0;
  for (std::size_t i = taken_; i < count_; ++i) left += !children_[i]->is_complete();
  report.more(left);
}

}  // namespace corokit::detail
