#include <05_notify/notify.hpp>
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

using explored::ByHand;
using explored::ByThread;

Task<> wait(Notify& notify) {
  co_await notify.notified();
}

Task<> wait_and_count(Notify& notify, int& ended) {
  co_await notify.notified();
  ++ended;
}

Task<> wait_and_free(std::unique_ptr<Notify> notify) {
  co_await notify->notified();
  notify.reset();
}

/// Returns: whether a wait that begins now is over at once. Requires: nobody waits.
bool has_permit(Notify& notify) {
  ByHand task(wait(notify));
  const bool is_over = task.go_on();
  if (!is_over) {
    notify.notify_one();
    explored::require(task.woken && task.go_on(), "notify_one() wakes a task that waits");
  }
  return is_over;
}

/// A task waits for a Notify that it owns. As soon as it is woken, it frees the Notify, and ends: so the frame with the
/// wait in it and the job are gone as well, perhaps before `tell` has returned.
void whoever_is_woken_frees_all(void (Notify::*tell)() noexcept) {
  auto owned = std::make_unique<Notify>();
  Notify& notify = *owned;
  auto* const job = new ByThread(wait_and_free(std::move(owned)));
  job->run();
  explored::require(!job->task.done(), "a task waits until it is notified");
  std::thread thread([job] {
    job->run_to_the_end();
    delete job;
  });
  (notify.*tell)();
  thread.join();
}

}  // namespace

COROKIT_EXPLORED(wakes_one) {
  Notify notify;
  int ended = 0;
  RunLoop loop;
  loop.spawn(wait_and_count(notify, ended));
  explored::require(loop.run() == 1 && ended == 0, "a task waits until it is notified");
  notify.notify_one();
  explored::require(ended == 0, "notify_one() runs nothing of the task");
  explored::require(loop.run() == 0 && ended == 1, "notify_one() wakes a task that waits");
}

COROKIT_EXPLORED(edge_oldest_first) {
  Notify notify;
  std::array<ByHand, 3> tasks{ByHand(wait(notify)), ByHand(wait(notify)), ByHand(wait(notify))};
  for (ByHand& task : tasks) task.go_on();
  for (std::size_t oldest = 0; oldest < tasks.size(); ++oldest) {
    notify.notify_one();
    for (std::size_t i = 0; i < tasks.size(); ++i) {
      explored::require(tasks[i].woken == (i <= oldest),
                        "notify_one() wakes one task: the one that waits longest");
    }
  }
  for (ByHand& task : tasks) explored::require(task.go_on(), "a wait that was notified is over");
}

COROKIT_EXPLORED(edge_allocates_nothing) {
  Notify notify;
  ByHand task(wait(notify));
  const explored::Counts before = explored::counts();
  task.go_on();
  notify.notify_one();
  task.go_on();
  explored::require((explored::counts() - before).allocations == 0, "a wait allocates nothing");
}

COROKIT_EXPLORED(keeps_a_permit) {
  Notify notify;
  notify.notify_one();
  explored::require(has_permit(notify), "a notify_one() that finds nobody is kept for the next who waits");
  explored::require(!has_permit(notify), "a kept notification ends one wait");
}

COROKIT_EXPLORED(edge_one_permit) {
  Notify notify;
  notify.notify_one();
  notify.notify_one();
  explored::require(has_permit(notify), "a notify_one() that finds nobody is kept for the next who waits");
  explored::require(!has_permit(notify), "one notification is kept, however many calls there were");
  ByHand task(wait(notify));
  task.go_on();
  notify.notify_one();
  explored::require(task.woken && task.go_on(), "notify_one() wakes a task that waits");
  explored::require(!has_permit(notify), "a notify_one() that wakes a task is not kept as well");
}

COROKIT_EXPLORED(wakes_all) {
  Notify notify;
  std::array<ByHand, 3> tasks{ByHand(wait(notify)), ByHand(wait(notify)), ByHand(wait(notify))};
  for (ByHand& task : tasks) task.go_on();
  notify.notify_all();
  for (ByHand& task : tasks) explored::require(task.woken && task.go_on(), "notify_all() wakes all who wait");
}

COROKIT_EXPLORED(edge_all_keeps_nothing) {
  Notify notify;
  notify.notify_all();
  explored::require(!has_permit(notify), "notify_all() keeps nothing for those who come later");
  notify.notify_one();
  notify.notify_all();
  explored::require(has_permit(notify), "notify_all() does not take away what notify_one() has left");
}

// The task that notify_all() wakes first waits again while notify_all() still wakes the other one.
COROKIT_EXPLORED(edge_latecomers) {
  Notify notify;
  std::atomic<bool> again = false;
  ByThread first([](Notify& both, const std::atomic<bool>& told_again) -> Task<> {
    co_await both.notified();
    co_await both.notified();
    explored::require(told_again,
                      "notify_all() wakes those who wait when it is called, and nobody who comes later");
  }(notify, again));
  ByHand second(wait(notify));
  first.run();
  second.go_on();
  std::thread thread([&] { first.run_to_the_end(); });
  notify.notify_all();
  again.store(true, std::memory_order_relaxed);
  notify.notify_one();
  thread.join();
  explored::require(second.woken && second.go_on(), "notify_all() wakes all who wait");
}

COROKIT_EXPLORED(threads) {
  explored::wants("the notification comes first");
  explored::wants("the task waits first");
  Notify notify;
  int written = 0;
  std::thread writer([&] {
    written = 42;
    notify.notify_one();
  });
  ByThread reader([](Notify& ready, const int& value) -> Task<> {
    co_await ready.notified();
    explored::require(value == 42, "who is notified sees what was written before notify_one()");
  }(notify, written));
  reader.run();
  explored::reached(reader.task.done() ? "the notification comes first" : "the task waits first");
  reader.run_to_the_end();
  writer.join();
}

COROKIT_EXPLORED(freed_at_once) {
  whoever_is_woken_frees_all(&Notify::notify_one);
}

COROKIT_EXPLORED(edge_freed_at_once_by_all) {
  whoever_is_woken_frees_all(&Notify::notify_all);
}

COROKIT_EXPLORED(dropped) {
  Notify notify;
  std::array<ByHand, 3> tasks{ByHand(wait(notify)), ByHand(wait(notify)), ByHand(wait(notify))};
  for (ByHand& task : tasks) task.go_on();
  const std::size_t gone = explored::choose(3);
  tasks[gone].drop();
  for (std::size_t i = 0; i < tasks.size(); ++i) {
    if (i == gone) continue;
    notify.notify_one();
    explored::require(tasks[i].woken,
                      "a dropped wait leaves the list: notify_one() wakes those who are still there");
  }
  explored::require(!has_permit(notify), "a wait that nobody had notified leaves no notification behind");
}

COROKIT_EXPLORED(edge_passed_on) {
  Notify notify;
  std::array<ByHand, 2> tasks{ByHand(wait(notify)), ByHand(wait(notify))};
  for (ByHand& task : tasks) task.go_on();
  notify.notify_one();
  tasks[0].drop();
  explored::require(tasks[1].woken, "a dropped wait passes on what notify_one() gave it");
  tasks[1].drop();
  explored::require(has_permit(notify), "what a dropped wait was given is kept if nobody waits");
}

COROKIT_EXPLORED(edge_all_is_not_passed_on) {
  Notify notify;
  std::array<ByHand, 2> tasks{ByHand(wait(notify)), ByHand(wait(notify))};
  tasks[0].go_on();
  notify.notify_all();
  tasks[1].go_on();
  tasks[0].drop();
  explored::require(!tasks[1].woken, "what notify_all() gave is not passed on");
  tasks[1].drop();
  explored::require(!has_permit(notify), "what notify_all() gave is not passed on");
}

// All orders of four steps, beside a model of the Notify.
COROKIT_EXPLORED(edge_any_order) {
  enum class State { away, waiting, told_by_one, told_by_all };
  struct Slot {
    std::optional<ByHand> task;
    State state = State::away;
  };
  Notify notify;
  std::array<Slot, 2> slots;
  std::vector<Slot*> waiting;  // the oldest first
  bool kept = false;
  const auto tell_one = [&] {
    if (waiting.empty()) {
      kept = true;
    } else {
      waiting.front()->state = State::told_by_one;
      waiting.erase(waiting.begin());
    }
  };
  const auto begin = [&](Slot& slot) {
    slot.task.emplace(wait(notify));
    explored::require(slot.task->go_on() == kept,
                      "a wait is over at once if a notification is kept, and only then");
    if (!std::exchange(kept, false)) {
      slot.state = State::waiting;
      waiting.push_back(&slot);
    }
  };
  const auto drop = [&](Slot& slot) {
    slot.task->drop();
    std::erase(waiting, &slot);
    if (std::exchange(slot.state, State::away) == State::told_by_one) tell_one();
  };
  for (int step = 0; step < 4; ++step) {
    switch (const std::size_t choice = explored::choose(6)) {
      case 0:
        notify.notify_one();
        tell_one();
        break;
      case 1:
        notify.notify_all();
        for (Slot* const slot : waiting) slot->state = State::told_by_all;
        waiting.clear();
        break;
      case 2:
      case 3:
        if (slots[choice % 2].state == State::away) begin(slots[choice % 2]);
        break;
      default:
        if (slots[choice % 2].state != State::away) drop(slots[choice % 2]);
    }
    for (const Slot& slot : slots) {
      if (slot.state == State::away) continue;
      explored::require(slot.task->woken == (slot.state != State::waiting),
                        "who was told is woken, and nobody else");
    }
  }
}

// One thread drops a task while another notifies: the other task is woken in any case.
COROKIT_EXPLORED(edge_dropped_while_told) {
  explored::wants("dropped before it is told");
  explored::wants("told before it is dropped");
  Notify notify;
  auto first = std::make_unique<ByHand>(wait(notify));
  ByHand second(wait(notify));
  first->go_on();
  second.go_on();
  bool told = false;
  std::thread dropper([&] {
    first->drop();
    told = first->woken;
    first.reset();
  });
  explored::choose(2) == 0 ? notify.notify_one() : notify.notify_all();
  dropper.join();
  explored::reached(told ? "told before it is dropped" : "dropped before it is told");
  explored::require(second.woken, "a notification is not lost with a task that is dropped");
}
