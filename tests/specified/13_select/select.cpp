#include <13_select/select.hpp>

#include <05_notify/notify.hpp>
#include <06_mutex/mutex.hpp>
#include <07_semaphore/semaphore.hpp>
#include <algorithm>
#include <array>
#include <atomic>
#include <explorer/program.hpp>
#include <memory>
#include <optional>
#include <thread>

namespace {

using namespace mini;
using explored::require;

/// Is rung once, and heard by one task, which may come before or after.
class Bell {
 public:
  void ring() {
    rung_ = true;
    notify_.notify_one();
  }
  Task<> heard() {
    co_await notify_.notified();
    require(rung_, "a task goes on only when what it waits for has happened");
  }

 private:
  Notify notify_;
  bool rung_ = false;
};

/// Counts those that are alive.
class Alive {
 public:
  explicit Alive(int& count) : count_(count) { ++count_; }
  Alive(const Alive&) = delete;
  ~Alive() { --count_; }

 private:
  int& count_;
};

/// Runs a task up to where it waits; the destructor drops it there, if it has not ended.
class Run : Job {
 public:
  explicit Run(Task<> task) : task_(std::move(task)) {
    leaf = task_.handle();
    run();
  }
  void wake() noexcept override { ++wakes_; }

  bool ended() const noexcept { return task_.done(); }
  int wakes() const noexcept { return wakes_; }
  void go_on() {
    require(wakes_ == 1, "a select wakes its task once for each time that it waits");
    wakes_ = 0;
    run();
  }

 private:
  std::atomic<int> wakes_ = 0;
  Task<> task_;
};

Task<int> after(Bell& bell, int number) {
  co_await bell.heard();
  co_return number;
}

Task<int> at_once(int number, int* runs = nullptr) {
  if (runs) ++*runs;
  co_return number;
}

Task<> note_winner(Task<int> left, Task<int> right, int& winner) {
  const auto first = co_await select(std::move(left), std::move(right));
  winner = first.index() == 0 ? std::get<0>(first) : std::get<1>(first);
  require(first.index() == static_cast<std::size_t>(winner),
          "the index says which task has ended, the value what it returned");
}

COROKIT_EXPLORED(one_ends_at_once) {
  Bell never;
  const bool right = explored::choose(2);
  int winner = -1;
  const Run run(right ? note_winner(after(never, 0), at_once(1), winner)
                      : note_winner(at_once(0), after(never, 1), winner));
  require(run.ended() && winner == (right ? 1 : 0), "a task that ends at once is the first");
}

COROKIT_EXPLORED(waits_for_the_first) {
  std::array<Bell, 2> bells;
  int winner = -1;
  Run run(note_winner(after(bells[0], 0), after(bells[1], 1), winner));
  require(!run.ended() && run.wakes() == 0, "a select waits while both of its tasks wait");
  const int first = static_cast<int>(explored::choose(2));
  bells[static_cast<std::size_t>(first)].ring();
  require(!run.ended(), "a wake runs nothing of a task");
  run.go_on();
  require(run.ended() && winner == first, "a select ends with the first of its tasks");
}

Task<> several_steps(std::array<Bell, 4>& bells, int& steps) {
  for (Bell& bell : bells) {
    co_await bell.heard();
    ++steps;
  }
}

Task<> select_of_steps(std::array<Bell, 4>& left, std::array<Bell, 4>& right, std::array<int, 2>& steps) {
  const auto first = co_await select(several_steps(left, steps[0]), several_steps(right, steps[1]));
  require(steps[first.index()] == 4, "a select ends with the first of its tasks");
}

COROKIT_EXPLORED(both_go_on_in_turn) {
  std::array<std::array<Bell, 4>, 2> bells;
  std::array<int, 2> rung{};
  std::array<int, 2> steps{};
  Run run(select_of_steps(bells[0], bells[1], steps));
  while (rung[0] < 4 && rung[1] < 4) {
    const std::size_t side = explored::choose(2);
    bells[side][static_cast<std::size_t>(rung[side]++)].ring();
    run.go_on();
    require(steps == rung, "that task goes on, and no other, whose wait is over");
  }
  require(run.ended(), "a select ends with the first of its tasks");
}

Task<> at_once_or_at_once(std::array<int, 2>& wins, int& begun) {
  const auto first = co_await select(at_once(0, &begun), at_once(1, &begun));
  ++wins[first.index()];
}

Task<> one_of_two(std::array<Bell, 2>& bells, std::array<int, 2>& wins) {
  const auto first = co_await select(after(bells[0], 0), after(bells[1], 1));
  ++wins[first.index()];
}

/// Tosses the coin now and then. Returns: which side it says next.
std::size_t next_side(bool& last) {
  if (explored::choose(2)) last = coin();
  last = !last;
  return last ? 1 : 0;
}

COROKIT_EXPLORED(coin_says_who_is_first) {
  std::array<int, 2> wins{}, expected{};
  int begun = 0;
  bool last = coin();
  for (int round = 0; round < 2; ++round) {
    ++expected[next_side(last)];
    require(Run(at_once_or_at_once(wins, begun)).ended(), "a task that ends at once is the first");
    require(wins == expected, "each select asks coin() once, and the side that it says goes on first");
    require(begun == round + 1, "when one task has ended the other one does not go on");
  }
  for (int round = 0; round < 2; ++round) {
    std::array<Bell, 2> bells;
    ++expected[next_side(last)];
    Run run(one_of_two(bells, wins));
    for (Bell& bell : bells) bell.ring();
    run.go_on();
    require(wins == expected, "each select asks coin() once, and the side that it says goes on first");
  }
}

Task<int> holds(int& alive, Bell& bell, int number) {
  const Alive counted(alive);
  co_await bell.heard();
  co_return number;
}

Task<> loser_is_gone(std::array<Bell, 2>& bells, int& alive) {
  auto selected = select(holds(alive, bells[0], 0), holds(alive, bells[1], 1));
  co_await selected;  // its frame lives on
  require(alive == 0, "the loser is gone when the select returns");
}

COROKIT_EXPLORED(the_loser_is_gone) {
  std::array<Bell, 2> bells;
  int alive = 0;
  Run run(loser_is_gone(bells, alive));
  bells[explored::choose(2)].ring();
  run.go_on();
  require(run.ended() && alive == 0, "the loser is gone when the select returns");
}

Task<int> take_one(Semaphore& semaphore, int number) {
  const auto permits = co_await semaphore.acquire(1);
  co_return number;
}

Task<> take_from_one(std::array<std::optional<Semaphore>, 2>& semaphores) {
  co_await select(take_one(*semaphores[0], 0), take_one(*semaphores[1], 1));
  require(semaphores[0]->available() == 1 && semaphores[1]->available() == 1,
          "what the loser was given is given back");
}

COROKIT_EXPLORED(both_are_woken) {
  std::array<std::optional<Semaphore>, 2> semaphores;
  std::array<Semaphore::Permits, 2> taken;
  for (std::size_t i = 0; i < 2; ++i) {
    semaphores[i].emplace(1);
    taken[i] = std::move(*semaphores[i]->try_acquire(1));
  }
  Run run(take_from_one(semaphores));
  for (auto& permits : taken) permits.reset();
  run.go_on();
  require(run.ended(), "a select ends with the first of its tasks");
}

Task<int> locks(Mutex& mutex, Bell& bell, int number) {
  const auto guard = co_await mutex.lock();
  co_await bell.heard();
  co_return number;
}

Task<> both_lock(Mutex& mutex, Bell& bell) {
  co_await select(locks(mutex, bell, 0), locks(mutex, bell, 1));
}

COROKIT_EXPLORED(a_dropped_select) {
  Mutex mutex;
  Bell bell;
  {
    const Run run(both_lock(mutex, bell));
    if (explored::choose(2)) bell.ring();
    require(!run.ended(), "a select waits while both of its tasks wait");
  }
  require(mutex.try_lock().has_value(), "both tasks are gone, and what they had is given back");
}

Task<> fails(Bell& bell) {
  co_await bell.heard();
  throw 42;
}

Task<> catches(Bell& bell, Bell& never, int& caught) {
  try {
    co_await select(after(never, 0), fails(bell));
  } catch (int number) {
    caught = number;
  }
}

COROKIT_EXPLORED(the_first_may_throw) {
  Bell bell, never;
  int caught = 0;
  Run run(catches(bell, never, caught));
  bell.ring();
  run.go_on();
  require(run.ended() && caught == 42, "a select throws what the first task threw");
}

Task<> set_later(bool& flag) {
  co_await yield();
  co_await yield();
  flag = true;
}

Task<> until(const bool& flag) {
  while (!flag) co_await yield();
}

Task<> yields_in_select(const bool& flag, Bell& never) {
  co_await select(until(flag), never.heard());
  require(flag, "a select ends with the first of its tasks");
}

COROKIT_EXPLORED(a_task_that_yields_lets_others_run) {
  Bell never;
  bool flag = false;
  RunLoop loop;
  loop.spawn(yields_in_select(flag, never));
  loop.spawn(set_later(flag));
  require(loop.run() == 0, "a select ends with the first of its tasks");
}

Task<> one_of_three(std::array<Bell, 3>& bells, std::size_t& winner) {
  auto inner = select(after(bells[1], 1), after(bells[2], 2));
  const auto first = co_await select(after(bells[0], 0), std::move(inner));
  winner = first.index() == 0 ? 0 : 1 + std::get<1>(first).index();
}

COROKIT_EXPLORED(a_select_of_a_select) {
  std::array<Bell, 3> bells;
  std::size_t winner = 3;
  Run run(one_of_three(bells, winner));
  const std::size_t first = explored::choose(3);
  bells[first].ring();
  run.go_on();
  require(run.ended() && winner == first, "a select may be a task of another select");
}

Task<> hear_both(Bell& a, Bell& b) {
  const auto first = co_await select(after(a, 1), after(b, 2));
  require(first.index() == 0 ? std::get<0>(first) == 1 : std::get<1>(first) == 2,
          "one of the tasks has ended");
  explored::reached(first.index() == 0 ? "the left one is first" : "the right one is first");
  co_await (first.index() == 0 ? b : a).heard();  // what rang for the loser has not been lost
}

COROKIT_EXPLORED(nothing_is_lost) {
  Bell a, b;
  Run run(hear_both(a, b));
  a.ring();
  b.ring();
  run.go_on();
  require(run.ended(), "what has woken the loser is left for others");
}

COROKIT_EXPLORED(woken_by_a_thread) {
  explored::wants("the left one is first");
  explored::wants("the right one is first");
  std::array<Bell, 2> bells;
  const std::size_t first = explored::choose(2);
  std::thread rings([&] {
    for (const std::size_t which : {first, 1 - first}) bells[which].ring();
  });
  block_on(hear_both(bells[0], bells[1]));
  rings.join();
}

COROKIT_EXPLORED(two_woken_at_once) {
  Bell a, b;
  Run run(hear_both(a, b));
  std::thread rings([&] { a.ring(); });
  b.ring();
  rings.join();
  run.go_on();
  require(run.ended(), "what has woken the loser is left for others");
}

COROKIT_EXPLORED(dropped_while_woken) {
  Bell a, b;
  auto run = std::make_unique<Run>(hear_both(a, b));
  require(!run->ended(), "a select waits while both of its tasks wait");
  std::thread rings([&] {
    a.ring();
    b.ring();
  });
  run.reset();
  rings.join();
}

Task<int> sleeps(Timers& timers, Timers::Tick ticks, int& alive) {
  const Alive counted(alive);
  co_await timers.sleep(ticks);
  co_return 5;
}

Task<> note_timeout(Timers& timers, Timers::Tick limit, Task<int> task, std::optional<int>& result,
                    int& alive) {
  auto limited = timeout(timers, limit, std::move(task));
  result = co_await limited;  // its frame lives on
  require(alive == 0, "a task that is too late is gone when timeout() returns");
}

COROKIT_EXPLORED(timeout_gives_up) {
  Timers timers;
  const Timers::Tick limit = explored::choose(4);
  const Timers::Tick needs = explored::choose(4);
  int alive = 0;
  std::optional<int> result;
  Run run(note_timeout(timers, limit, sleeps(timers, needs, alive), result, alive));
  for (Timers::Tick now = 1; now <= std::min(limit, needs); ++now) {
    require(!run.ended(), "timeout() waits until the task ends, or the ticks are over");
    timers.advance(now);
    if (run.wakes()) run.go_on();
  }
  require(run.ended(), "timeout() waits until the task ends, or the ticks are over");
  require(result.has_value() == (needs <= limit),
          "timeout() gives what the task returned, none if it is too late");
  require(!result || *result == 5, "timeout() gives what the task returned");
  require(!timers.next(), "nobody sleeps any more");
}

Task<> wait_in_time(Timers& timers, Bell& bell, bool& in_time) {
  const std::optional<std::monostate> heard = co_await timeout(timers, 10, bell.heard());
  in_time = heard.has_value();
}

COROKIT_EXPLORED(timeout_at_the_last_tick) {
  Timers timers;
  Bell bell;
  bool in_time = false;
  if (explored::choose(2)) coin();
  Run run(wait_in_time(timers, bell, in_time));
  const bool first = explored::choose(2);
  if (first) bell.ring();
  timers.advance(10);
  if (!first) bell.ring();
  run.go_on();
  require(run.ended() && in_time, "at the last tick the task goes on first");
}

}  // namespace
