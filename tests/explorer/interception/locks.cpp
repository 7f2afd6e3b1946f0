#include "locks.hpp"

#include <cerrno>

namespace corokit::model {

bool Locks::is_free(const Lock& lock, Mode mode) const noexcept {
  if (lock.owner != kThreads) return false;
  return mode == Mode::shared || lock.readers == 0;
}

void Locks::taken(Lock& lock, Mode mode) {
  const std::size_t self = player_.engine.threads.running();
  ThreadView& view = player_.engine.threads.view();
  view.now.join(lock.released);
  if (mode == Mode::shared) {
    lock.readers |= ThreadSet{1} << self;
  } else {
    view.now.join(lock.read_released);
    lock.owner = self;
    lock.depth = 1;
  }
  lock.taken_by = code_;
  player_.operation(code_, mode == Mode::shared ? "locks, shared" : "locks", lock_);
  view.tick();
}

int Locks::take(Mode mode, Type type, std::int64_t deadline) {
  ++player_.counts.locks;
  return take_again(mode, type, deadline);
}

/// The same, also as the end of a wait, which counts as the wait that it is.
int Locks::take_again(Mode mode, Type type, std::int64_t deadline) {
  Threads& threads = player_.engine.threads;
  player_.point(code_, lock_);
  Lock* lock = &state();
  if (type != Type::normal && lock->owner == threads.running()) {
    if (type == Type::checked) return EDEADLK;
    ++lock->depth;
    return 0;
  }
  while (!is_free(*lock, mode)) {
    const std::size_t holder =
        lock->owner != kThreads ? lock->owner : static_cast<std::size_t>(std::countr_zero(lock->readers));
    player_.operation(code_, "waits for a lock", lock_);
    const Wait wait{.what = Wait::For::lock,
                    .on = lock_,
                    .thread = holder,
                    .holder_code = lock->taken_by,
                    .deadline = deadline};
    if (!threads.wait(wait, code_)) return ETIMEDOUT;
    lock = &state();
  }
  taken(*lock, mode);
  player_.done(code_, lock_, 0, false);
  return 0;
}

int Locks::try_take(Mode mode, Type type) {
  ++player_.counts.locks;
  player_.point(code_, lock_);
  Lock& lock = state();
  if (type == Type::recursive && lock.owner == player_.engine.threads.running()) {
    ++lock.depth;
    return 0;
  }
  const bool free = is_free(lock, mode);
  if (free)
    taken(lock, mode);
  else
    player_.operation(code_, "finds a lock taken", lock_);
  player_.done(code_, lock_, free ? 0 : 1, false);
  return free ? 0 : EBUSY;
}

void Locks::released(Lock& lock) {
  const std::size_t self = player_.engine.threads.running();
  ThreadView& view = player_.engine.threads.view();
  if (lock.owner == self) {
    lock.released = view.now;
    lock.read_released = {};
    lock.owner = kThreads;
  } else {
    lock.read_released.join(view.now);
    lock.readers &= ~(ThreadSet{1} << self);
  }
  view.tick();
  player_.engine.threads.wake_all(lock_);
  player_.engine.threads.changed(lock_);
}

int Locks::release(Type type) {
  player_.point(code_, lock_);
  Lock& lock = state();
  const std::size_t self = player_.engine.threads.running();
  const bool holds = lock.owner == self || (lock.readers & ThreadSet{1} << self) != 0;
  if (!holds && type != Type::normal) return EPERM;
  if (!holds)
    player_.engine.threads.fail("this does not hold: a lock is released" + at(code_) +
                                " by who has taken it");
  if (lock.owner == self && --lock.depth != 0) return 0;
  player_.operation(code_, "unlocks", lock_);
  released(lock);
  player_.done(code_, lock_, 0, false);
  return 0;
}

int Locks::wait(const void* condition, std::int64_t deadline) {
  Threads& threads = player_.engine.threads;
  ++player_.counts.waits;
  player_.point(code_, condition);
  Lock& lock = state();
  if (lock.owner != threads.running())
    threads.fail("this does not hold: who waits on a condition variable" + at(code_) + " has the lock");
  player_.operation(code_, "unlocks, and waits on a condition variable", condition);
  released(lock);
  bool woken = true;
  if (threads.choices().next(explorer::Kind::spurious_wake, 2) == 0)
    woken = threads.wait({.what = Wait::For::condition,
                          .on = condition,
                          .deadline = deadline,
                          .may_be_early = !player_.repeats()},
                         code_);
  else
    player_.operation(code_, "wakes for nothing", condition);
  take_again(Mode::exclusive, Type::normal, Wait::kNever);
  player_.done(code_, condition, 0, woken);
  return woken ? 0 : ETIMEDOUT;
}

}  // namespace corokit::model
