// Dumps after each turn of random schedules, and compares with what the tasks say of themselves.
#include <corokit/join.hpp>
#include <corokit/select.hpp>
#include <corokit/simulation.hpp>
#include <corokit/sync/mutex.hpp>
#include <corokit/sync/notify.hpp>
#include <corokit/sync/semaphore.hpp>
#include <corokit/task_dump.hpp>
#include <corokit/time/sleep.hpp>
#include <corokit/yield.hpp>

#include <gtest/gtest.h>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace corokit {
namespace {

using namespace std::chrono_literals;
using State = DumpedTask::State;

/// What a task is about to await, as it says itself.
struct Place {
  std::string where;
  std::set<std::string> branches = {};
  std::optional<TaskId> for_task = {};
};

class Game {
 public:
  Game(std::uint64_t seed, bool dumps) : dumps_(dumps), simulation_({.seed = seed}) {}

  void play() {
    for (int i = 0; i < 5; ++i) simulation_.spawn(work(i)).detach();
    auto worker = simulation_.spawn(work(5));
    simulation_.spawn(join_it(std::move(worker))).detach();
    for (int i = 0; simulation_.alive_tasks() != 0 && i < 1000; ++i) {
      while (simulation_.step())
        if (dumps_) look();
      simulation_.advance(500us);
      if (dumps_) look();
    }
    EXPECT_EQ(simulation_.alive_tasks(), 0u) << simulation_.dump();
  }
  std::uint64_t steps() const { return simulation_.steps(); }
  const std::vector<int>& order() const { return order_; }
  const std::set<std::string>& seen() const { return seen_; }

 private:
  void at(Place place) { places_[current_task_id()] = std::move(place); }

  Task<void> work(int number) {
    for (int i = 0; i < 3; ++i) {
      at({"Semaphore::acquire"});
      const auto permit = co_await semaphore_.acquire();
      at({"Mutex::lock"});
      {
        const auto guard = co_await mutex_.lock();
        co_await yield_now();
        order_.push_back(number);
      }
      at({"sleep"});
      co_await sleep(number * 1ms);
      at({"select", {"Notify::notified", "sleep"}});
      if (number == 5) notify_.notify_waiters();
      co_await select(notify_.notified(), nap(number));
    }
  }
  static Task<void> nap(int number) { co_await sleep(number * 2ms); }

  Task<void> join_it(JoinHandle<void> worker) {
    at({"JoinHandle", {}, worker.id()});
    static_cast<void>(co_await worker);
  }

  void look() {
    const TaskDump dump = simulation_.dump();
    EXPECT_EQ(dump.tasks.size(), simulation_.alive_tasks());
    for (const DumpedTask& task : dump.tasks) {
      EXPECT_NE(task.state, State::running) << "nothing runs between two turns";
      EXPECT_EQ(task.wait.has_value(), task.state == State::waiting);
      if (!task.wait) continue;
      const Place& place = places_.at(task.id);
      EXPECT_EQ(task.wait->where, place.where);
      EXPECT_EQ(task.wait->for_task, place.for_task);
      for (const TaskWait& branch : task.wait->branches)
        EXPECT_TRUE(place.branches.contains(branch.where)) << branch.where;
      EXPECT_EQ(task.wait->branches.size(), place.branches.size());
      EXPECT_LE(task.wait->since, simulation_.now());
      seen_.insert(place.where);
    }
  }

  const bool dumps_;
  Semaphore semaphore_{3};
  Mutex<> mutex_;
  Notify notify_;
  std::map<TaskId, Place> places_;
  std::vector<int> order_;
  std::set<std::string> seen_;
  sim::Simulation simulation_;
};

TEST(TaskDumpSchedules, SaysWhatTheTasksSayAndChangesNoSchedule) {
  std::set<std::string> seen;
  for (std::uint64_t seed = 0; seed < 300 && !testing::Test::HasFailure(); ++seed) {
    SCOPED_TRACE(seed);
    Game game(seed, true);
    Game undisturbed(seed, false);
    game.play();
    undisturbed.play();
    EXPECT_EQ(game.steps(), undisturbed.steps());
    EXPECT_EQ(game.order(), undisturbed.order());
    seen.insert(game.seen().begin(), game.seen().end());
  }
  EXPECT_EQ(seen,
            (std::set<std::string>{"JoinHandle", "Mutex::lock", "Semaphore::acquire", "select", "sleep"}));
}

}  // namespace
}  // namespace corokit
