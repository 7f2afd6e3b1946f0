// The search plays all schedules, each once: compared with an enumeration that shares nothing with it.
#include <corokit/explore.hpp>
#include <corokit/join_set.hpp>
#include <corokit/sync/mpsc.hpp>
#include <corokit/sync/mutex.hpp>
#include <corokit/yield.hpp>

#include <gtest/gtest.h>
#include <cstddef>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace corokit {
namespace {

using explorer::Options;
using explorer::Report;
using explorer::Search;

// A program is a list of tasks, and a task is a text: each letter is a step.
//   p  an await that is over at once      y  yield_now()
//   l  locks the mutex                    u  unlocks it
//   s  sends to a channel of one place    r  receives from it
// A trace has the number of a task for each thing that it is seen to do. Task 0 starts the others, and waits for them.
using Program = std::vector<std::string>;

constexpr unsigned kNoBound = 1'000;

// What is played.

struct World {
  explicit World(std::size_t tasks) : left(tasks) {}
  void log(std::size_t who) { trace += static_cast<char>('0' + who); }

  std::string trace;
  std::size_t left;
  detail::Branch* root = nullptr;  // while task 0 waits
  Mutex<> mutex;
};

/// The letter p; of task 0, the wait for the others.
class Pass : public detail::Awaiter<Pass> {
 public:
  static constexpr const char* kName = "Pass";
  Pass(World& world, std::size_t who) noexcept : world_(world), who_(who) {}
  Pass(Pass&& other) noexcept : detail::Awaiter<Pass>(other), world_(other.world_), who_(other.who_) {}
  bool try_complete() noexcept {
    world_.log(who_);
    return who_ != 0 || world_.left == 0;
  }
  bool suspend() noexcept {
    suspended_ = true;
    world_.root = &branch();
    return true;
  }
  void await_resume() noexcept {
    if (suspended_) world_.log(who_);
  }

 private:
  World& world_;
  std::size_t who_;
  bool suspended_ = false;
};

Task<void> perform(World& world, std::size_t who, const std::string& steps, mpsc::Channel<int>& channel) {
  std::optional<MutexGuard<void>> guard;
  world.log(who);
  for (const char step : steps) {
    switch (step) {
      case 'p':
        co_await Pass(world, who);
        continue;  // it is written down when it happens
      case 'y':
        world.log(who);
        co_await yield_now();
        break;
      case 'l':
        guard.emplace(co_await world.mutex.lock());
        break;
      case 'u':
        guard.reset();
        continue;
      case 's': {
        const auto sent = co_await channel.tx.send(1);
        EXPECT_TRUE(sent);
        break;
      }
      default: {
        const auto received = co_await channel.rx.recv();
        EXPECT_TRUE(received);
      }
    }
    world.log(who);
  }
  if (--world.left > 0 || !world.root) co_return;
  detail::WakeBatch batch;
  batch.add(*world.root);
  batch.flush();
}

struct Explored {
  std::set<std::string> traces;
  Report report;
};

Explored explore(const Program& program, unsigned preemptions) {
  Explored explored;
  const auto root = [&program, &explored]() -> Task<void> {
    World world(program.size());
    auto channel = mpsc::channel<int>(1);
    JoinSet<void> tasks;
    world.log(0);
    for (std::size_t i = 0; i < program.size(); ++i) tasks.spawn(perform(world, i + 1, program[i], channel));
    co_await Pass(world, 0);
    tasks.detach_all();
    explored.traces.insert(world.trace);
  };
  explored.report = explorer::explore(
      {.search = Search::depth_first, .preemptions = preemptions, .schedules = 2'000'000}, root);
  return explored;
}

// What is enumerated.

/// Finds all traces of a program, and how many preemptions each needs.
class Enumeration {
 public:
  explicit Enumeration(const Program& program) {
    State state;
    state.tasks.push_back({"w"});
    for (const std::string& steps : program) state.tasks.push_back({steps});
    state.left = program.size();
    state.trace = "0";
    for (std::size_t i = 0; i < program.size(); ++i) state.ready.push_back({i + 1, false});
    go_on(state, 0);
  }

  std::set<std::string> within(unsigned preemptions) const {
    std::set<std::string> traces;
    for (const auto& [trace, cost] : cheapest_)
      if (cost <= preemptions) traces.insert(trace);
    return traces;
  }
  std::size_t ways_within(unsigned preemptions) const {
    std::size_t count = 0;
    for (const auto& [cost, ways] : ways_)
      if (cost <= preemptions) count += ways;
    return count;
  }

 private:
  struct ATask {
    std::string steps;
    std::size_t at = 0;
    enum { starts, resumes, goes_on } turn = starts;  // what its next turn begins with
  };
  struct Ready {
    std::size_t task;
    bool yielded;
  };
  struct State {
    std::vector<ATask> tasks;
    std::vector<Ready> ready;  // oldest first
    std::string trace;
    unsigned preemptions = 0;
    std::size_t left = 0;
    bool root_waits = false;
    bool locked = false;
    std::deque<std::size_t> lockers;
    std::size_t places = 1;
    std::size_t messages = 0;
    std::deque<std::size_t> senders;
    std::optional<std::size_t> receiver;
  };

  static void log(State& state, std::size_t who) { state.trace += static_cast<char>('0' + who); }
  static void wake(State& state, std::size_t who) { state.ready.push_back({who, false}); }

  /// `who` runs, and is before its next step.
  void go_on(State state, std::size_t who) {
    ATask& task = state.tasks[who];
    if (task.at == task.steps.size()) return end(std::move(state), who);
    const char step = task.steps[task.at];
    if (step == 'u') {
      ++task.at;
      state.locked = !state.lockers.empty();
      if (state.locked) {
        wake(state, state.lockers.front());
        state.lockers.pop_front();
      }
      return go_on(std::move(state), who);
    }
    if (step != 'y' && !state.ready.empty()) {
      State preempted = state;
      ++preempted.preemptions;
      preempted.tasks[who].turn = ATask::goes_on;
      preempted.ready.push_back({who, false});
      pick(preempted, who);
    }
    perform(std::move(state), who);
  }

  /// `who` takes its next step.
  void perform(State state, std::size_t who) {
    ATask& task = state.tasks[who];
    bool over = true;
    switch (task.steps[task.at++]) {
      case 'w':
        log(state, who);
        over = state.left == 0;
        state.root_waits = !over;
        break;
      case 'p':
        log(state, who);
        break;
      case 'y':
        log(state, who);
        state.ready.push_back({who, true});
        over = false;
        break;
      case 'l':
        over = !state.locked;
        state.locked = true;
        over ? log(state, who) : state.lockers.push_back(who);
        break;
      case 's':
        over = state.places > 0;
        over ? send(state, who) : state.senders.push_back(who);
        break;
      default:
        over = state.messages > 0;
        if (over)
          receive(state, who);
        else
          state.receiver = who;
    }
    if (over) return go_on(std::move(state), who);
    task.turn = ATask::resumes;
    pick(state, kNobody);
  }

  /// A place is free for the message of `who`.
  static void send(State& state, std::size_t who) {
    --state.places;
    put(state, who);
  }
  static void put(State& state, std::size_t who) {
    ++state.messages;
    log(state, who);
    if (!state.receiver) return;
    wake(state, *state.receiver);
    state.receiver.reset();
  }
  static void receive(State& state, std::size_t who) {
    --state.messages;
    ++state.places;
    if (!state.senders.empty()) {
      --state.places;  // it belongs to the oldest sender
      wake(state, state.senders.front());
      state.senders.pop_front();
    }
    log(state, who);
  }

  void end(State state, std::size_t who) {
    if (who == 0) {
      const auto [place, is_new] = cheapest_.try_emplace(state.trace, state.preemptions);
      if (!is_new) place->second = std::min(place->second, state.preemptions);
      ++ways_[state.preemptions];
      return;
    }
    if (--state.left == 0 && state.root_waits) wake(state, 0);
    pick(state, kNobody);
  }

  /// Somebody but `not_this` runs next. To take one from behind one that yielded is a preemption, as is to take that one
  /// unless it is the oldest. After that no yield counts that was before.
  void pick(const State& state, std::size_t not_this) {
    bool overtakes = false;
    for (std::size_t i = 0; i < state.ready.size(); ++i) {
      const Ready next = state.ready[i];
      if (i > 0 && next.yielded) overtakes = true;
      if (next.task != not_this) {
        State then = state;
        then.ready.erase(then.ready.begin() + static_cast<std::ptrdiff_t>(i));
        if (overtakes) {
          ++then.preemptions;
          for (Ready& other : then.ready) other.yielded = false;
        }
        begin_turn(std::move(then), next.task);
      }
      if (next.yielded) overtakes = true;
    }
  }

  void begin_turn(State state, std::size_t who) {
    const auto turn = state.tasks[who].turn;
    if (turn == ATask::goes_on) return perform(std::move(state), who);
    const ATask& task = state.tasks[who];
    const char waited = turn == ATask::resumes ? task.steps[task.at - 1] : ' ';
    if (waited == 's')
      put(state, who);
    else if (waited == 'r')
      receive(state, who);
    else
      log(state, who);
    go_on(std::move(state), who);
  }

  static constexpr std::size_t kNobody = ~std::size_t{0};
  std::map<std::string, unsigned> cheapest_;
  std::map<unsigned, std::size_t> ways_;
};

void expect_all(const Program& program) {
  SCOPED_TRACE(testing::PrintToString(program));
  const Enumeration enumeration(program);
  const std::string all = std::to_string(enumeration.ways_within(kNoBound));
  const Explored explored = explore(program, kNoBound);
  EXPECT_EQ(explored.report.failure, "");
  EXPECT_EQ(explored.report.coverage, "all " + all + " schedules that there are");
  EXPECT_EQ(explored.traces, enumeration.within(kNoBound));
}

void expect_all_within(const Program& program, unsigned most) {
  SCOPED_TRACE(testing::PrintToString(program));
  const Enumeration enumeration(program);
  for (unsigned preemptions = 0; preemptions <= most; ++preemptions) {
    SCOPED_TRACE(testing::Message() << preemptions << " preemptions");
    const Explored explored = explore(program, preemptions);
    EXPECT_EQ(explored.report.failure, "");
    EXPECT_EQ(
        explored.report.coverage.find("all " + std::to_string(enumeration.ways_within(preemptions)) + " "),
        0U)
        << explored.report.coverage << ", not " << enumeration.ways_within(preemptions);
    EXPECT_EQ(explored.traces, enumeration.within(preemptions));
  }
}

TEST(ExploreAll, TheEnumerationCountsInterleavings) {
  // Task 0 starts, then tasks of one and of two steps run, before and after it begins to wait.
  const Enumeration two({"", ""});
  EXPECT_EQ(two.within(0), (std::set<std::string>{"00120", "00210"}));
  EXPECT_EQ(two.within(1), (std::set<std::string>{"00120", "00210", "01020", "0120", "02010", "0210"}));
}

TEST(ExploreAll, EachInterleavingOfTasksThatNeverWaitIsPlayedOnce) {
  for (const Program& program :
       std::vector<Program>{{"p"}, {"p", "p"}, {"pp", "p"}, {"ppp", "pp"}, {"p", "p", "p"}})
    expect_all(program);
}

TEST(ExploreAll, EachInterleavingOfTasksThatYieldIsPlayedOnce) {
  for (const Program& program :
       std::vector<Program>{{"y"}, {"y", "y"}, {"yp", "y"}, {"py", "yp"}, {"y", "y", "p"}})
    expect_all(program);
}

TEST(ExploreAll, EachOrderOfAMutexIsPlayed) {
  for (const Program& program :
       std::vector<Program>{{"lu", "lu"}, {"lpu", "lu"}, {"lulu", "lu"}, {"lu", "lu", "lu"}, {"lyu", "lu"}})
    expect_all(program);
}

TEST(ExploreAll, EachOrderOfAChannelIsPlayed) {
  for (const Program& program :
       std::vector<Program>{{"s", "r"}, {"ss", "rr"}, {"s", "s", "rr"}, {"sps", "rpr"}})
    expect_all(program);
}

TEST(ExploreAll, ABoundPlaysAllThatNeedNoMorePreemptions) {
  for (const Program& program : std::vector<Program>{
           {"pp", "pp"}, {"p", "p", "p"}, {"lpu", "lu"}, {"ss", "rr"}, {"yp", "py"}, {"y", "p", "y"}})
    expect_all_within(program, 4);
}

}  // namespace
}  // namespace corokit
