#include <07_semaphore/semaphore.hpp>
#include <explorer/program.hpp>
#include <specified/by_hand.hpp>

#include <array>
#include <atomic>
#include <memory>
#include <optional>
#include <thread>
#include <vector>

using namespace mini;

namespace {

using MaybePermits = std::optional<Semaphore::Permits>;

using explored::ByHand;
using explored::ByThread;

/// A task that takes permits, waits with them, and ends.
struct Holder : ByHand {
  Holder(Semaphore& semaphore, std::size_t n) : ByHand(hold(semaphore, n, *this)) {}
  static Task<> hold(Semaphore& semaphore, std::size_t n, Holder& self) {
    const MaybePermits permits = co_await semaphore.acquire(n);
    (permits ? self.holds : self.refused) = true;
    co_await std::suspend_always();
    self.holds = false;
  }
  bool holds = false;
  bool refused = false;
};

Task<> acquire_and_free(std::unique_ptr<Semaphore> semaphore) {
  { const MaybePermits permits = co_await semaphore->acquire(1); }
  semaphore.reset();
}

/// A task waits for a semaphore that it owns. As soon as it is woken, it frees it, and ends: so the frame with the wait in
/// it and the job are gone as well, perhaps before `wake` has returned.
void whoever_is_woken_frees_all(std::unique_ptr<Semaphore> semaphore, const auto& wake) {
  auto* const job = new ByThread(acquire_and_free(std::move(semaphore)));
  job->run();
  explored::require(!job->task.done(), "a task waits while there are too few permits");
  std::thread thread([job] {
    job->run_to_the_end();
    delete job;
  });
  wake();
  thread.join();
}

}  // namespace

COROKIT_EXPLORED(takes_and_gives_back) {
  Semaphore semaphore(3);
  Holder task(semaphore, 2);
  task.go_on();
  explored::require(task.holds, "a task does not wait if there are enough permits");
  explored::require(semaphore.available() == 1, "permits that somebody has are not available");
  explored::require(!semaphore.try_acquire(2),
                    "try_acquire() gives all permits that it is asked for, or none");
  {
    const MaybePermits last = semaphore.try_acquire(1);
    explored::require(last && semaphore.available() == 0, "try_acquire() gives what is there");
  }
  explored::require(semaphore.available() == 1, "permits go back when their owner is gone");
  explored::require(task.go_on() && semaphore.available() == 3, "permits go back when their owner is gone");
}

COROKIT_EXPLORED(edge_permits_move) {
  Semaphore semaphore(2);
  MaybePermits first = semaphore.try_acquire(2);
  explored::require(first.has_value(), "try_acquire() gives what is there");
  {
    const Semaphore::Permits second = std::move(*first);
    first.reset();
    explored::require(semaphore.available() == 0, "permits that were moved from give nothing back");
  }
  explored::require(semaphore.available() == 2, "permits that were moved go back once");
}

COROKIT_EXPLORED(waits) {
  Semaphore semaphore(1);
  Holder first(semaphore, 1);
  Holder second(semaphore, 1);
  first.go_on();
  second.go_on();
  explored::require(!second.holds && !second.woken, "a task waits while there are too few permits");
  explored::require(first.go_on() && second.woken,
                    "permits that come back wake the task that waits for them");
  explored::require(!semaphore.try_acquire(1), "the permits of a task that was woken are its own");
  second.go_on();
  explored::require(second.holds && second.go_on(), "a task that was woken has its permits");
  explored::require(semaphore.available() == 1, "permits go back when their owner is gone");
}

COROKIT_EXPLORED(edge_allocates_nothing) {
  Semaphore semaphore(1);
  MaybePermits held = semaphore.try_acquire(1);
  Holder task(semaphore, 1);
  const explored::Counts before = explored::counts();
  task.go_on();
  held.reset();
  task.go_on();
  explored::require((explored::counts() - before).allocations == 0, "a wait allocates nothing");
  explored::require(task.holds, "a task that was woken has its permits");
}

COROKIT_EXPLORED(many) {
  Semaphore semaphore(3);
  MaybePermits all = semaphore.try_acquire(3);
  std::array<Holder, 3> tasks{Holder(semaphore, 1), Holder(semaphore, 2), Holder(semaphore, 1)};
  for (Holder& task : tasks) task.go_on();
  all.reset();
  explored::require(tasks[0].woken && tasks[1].woken,
                    "permits that come back wake all for whom there are enough");
  explored::require(!tasks[2].woken, "nobody is woken without permits");
  for (Holder* const task : {&tasks[0], &tasks[1]}) {
    task->go_on();
    explored::require(task->holds, "a task that was woken has its permits");
  }
  tasks[1].go_on();
  explored::require(tasks[2].woken && semaphore.available() == 1,
                    "each task gets what it has asked for, and no more");
}

COROKIT_EXPLORED(in_order) {
  Semaphore semaphore(3);
  MaybePermits two = semaphore.try_acquire(2);
  Holder big(semaphore, 3);
  Holder small(semaphore, 1);
  big.go_on();
  small.go_on();
  explored::require(!small.holds, "a small wish does not overtake a big one that came before");
  explored::require(!semaphore.try_acquire(1), "try_acquire() does not overtake those who wait");
  explored::require(semaphore.available() == 0, "nothing is available while somebody waits");
  two.reset();
  explored::require(big.woken && !small.woken, "the one that came first is served first");
  big.go_on();
  explored::require(big.holds && big.go_on() && small.woken, "the next one is served after it");
}

COROKIT_EXPLORED(threads) {
  explored::wants("a task waits");
  Semaphore semaphore(1);
  int count = 0;
  const auto count_one = [](Semaphore& one, int& counted) -> Task<> {
    const MaybePermits permits = co_await one.acquire(1);
    ++counted;
  };
  std::thread other([&] { block_on(count_one(semaphore, count)); });
  ByThread task(count_one(semaphore, count));
  task.run();
  if (!task.task.done()) explored::reached("a task waits");
  task.run_to_the_end();
  other.join();
  explored::require(count == 2 && semaphore.available() == 1, "permits go back when their owner is gone");
}

COROKIT_EXPLORED(edge_three_threads) {
  Semaphore semaphore(2);
  std::atomic<std::size_t> inside = 0;
  const auto enter = [&](std::size_t n) {
    block_on([](Semaphore& two, std::atomic<std::size_t>& used, std::size_t permits) -> Task<> {
      const MaybePermits held = co_await two.acquire(permits);
      explored::require(used.fetch_add(permits) + permits <= 2,
                        "there are never more permits in use than there are");
      used.fetch_sub(permits);
    }(semaphore, inside, n));
  };
  std::thread one([&] { enter(1); });
  std::thread other([&] { enter(2); });
  enter(1);
  one.join();
  other.join();
  explored::require(semaphore.available() == 2, "permits go back when their owner is gone");
}

COROKIT_EXPLORED(edge_try_acquire) {
  Semaphore semaphore(2);
  std::thread other([&] { const MaybePermits permits = semaphore.try_acquire(2); });
  const std::size_t available = semaphore.available();
  explored::require(available == 0 || available == 2, "try_acquire() takes all its permits in one step");
  if (const MaybePermits permits = semaphore.try_acquire(1)) {
    explored::require(semaphore.available() == 1, "permits that somebody has are not available");
  }
  other.join();
  explored::require(semaphore.available() == 2, "permits go back when their owner is gone");
}

COROKIT_EXPLORED(edge_freed_at_once) {
  auto owned = std::make_unique<Semaphore>(1);
  MaybePermits permits = owned->try_acquire(1);
  whoever_is_woken_frees_all(std::move(owned), [&] { permits.reset(); });
}

COROKIT_EXPLORED(edge_freed_at_once_by_close) {
  auto owned = std::make_unique<Semaphore>(0);
  Semaphore& semaphore = *owned;
  whoever_is_woken_frees_all(std::move(owned), [&] { semaphore.close(); });
}

COROKIT_EXPLORED(closes) {
  Semaphore semaphore(3);
  MaybePermits two = semaphore.try_acquire(2);
  std::array<Holder, 2> tasks{Holder(semaphore, 2), Holder(semaphore, 2)};
  for (Holder& task : tasks) task.go_on();
  semaphore.close();
  for (Holder& task : tasks) {
    explored::require(task.woken, "close() wakes all who wait");
    task.go_on();
    explored::require(task.refused, "a closed semaphore gives none");
  }
  Holder late(semaphore, 1);
  late.go_on();
  explored::require(late.refused, "nobody waits for a closed semaphore");
  explored::require(!semaphore.try_acquire(1), "a closed semaphore gives none");
  two.reset();
  explored::require(semaphore.available() == 3, "permits go back also to a closed semaphore");
}

COROKIT_EXPLORED(edge_granted_before_close) {
  Semaphore semaphore(1);
  MaybePermits one = semaphore.try_acquire(1);
  Holder task(semaphore, 1);
  task.go_on();
  one.reset();
  semaphore.close();
  task.go_on();
  explored::require(task.holds, "what a task was given before close() it keeps");
  explored::require(task.go_on() && semaphore.available() == 1, "permits go back also to a closed semaphore");
}

COROKIT_EXPLORED(edge_closed_by_another_thread) {
  explored::wants("close() comes first");
  explored::wants("a task waits first");
  Semaphore semaphore(1);
  const MaybePermits one = semaphore.try_acquire(1);
  std::thread closer([&] { semaphore.close(); });
  ByThread task([](Semaphore& closing) -> Task<> {
    const MaybePermits permits = co_await closing.acquire(1);
    explored::require(!permits, "a closed semaphore gives none");
  }(semaphore));
  task.run();
  explored::reached(task.task.done() ? "close() comes first" : "a task waits first");
  task.run_to_the_end();
  closer.join();
}

COROKIT_EXPLORED(dropped) {
  Semaphore semaphore(3);
  MaybePermits one = semaphore.try_acquire(1);
  Holder big(semaphore, 3);
  Holder small(semaphore, 2);
  big.go_on();
  small.go_on();
  big.drop();
  explored::require(small.woken, "what a dropped wait had collected, or kept others from, goes to the next");
  small.go_on();
  explored::require(small.holds && small.go_on() && semaphore.available() == 2,
                    "no permit is lost with a dropped wait");
}

COROKIT_EXPLORED(edge_dropped_when_granted) {
  Semaphore semaphore(2);
  MaybePermits all = semaphore.try_acquire(2);
  std::array<Holder, 3> tasks{Holder(semaphore, 2), Holder(semaphore, 1), Holder(semaphore, 1)};
  for (Holder& task : tasks) task.go_on();
  all.reset();
  explored::require(tasks[0].woken && !tasks[1].woken, "the one that came first is served first");
  tasks[0].drop();
  explored::require(tasks[1].woken && tasks[2].woken,
                    "permits of a dropped task go to all for whom there are enough");
  tasks[1].drop();
  tasks[2].drop();
  explored::require(semaphore.available() == 2, "no permit is lost with a dropped wait");
}

COROKIT_EXPLORED(edge_dropped_while_given) {
  Semaphore semaphore(1);
  MaybePermits one = semaphore.try_acquire(1);
  auto first = std::make_unique<Holder>(semaphore, 1);
  Holder second(semaphore, 1);
  first->go_on();
  second.go_on();
  std::thread dropper([&] {
    first->drop();
    first.reset();
  });
  one.reset();
  dropper.join();
  explored::require(second.woken, "no permit is lost with a dropped wait");
}

// Three tasks take permits, give them back and are dropped, and the semaphore is closed, in all orders of five steps,
// beside a model.
COROKIT_EXPLORED(edge_any_order) {
  enum class Is { away, waiting, told, owner };
  struct Slot {
    std::size_t n;
    std::optional<Holder> task;
    Is state = Is::away;
    bool is_given = false;
  };
  Semaphore semaphore(2);
  std::array<Slot, 3> slots{Slot{1}, Slot{2}, Slot{1}};
  std::vector<Slot*> waiting;  // the oldest first
  std::size_t free = 2;
  bool closed = false;
  const auto serve = [&] {
    while (!waiting.empty() && (closed || waiting.front()->n <= free)) {
      Slot& slot = *waiting.front();
      waiting.erase(waiting.begin());
      slot.state = Is::told;
      slot.is_given = !closed;
      if (!closed) free -= slot.n;
    }
  };
  const auto leave = [&](Slot& slot) {
    std::erase(waiting, &slot);
    if (std::exchange(slot.is_given, false)) free += slot.n;
    slot.state = Is::away;
    serve();
  };
  for (int step = 0; step < 5; ++step) {
    const std::size_t choice = explored::choose(closed ? 3 : 4);
    if (choice == 3) {
      semaphore.close();
      closed = true;
      serve();
    } else if (Slot& slot = slots[choice]; slot.state == Is::away) {
      slot.task.emplace(semaphore, slot.n).go_on();
      slot.state = Is::waiting;
      waiting.push_back(&slot);
      serve();
      if (slot.state == Is::told) slot.state = Is::owner;
    } else if (slot.state == Is::waiting || (slot.state == Is::told && explored::choose(2) == 0)) {
      slot.task->drop();
      leave(slot);
    } else {
      slot.task->go_on();
      slot.state == Is::told ? void(slot.state = Is::owner) : leave(slot);
    }
    for (const Slot& each : slots) {
      if (each.state == Is::away) continue;
      explored::require(each.task->woken == (each.state == Is::told),
                        "who has enough permits is woken, and nobody else");
      if (each.state != Is::owner) continue;
      explored::require(each.task->holds == each.is_given,
                        "a task has permits unless the semaphore was closed");
    }
    explored::require(semaphore.available() == (waiting.empty() ? free : 0),
                      "available() is what nobody has or awaits");
  }
}
