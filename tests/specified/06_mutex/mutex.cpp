#include <06_mutex/mutex.hpp>
#include <explorer/program.hpp>
#include <specified/by_hand.hpp>

#include <array>
#include <memory>
#include <optional>
#include <thread>
#include <vector>

using namespace mini;

namespace {

using explored::ByHand;
using explored::ByThread;

/// A task that locks the mutex, waits with the lock held, and ends.
struct Holder : ByHand {
  explicit Holder(Mutex& mutex) : ByHand(hold(mutex, *this)) {}
  static Task<> hold(Mutex& mutex, Holder& self) {
    const Mutex::Guard guard = co_await mutex.lock();
    self.holds = true;
    co_await std::suspend_always();
    self.holds = false;
  }
  bool holds = false;
};

Task<> lock_and_count(Mutex& mutex, int& count) {
  const Mutex::Guard guard = co_await mutex.lock();
  ++count;
}

Task<> lock_and_free(std::unique_ptr<Mutex> mutex) {
  { const Mutex::Guard guard = co_await mutex->lock(); }
  mutex.reset();
}

/// The last of the users frees the mutex as soon as it has unlocked it.
Task<> use_and_free(Mutex* mutex, int& users) {
  bool is_last = false;
  {
    const Mutex::Guard guard = co_await mutex->lock();
    is_last = --users == 0;
  }
  if (is_last) delete mutex;
}

bool is_free(Mutex& mutex) {
  return mutex.try_lock().has_value();
}

}  // namespace

COROKIT_EXPLORED(locks) {
  Mutex mutex;
  Holder task(mutex);
  task.go_on();
  explored::require(task.holds, "a task that locks a free mutex does not wait");
  explored::require(!is_free(mutex), "try_lock() gives nothing while the mutex is locked");
  explored::require(task.go_on(), "a task that unlocks goes on");
  explored::require(is_free(mutex), "the mutex is free when its guard is gone");
  explored::require(is_free(mutex), "the guard that try_lock() gives unlocks the mutex as well");
}

COROKIT_EXPLORED(edge_guard_moves) {
  Mutex mutex;
  std::optional<Mutex::Guard> first = mutex.try_lock();
  explored::require(first.has_value(), "try_lock() gives a guard if the mutex is free");
  {
    const Mutex::Guard second = std::move(*first);
    first.reset();
    explored::require(!is_free(mutex), "a guard that was moved from unlocks nothing");
  }
  explored::require(is_free(mutex), "a guard that was moved unlocks the mutex once");
}

COROKIT_EXPLORED(uncontended) {
  Mutex mutex;
  Holder task(mutex);
  const auto takes_one_step = [&task] {
    const explored::Counts before = explored::counts();
    task.go_on();
    const explored::Counts now = explored::counts() - before;
    return now.read_modify_writes == 1 && now.locks == 0 && now.allocations == 0;
  };
  explored::require(takes_one_step() && task.holds,
                    "to lock a free mutex is one compare-and-swap, without a lock or an allocation");
  explored::require(takes_one_step() && is_free(mutex),
                    "to unlock a mutex for which nobody waits is one compare-and-swap, without a lock");
}

COROKIT_EXPLORED(handed_over) {
  Mutex mutex;
  Holder first(mutex);
  Holder second(mutex);
  first.go_on();
  second.go_on();
  explored::require(first.holds && !second.holds, "a task that locks a locked mutex waits");
  explored::require(first.go_on() && second.woken, "to unlock wakes the task that waits");
  explored::require(!second.holds, "to unlock runs nothing of the task that waits");
  explored::require(!is_free(mutex), "the mutex is never free while somebody waits: it is handed over");
  second.go_on();
  explored::require(second.holds, "who was woken owns the mutex");
  explored::require(!is_free(mutex) && second.go_on() && is_free(mutex),
                    "the heir unlocks as any owner does");
}

COROKIT_EXPLORED(edge_oldest_first) {
  Mutex mutex;
  std::array<Holder, 4> tasks{Holder(mutex), Holder(mutex), Holder(mutex), Holder(mutex)};
  for (Holder& task : tasks) task.go_on();
  for (std::size_t owner = 0; owner < tasks.size(); ++owner) {
    for (std::size_t i = owner + 1; i < tasks.size(); ++i) {
      explored::require(!tasks[i].woken, "the oldest waiter is the next owner, and nobody else is woken");
    }
    if (owner > 0) explored::require(tasks[owner].woken, "the oldest waiter is the next owner");
    if (owner > 0) tasks[owner].go_on();
    explored::require(tasks[owner].go_on(), "a task that unlocks goes on");
  }
  explored::require(is_free(mutex), "the last owner leaves the mutex free");
}

COROKIT_EXPLORED(threads) {
  explored::wants("a task waits");
  Mutex mutex;
  int count = 0;
  std::thread other([&] { block_on(lock_and_count(mutex, count)); });
  ByThread task(lock_and_count(mutex, count));
  task.run();
  if (!task.task.done()) explored::reached("a task waits");
  task.run_to_the_end();
  other.join();
  explored::require(count == 2 && is_free(mutex), "each task had the lock once");
}

COROKIT_EXPLORED(edge_three_threads) {
  Mutex mutex;
  int count = 0;
  const auto lock = [&] { block_on(lock_and_count(mutex, count)); };
  std::thread one(lock);
  std::thread other(lock);
  lock();
  one.join();
  other.join();
  explored::require(count == 3 && is_free(mutex), "each task had the lock once");
}

COROKIT_EXPLORED(edge_try_lock) {
  explored::wants("try_lock() comes in between");
  Mutex mutex;
  int count = 0;
  std::thread other([&] { block_on(lock_and_count(mutex, count)); });
  if (const std::optional<Mutex::Guard> guard = mutex.try_lock()) {
    ++count;
  } else {
    explored::reached("try_lock() comes in between");
  }
  other.join();
  explored::require(is_free(mutex), "the last owner leaves the mutex free");
}

COROKIT_EXPLORED(freed_at_once) {
  auto owned = std::make_unique<Mutex>();
  std::optional<Mutex::Guard> guard = owned->try_lock();
  auto* const job = new ByThread(lock_and_free(std::move(owned)));
  job->run();
  explored::require(!job->task.done(), "a task that locks a locked mutex waits");
  std::thread thread([job] {
    job->run_to_the_end();
    delete job;
  });
  guard.reset();  // whoever is woken frees the mutex
  thread.join();
}

COROKIT_EXPLORED(edge_last_user_frees) {
  auto* const mutex = new Mutex;
  int users = 2;
  std::thread other([&] { block_on(use_and_free(mutex, users)); });
  block_on(use_and_free(mutex, users));
  other.join();
}

// A task is dropped while the mutex is unlocked, and the last user frees it.
COROKIT_EXPLORED(edge_freed_after_a_drop) {
  auto* const mutex = new Mutex;
  int users = 2;
  std::optional<Mutex::Guard> guard = mutex->try_lock();
  ByHand dropped(lock_and_count(*mutex, users));
  dropped.go_on();
  std::thread other([&] {
    dropped.drop();
    block_on(use_and_free(mutex, users));
  });
  --users;
  guard.reset();
  other.join();
}

COROKIT_EXPLORED(dropped) {
  Mutex mutex;
  std::array<Holder, 4> tasks{Holder(mutex), Holder(mutex), Holder(mutex), Holder(mutex)};
  for (Holder& task : tasks) task.go_on();
  const std::size_t gone = 1 + explored::choose(3);
  tasks[gone].drop();
  for (std::size_t i = 0; i < tasks.size(); ++i) {
    if (i == gone) continue;
    if (i > 0)
      explored::require(tasks[i].woken, "a dropped wait leaves the list: the next one gets the mutex");
    if (i > 0) tasks[i].go_on();
    tasks[i].go_on();
  }
  explored::require(is_free(mutex), "the last owner leaves the mutex free");
}

COROKIT_EXPLORED(edge_heir_dropped) {
  Mutex mutex;
  std::array<Holder, 3> tasks{Holder(mutex), Holder(mutex), Holder(mutex)};
  for (Holder& task : tasks) task.go_on();
  tasks[0].go_on();
  tasks[1].drop();
  explored::require(tasks[2].woken, "a dropped heir hands the mutex on");
  explored::require(!is_free(mutex), "the mutex is never free while somebody waits: it is handed over");
  tasks[2].drop();
  explored::require(is_free(mutex), "a dropped heir leaves the mutex free if nobody waits");
}

// A task is dropped while it holds the mutex: its frame is destroyed, and the guard in it.
COROKIT_EXPLORED(edge_owner_dropped) {
  Mutex mutex;
  Holder owner(mutex);
  Holder heir(mutex);
  owner.go_on();
  heir.go_on();
  owner.drop();
  explored::require(heir.woken, "an owner that is dropped unlocks the mutex");
  heir.go_on();
  explored::require(heir.holds && heir.go_on() && is_free(mutex), "who was woken owns the mutex");
}

// Three tasks lock, unlock and are dropped, in all orders of six steps, beside a model of the mutex.
COROKIT_EXPLORED(edge_any_order) {
  enum class Is { away, waiting, heir, owner };
  struct Slot {
    std::optional<Holder> task;
    Is state = Is::away;
  };
  Mutex mutex;
  std::array<Slot, 3> slots;
  std::vector<Slot*> waiting;  // the oldest first
  bool free = true;
  const auto leave = [&](Slot& slot) {
    std::erase(waiting, &slot);
    if (std::exchange(slot.state, Is::away) == Is::waiting) return;
    free = waiting.empty();
    if (free) return;
    waiting.front()->state = Is::heir;
    waiting.erase(waiting.begin());
  };
  for (int step = 0; step < 6; ++step) {
    Slot& slot = slots[explored::choose(3)];
    const Is before = slot.state;
    if (before == Is::away) {
      slot.task.emplace(mutex).go_on();
      slot.state = free ? Is::owner : Is::waiting;
      if (!std::exchange(free, false)) waiting.push_back(&slot);
    } else if (before == Is::waiting || (before == Is::heir && explored::choose(2) == 0)) {
      slot.task->drop();
      leave(slot);
    } else {
      slot.task->go_on();
      before == Is::heir ? void(slot.state = Is::owner) : leave(slot);
    }
    explored::require(is_free(mutex) == free, "the mutex is free when nobody owns it, and only then");
    for (const Slot& each : slots) {
      if (each.state == Is::away) continue;
      explored::require(each.task->holds == (each.state == Is::owner), "who owns the mutex goes on");
      explored::require(each.task->woken == (each.state == Is::heir), "the heir is woken, and nobody else");
    }
  }
}
