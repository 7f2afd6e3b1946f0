#include <14_join_set/join_set.hpp>

#include <05_notify/notify.hpp>
#include <06_mutex/mutex.hpp>
#include <array>
#include <atomic>
#include <explorer/program.hpp>
#include <memory>
#include <thread>
#include <vector>

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
    require(rung_, "a child goes on only when what it waits for has happened");
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
  Alive& operator=(const Alive&) = delete;
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
    go_on();
  }
  void wake() noexcept override { ++wakes_; }

  bool ended() const noexcept { return task_.done(); }
  bool woken() const noexcept { return wakes_ > 0; }
  /// Lets it go on while it is woken.
  void go_on() {
    while (const int wakes = wakes_.exchange(0)) {
      require(wakes == 1, "a set wakes its task once for each time that it waits");
      run();
    }
  }

 private:
  std::atomic<int> wakes_ = 0;
  Task<> task_;
};

Task<int> after(Bell& bell, int number) {
  co_await bell.heard();
  co_return number;
}

Task<int> at_once(int number) {
  co_return number;
}

/// Spawns a child for each bell, which ends with the number of the bell.
template <class Bells>
void spawn_for(JoinSet<int>& set, Bells& bells) {
  for (std::size_t i = 0; i < bells.size(); ++i) set.spawn(after(bells[i], static_cast<int>(i)));
  require(set.size() == bells.size(), "size() says how many children next() has not given back");
}

Task<> collect(JoinSet<int>& set, std::vector<int>& numbers) {
  while (auto ended = co_await set.next()) numbers.push_back(ended->result());
}

COROKIT_EXPLORED(children_that_end_at_once) {
  JoinSet<int> set;
  std::vector<int> numbers;
  require(Run(collect(set, numbers)).ended() && numbers.empty(),
          "next() of an empty set gives none, at once");
  for (const int number : {7, 8, 9}) set.spawn(at_once(number));
  require(set.size() == 3, "size() says how many children next() has not given back");
  require(Run(collect(set, numbers)).ended(), "next() does not wait for a child that can go on");
  int sum = 0;
  for (const int number : numbers) sum += number;
  require(numbers.size() == 3 && sum == 24, "next() gives back each child, once");
  require(set.size() == 0, "size() says how many children next() has not given back");
}

COROKIT_EXPLORED(in_order_of_completion) {
  std::array<int, 3> order{0, 1, 2};
  for (std::size_t i = 0; i < 2; ++i) std::swap(order[i], order[i + explored::choose(3 - i)]);
  std::array<Bell, 3> bells;
  JoinSet<int> set;
  std::vector<int> numbers;
  spawn_for(set, bells);
  Run run(collect(set, numbers));
  std::size_t rung = 0;
  for (const int which : order) {
    bells[static_cast<std::size_t>(which)].ring();
    ++rung;
    if (rung < 3 && explored::choose(2)) continue;  // several are woken before any goes on
    run.go_on();
    require(numbers == std::vector<int>(order.data(), order.data() + rung),
            "who ends first is given back first");
    require(set.size() == 3 - rung, "size() says how many children next() has not given back");
    require(run.ended() == (rung == 3),
            "next() waits while no child has ended, and gives none when none is left");
  }
}

Task<> even_ones_fail(int number) {
  if (number % 2 == 0) throw number;
  co_return;
}

Task<> count_failures(JoinSet<>& set, int& failed, int& well) {
  while (auto ended = co_await set.next()) {
    try {
      ended->result();
      ++well;
    } catch (int) {
      ++failed;
    }
  }
}

COROKIT_EXPLORED(a_child_may_throw) {
  JoinSet<> set;
  for (int number = 0; number < 5; ++number) set.spawn(even_ones_fail(number));
  int failed = 0, well = 0;
  require(Run(count_failures(set, failed, well)).ended(), "next() does not wait for a child that can go on");
  require(failed == 3 && well == 2, "result() throws what that child threw; next() throws nothing");
}

Task<> has_family(JoinSet<>& set, int generations, int& count) {
  ++count;
  if (generations > 0) {
    set.spawn(has_family(set, generations - 1, count));
    set.spawn(has_family(set, generations - 1, count));
  }
  co_return;
}

COROKIT_EXPLORED(a_child_may_spawn) {
  JoinSet<> set;
  int count = 0, failed = 0, well = 0;
  set.spawn(has_family(set, 2, count));
  require(Run(count_failures(set, failed, well)).ended() && well == 7 && count == 7,
          "a child may spawn others, which are given back as well");
}

Task<int> several_steps(std::array<Bell, 2>& bells, int& steps, int number) {
  for (Bell& bell : bells) {
    co_await bell.heard();
    ++steps;
  }
  co_return number;
}

COROKIT_EXPLORED(only_the_woken_go_on) {
  std::array<std::array<Bell, 2>, 3> bells;
  std::array<std::size_t, 3> rung{};
  std::array<int, 3> steps{};
  JoinSet<int> set;
  std::vector<int> numbers;
  std::size_t ended = 0;
  for (std::size_t i = 0; i < 3; ++i) set.spawn(several_steps(bells[i], steps[i], static_cast<int>(i)));
  Run run(collect(set, numbers));
  for (int ring = 0; ring < 3; ++ring) {
    const std::size_t which = explored::choose(3);
    if (rung[which] == 2) return;
    bells[which][rung[which]++].ring();
    ended += rung[which] == 2;
    if (explored::choose(2)) continue;  // two are woken before any goes on
    run.go_on();
    for (std::size_t i = 0; i < 3; ++i)
      require(steps[i] == static_cast<int>(rung[i]), "those go on that were woken, and no others");
    require(numbers.size() == ended, "next() gives back each child, once");
  }
}

/// What it costs that one of `count` children is woken, ends, and is given back.
explored::Counts cost_among(std::size_t count) {
  std::vector<Bell> bells(count);
  JoinSet<int> set;
  std::vector<int> numbers;
  numbers.reserve(count);
  spawn_for(set, bells);
  Run run(collect(set, numbers));
  const auto before = explored::counts();
  bells[count / 2].ring();
  run.go_on();
  return explored::counts() - before;
}

COROKIT_EXPLORED(the_others_cost_nothing) {
  const auto among_few = cost_among(2);
  const auto among_many = cost_among(40);
  require(among_many.locks <= among_few.locks &&
              among_many.atomic_operations <= among_few.atomic_operations &&
              among_many.allocations <= among_few.allocations,
          "who was not woken is not looked at");
}

Task<int> until(const bool& flag) {
  while (!flag) co_await yield();
  co_return 1;
}

Task<> set_later(bool& flag) {
  co_await yield();
  co_await yield();
  flag = true;
}

COROKIT_EXPLORED(a_child_that_yields_lets_others_run) {
  bool flag = false;
  JoinSet<int> set;
  std::vector<int> numbers;
  set.spawn(until(flag));
  RunLoop loop;
  loop.spawn(collect(set, numbers));
  loop.spawn(set_later(flag));
  require(loop.run() == 0 && numbers.size() == 1, "next() gives back each child, once");
}

Task<int> spawns_another(JoinSet<int>& set) {
  set.spawn(at_once(3));
  co_return 2;
}

COROKIT_EXPLORED(spawns_while_others_are_woken) {
  std::array<Bell, 1> bells;
  JoinSet<int> set;
  std::vector<int> numbers;
  spawn_for(set, bells);
  set.spawn(spawns_another(set));
  std::thread rings([&] { bells[0].ring(); });
  block_on(collect(set, numbers));
  rings.join();
  require(numbers.size() == 3, "next() gives back each child, once");
}

COROKIT_EXPLORED(woken_by_a_thread) {
  std::array<Bell, 2> bells;
  JoinSet<int> set;
  std::vector<int> numbers;
  spawn_for(set, bells);
  std::thread rings([&] {
    for (Bell& bell : bells) bell.ring();
  });
  block_on(collect(set, numbers));
  rings.join();
  require(numbers.size() == 2, "next() gives back each child, once");
}

COROKIT_EXPLORED(two_woken_at_once) {
  std::array<Bell, 2> bells;
  JoinSet<int> set;
  std::vector<int> numbers;
  spawn_for(set, bells);
  Run run(collect(set, numbers));
  std::thread rings([&] { bells[0].ring(); });
  bells[1].ring();
  rings.join();
  run.go_on();
  require(run.ended() && numbers.size() == 2, "next() gives back each child, once");
}

Task<int> holds(Mutex& mutex, Bell& bell, int& alive) {
  const Alive counted(alive);
  const auto guard = co_await mutex.lock();
  co_await bell.heard();
  co_return 1;
}

/// Two pairs: one child holds the mutex and waits for the bell, the next one waits for the mutex.
void spawn_pairs(JoinSet<int>& set, std::array<Mutex, 2>& mutexes, Bell& bell, int& alive) {
  for (Mutex& mutex : mutexes)
    for (int i = 0; i < 2; ++i) set.spawn(holds(mutex, bell, alive));
}

Task<> collect_and_end(std::array<Mutex, 2>& mutexes, Bell& bell, int& alive) {
  JoinSet<int> set;
  spawn_pairs(set, mutexes, bell, alive);
  set.spawn(at_once(2));
  require((co_await set.next()).has_value(), "next() gives back the child that has ended");
  if (explored::choose(2)) bell.ring();
  if (explored::choose(2)) {
    set.abort_all();
    require(alive == 0 && set.size() == 0, "no child is left when abort_all() returns");
    require(!co_await set.next(), "next() gives none after abort_all()");
    set.spawn(at_once(3));
    require((co_await set.next()).has_value(), "a child that is spawned after abort_all() runs");
    spawn_pairs(set, mutexes, bell, alive);
  }
  if (explored::choose(2)) co_await set.next();
}

COROKIT_EXPLORED(none_is_left) {
  std::array<Mutex, 2> mutexes;
  Bell bell;
  int alive = 0;
  {
    const Run run(collect_and_end(mutexes, bell, alive));
    require(!run.ended() || alive == 0, "no child is left when the set is gone");
  }
  require(alive == 0, "no child is left when the set is gone");
  for (Mutex& mutex : mutexes) require(mutex.try_lock().has_value(), "what the children had is given back");
}

COROKIT_EXPLORED(aborted_while_woken) {
  std::array<Bell, 2> bells;
  JoinSet<int> set;
  std::vector<int> numbers;
  spawn_for(set, bells);
  auto run = std::make_unique<Run>(collect(set, numbers));
  std::thread rings([&] {
    for (Bell& bell : bells) bell.ring();
  });
  run.reset();
  set.abort_all();
  rings.join();
  require(set.size() == 0, "no child is left when abort_all() returns");
}

Task<> next_or(JoinSet<int>& set, Bell& stop, std::vector<int>& numbers) {
  auto first = co_await select(set.next(), stop.heard());
  if (first.index() == 1) co_return;
  require(std::get<0>(first).has_value(), "next() gives back each child, once");
  numbers.push_back(std::get<0>(first)->result());
}

COROKIT_EXPLORED(a_next_that_is_dropped) {
  Bell bell, stop;
  JoinSet<int> set;
  std::vector<int> numbers;
  set.spawn(after(bell, 5));
  Run run(next_or(set, stop, numbers));
  stop.ring();
  if (explored::choose(2)) bell.ring();
  run.go_on();
  require(run.ended(), "a next() that is dropped wakes nobody any more");
  bell.ring();
  require(Run(collect(set, numbers)).ended() && numbers == std::vector<int>{5},
          "a next() that is dropped loses no child");
}

COROKIT_EXPLORED(next_dropped_while_woken) {
  Bell bell;
  JoinSet<int> set;
  std::vector<int> numbers;
  set.spawn(after(bell, 1));
  explored::wants("the next() is dropped before its child is woken");
  explored::wants("the next() is dropped after its child was woken");
  auto dropped = std::make_unique<Run>(collect(set, numbers));
  std::thread rings([&] { bell.ring(); });
  explored::reached(dropped->woken() ? "the next() is dropped after its child was woken"
                                     : "the next() is dropped before its child is woken");
  dropped.reset();
  block_on(collect(set, numbers));
  rings.join();
  require(numbers == std::vector<int>{1}, "a next() that is dropped loses no child");
}

}  // namespace
