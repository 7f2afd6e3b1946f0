#include <08_timers/timers.hpp>

#include <explorer/program.hpp>

#include <array>
#include <atomic>
#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <utility>

using namespace mini;
using explored::choose;
using explored::require;

namespace {

Task<> sleeps(Timers& timers, std::uint64_t tick, std::string& log, char letter) {
  co_await timers.sleep_until(tick);
  log += letter;
}

/// A loop and timers, and what the tasks have written.
struct World {
  void sleep_until(std::uint64_t tick, char letter) { loop.spawn(sleeps(timers, tick, log, letter)); }
  void advance(std::uint64_t tick) {
    loop.run();
    timers.advance(tick);
    loop.run();
  }
  std::string log;
  Timers timers;
  RunLoop loop;
};

Task<> sleeps_for(Timers& timers, std::uint64_t ticks, std::string& log) {
  co_await timers.sleep(ticks);
  log += 'a';
  co_await timers.sleep(ticks);
  log += 'b';
}

}  // namespace

COROKIT_EXPLORED(sleeps_until_its_tick) {
  World world;
  world.sleep_until(5, 'a');
  world.advance(4);
  require(world.log.empty(), "a task that sleeps until tick 5 does not go on at tick 4");
  world.timers.advance(5);
  require(world.log.empty(), "advance() wakes, and runs nothing");
  world.loop.run();
  require(world.log == "a", "a task that sleeps until tick 5 goes on at tick 5");
  world.advance(100);
  require(world.log == "a", "a sleep is woken once");
}

COROKIT_EXPLORED(edge_the_tick_is_over) {
  World world;
  world.advance(10);
  world.sleep_until(10, 'a');
  world.sleep_until(3, 'b');
  world.sleep_until(0, 'c');
  require(world.loop.run() == 0 && world.log == "abc", "a sleep until a tick that is over does not wait");
  world.timers.advance(4);
  world.sleep_until(9, 'd');
  require(world.loop.run() == 0, "time does not go back");
}

COROKIT_EXPLORED(edge_counts_from_now) {
  World world;
  world.advance(100);
  world.loop.spawn(sleeps_for(world.timers, 20, world.log));
  world.advance(119);
  require(world.log.empty(), "a sleep of 20 ticks from 100 on is not over at 119");
  world.advance(120);
  require(world.log == "a", "a sleep of 20 ticks from 100 on is over at 120");
  world.advance(139);
  require(world.log == "a", "the next sleep counts from 120 on");
  world.advance(140);
  require(world.log == "ab", "the next sleep is over at 140");
  world.loop.spawn(sleeps_for(world.timers, std::numeric_limits<std::uint64_t>::max(), world.log));
  world.advance(5'000);
  require(world.log == "ab", "a sleep as long as can be does not end at once");
}

COROKIT_EXPLORED(wakes_in_order) {
  World world;
  world.sleep_until(70, 'c');
  world.sleep_until(5, 'a');
  world.sleep_until(5'000, 'e');
  world.sleep_until(70, 'd');
  world.sleep_until(6, 'b');
  world.sleep_until(5'000, 'f');
  world.advance(10'000);
  require(world.log == "abcdef",
          "tasks are woken in the order of their ticks, and of one tick in that of their sleeps");
}

COROKIT_EXPLORED(edge_order_across_levels) {
  World world;
  const std::uint64_t tick = 4'096 * (1 + choose(2)) + 64 * choose(2) + choose(2);
  world.sleep_until(tick, 'a');  // each of them begins to wait nearer to its tick than the one before
  world.advance(tick - 4'095);
  world.sleep_until(tick, 'b');
  world.advance(tick - 64);
  world.sleep_until(tick, 'c');
  world.advance(tick - 1);
  world.sleep_until(tick, 'd');
  world.loop.run();
  require(world.log.empty(), "nobody is woken early");
  world.advance(tick);
  require(world.log == "abcd", "of one tick, whoever has slept longest is woken first");
}

namespace {

constexpr std::array<std::uint64_t, 7> kSteps{1, 62, 63, 64, 65, 4'032, 4'096};

/// What timers have to do: a map from ticks to those who sleep, in the order in which they came.
class Model {
 public:
  void sleep_until(std::uint64_t tick, char letter) { sleeping_.emplace(tick, letter); }
  std::string advance(std::uint64_t tick) {
    std::string woken;
    for (auto first = sleeping_.begin(); first != sleeping_.end() && first->first <= tick;
         first = sleeping_.erase(first))
      woken += first->second;
    return woken;
  }
  bool empty() const { return sleeping_.empty(); }
  std::uint64_t next() const { return sleeping_.begin()->first; }

 private:
  std::multimap<std::uint64_t, char> sleeping_;
};

/// Advances from one next() to the next one, and no further than `to`.
void advance_by_next(World& world, Model& model, std::uint64_t to) {
  std::string expected = world.log;
  for (auto next = world.timers.next(); next && *next <= to; next = world.timers.next()) {
    require(!model.empty() && *next <= model.next(),
            "next() is not after the first tick at which somebody is woken");
    expected += model.advance(*next);
    world.advance(*next);
    require(world.log == expected, "those whose tick has come are woken, and nobody else");
  }
  require(model.advance(to).empty(), "whoever sleeps is woken at some next()");
  world.advance(to);
  require(world.log == expected, "nobody is woken between two values of next()");
}

}  // namespace

COROKIT_EXPLORED(neither_early_nor_late) {
  World world;
  Model model;
  std::uint64_t now = std::array<std::uint64_t, 3>{0, 63, 4'095}.at(choose(3));
  world.advance(now);
  std::string expected;
  for (const char letter : {'a', 'b'}) {
    const std::uint64_t tick = now + kSteps.at(letter == 'a' ? choose(kSteps.size()) : 3 * choose(3));
    world.sleep_until(tick, letter);
    model.sleep_until(tick, letter);
    now += std::array<std::uint64_t, 3>{1, 64, 4'032}.at(choose(3));
    expected += model.advance(now);
    world.advance(now);
    require(world.log == expected, "those whose tick has come are woken, and nobody else");
  }
  expected += model.advance(now + 4'096);
  world.advance(now + 4'096);
  require(world.log == expected, "whoever sleeps is woken in the end");
}

COROKIT_EXPLORED(says_what_is_next) {
  World world;
  require(!world.timers.next(), "nobody sleeps, so nothing is next");
  Model model;
  for (const char letter : {'a', 'b'}) {
    const std::uint64_t tick = 60 + kSteps.at(choose(kSteps.size()));
    world.advance(60);
    world.sleep_until(tick, letter);
    model.sleep_until(tick, letter);
  }
  world.loop.run();
  advance_by_next(world, model, 64 * (1 + choose(2)));
  advance_by_next(world, model, 10'000);
  require(!world.timers.next(), "nobody sleeps any more, so nothing is next");
}

COROKIT_EXPLORED(jumps_over_what_is_empty) {
  World world;
  world.sleep_until(3, 'a');
  world.sleep_until(300, 'b');
  world.sleep_until(5'000, 'c');
  world.loop.run();
  require(world.log.empty(), "nobody is woken before advance()");
  const std::size_t before = Level::looks();
  world.advance(10'000);
  require(world.log == "abc", "all are woken");
  const std::size_t looks = Level::looks() - before;
  require(looks > 0, "advance() finds those who are due in its levels");
  require(looks < 50, "advance() looks at few slots, however far it goes");
}

namespace {

Task<> sleeps_with(Timers::Sleep& sleep, std::string& log, char letter) {
  co_await sleep;
  log += letter;
}

}  // namespace

COROKIT_EXPLORED(leaves_when_it_is_dropped) {
  Timers timers;
  std::string log;
  RunLoop loop;
  const std::uint64_t tick = kSteps.at(choose(kSteps.size()));
  loop.spawn(sleeps(timers, tick, log, 'a'));
  {
    RunLoop other;
    other.spawn(sleeps(timers, tick, log, 'b'));
    other.run();
    loop.run();
    timers.advance(choose(2) == 0 ? 0 : tick - 1);
    if (choose(2) == 0) timers.advance(tick);  // it is woken, and does not go on any more
  }
  timers.advance(10'000);
  require(loop.run() == 0 && log == "a", "a sleep that is dropped leaves the others alone");
  require(!timers.next(), "a sleep that is dropped is not waited for");
}

COROKIT_EXPLORED(waits_for_another_tick) {
  World world;
  Timers::Sleep sleep = world.timers.sleep_until(10);
  const std::uint64_t tick = kSteps.at(choose(kSteps.size()));
  const bool before_it_waits = choose(2) == 0;
  if (before_it_waits) sleep.reset(2 + tick);
  world.loop.spawn(sleeps_with(sleep, world.log, 'b'));
  world.advance(2);
  if (!before_it_waits) sleep.reset(2 + tick);
  world.sleep_until(2 + tick, before_it_waits ? 'c' : 'a');
  world.advance(1 + tick);
  require(world.log.empty(), "a sleep that was reset is not woken before its new tick");
  world.advance(2 + tick);
  require(world.log == (before_it_waits ? "bc" : "ba"), "a sleep that was reset is woken at its new tick");
  world.advance(10'000);
  require(world.log.size() == 2, "a sleep that was reset is woken once");
}

COROKIT_EXPLORED(edge_reset_to_the_past) {
  World world;
  Timers::Sleep sleep = world.timers.sleep_until(10);
  world.loop.spawn(sleeps_with(sleep, world.log, 'a'));
  world.advance(5);
  sleep.reset(choose(6));
  require(world.loop.run() == 0 && world.log == "a", "a sleep that is reset to a tick that is over is woken");
  sleep.reset(20);
  world.loop.spawn(sleeps_with(sleep, world.log, 'b'));
  world.advance(19);
  require(world.log == "a", "a sleep that is over may be reset, and waits once more");
  world.advance(20);
  require(world.log == "ab", "a sleep may be used again");
}

namespace {

Task<> sleeps_and_frees(std::unique_ptr<Timers>& timers) {
  co_await timers->sleep_until(1);
  timers.reset();
}

Task<> sleeps_with(Timers::Sleep& sleep) {
  co_await sleep;
}

/// Any thread may wake it.
struct Alone final : Job {
  explicit Alone(Task<> the_task) : task(std::move(the_task)) { leaf = task.handle(); }
  void wake() noexcept override { woken.store(true, std::memory_order_release); }
  Task<> task;
  std::atomic<bool> woken = false;
};

Task<> sleeps_until_one(Timers& timers) {
  co_await timers.sleep_until(1);
}

}  // namespace

COROKIT_EXPLORED(threads_sleep) {
  explored::wants("the thread sleeps before its tick");
  explored::wants("the thread comes when its tick is over");
  Timers timers;
  std::atomic<bool> over = false;
  std::thread sleeper([&] {
    const bool late = over.load();
    block_on(sleeps_until_one(timers));
    explored::reached(late ? "the thread comes when its tick is over" : "the thread sleeps before its tick");
  });
  timers.advance(1);
  over.store(true);
  sleeper.join();
}

COROKIT_EXPLORED(edge_two_threads_sleep) {
  Timers timers;
  std::thread first([&] { block_on(sleeps_until_one(timers)); });
  std::thread second([&] { block_on(sleeps_until_one(timers)); });
  timers.advance(1);
  first.join();
  second.join();
}

COROKIT_EXPLORED(edge_freed_at_once) {
  auto timers = std::make_unique<Timers>();
  Timers& shared = *timers;
  Alone asleep(sleeps_and_frees(timers));
  asleep.run();
  std::thread sleeper([&] {
    while (!asleep.woken.load(std::memory_order_acquire)) std::this_thread::yield();
    asleep.run();
  });
  shared.advance(1);
  sleeper.join();
}

COROKIT_EXPLORED(edge_dropped_by_a_thread) {
  explored::wants("it is dropped before it is woken");
  explored::wants("it is dropped after it is woken");
  Timers timers;
  auto asleep = std::make_unique<Alone>(sleeps_until_one(timers));
  asleep->run();
  std::thread dropper([&] {
    const bool woken = asleep->woken.load(std::memory_order_acquire);
    asleep.reset();
    explored::reached(woken ? "it is dropped after it is woken" : "it is dropped before it is woken");
  });
  timers.advance(1);
  dropper.join();
}

COROKIT_EXPLORED(edge_reset_by_a_thread) {
  Timers timers;
  Timers::Sleep sleep = timers.sleep_until(1);
  std::thread sleeper([&] { block_on(sleeps_with(sleep)); });
  sleep.reset(2);
  timers.advance(1);
  require(!timers.next() || *timers.next() == 2, "a sleep that was reset waits for its new tick");
  timers.advance(2);
  sleeper.join();
}
