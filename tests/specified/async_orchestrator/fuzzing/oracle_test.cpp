#include "fuzzing/oracle.hpp"

#include "check.hpp"
#include "fuzzing/generator.hpp"
#include "fuzzing/testing/legal_behaviour.hpp"

#include <gtest/gtest.h>
#include <chrono>
#include <random>
#include <set>

namespace corokit::specified::fuzzing {
namespace {

using namespace std::chrono_literals;
using Kind = OrchestratorError::Kind;

constexpr PlannedTask works(Duration work) {
  return {.work = work};
}
constexpr PlannedTask throws(Duration work) {
  return {.work = work, .answers = Answers::exception};
}
constexpr PlannedTask listens(Duration work, Duration clean_up) {
  return {.work = work, .listens = true, .clean_up = clean_up};
}

Scenario one_run(int limit, std::vector<PlannedTask> tasks, Duration timeout = 10s) {
  return {.limit = limit, .runs = {{.tasks = std::move(tasks), .timeout = timeout}}};
}

Scenario cancelled_at(Duration time, Scenario scenario) {
  scenario.cancel = time;
  return scenario;
}

/// Such as "[1,0] at 30 ms".
std::string summary(const SeenRun& run) {
  if (!run.returned) return "dropped";
  static constexpr const char* kNames[] = {"timeout", "cancelled", "task_failed"};
  std::string text;
  if (*run.results) {
    for (const TaskResult& result : **run.results)
      text += (text.empty() ? "" : ",") + std::to_string(result.task_id);
    text = "[" + text + "]";
  } else {
    text = kNames[static_cast<int>(run.results->error().kind)];
  }
  return text + " " + at(run.returned.time);
}

std::string complaints(const Scenario& scenario, const Seen& seen) {
  std::string text;
  for (const Finding& finding : judge(scenario, seen))
    text += finding.what + ": expected " + finding.expected + ", got " + finding.got + "\n";
  return text;
}

using Legal = std::set<std::string>;

/// Returns: all that the contract allows in a scenario. The oracle must accept each of them.
Legal legal(const Scenario& scenario) {
  Legal answers;
  for_each_behaviour(scenario, [&](const Seen& seen) {
    std::string text;
    for (const SeenRun& run : seen.runs) text += (text.empty() ? "" : "; ") + summary(run);
    answers.insert(text);
    EXPECT_EQ(complaints(scenario, seen), "") << in_words(scenario) << "\n" << text;
  });
  return answers;
}

TEST(FuzzingOracle, OneRunHasItsResultsInTheOrderOfCompletion) {
  EXPECT_EQ(legal(one_run(2, {works(60ms), works(20ms), works(20ms)})), Legal{"[1,2,0] at 60 ms"});
  EXPECT_EQ(legal(one_run(1, {works(10ms), works(0ms), works(0ms)})), Legal{"[0,1,2] at 10 ms"});
  EXPECT_EQ(legal(one_run(2, {works(10ms), works(10ms)})), (Legal{"[0,1] at 10 ms", "[1,0] at 10 ms"}));
  EXPECT_EQ(legal(one_run(3, {})), Legal{"[] at 0 ms"});
}

TEST(FuzzingOracle, ATimeoutInTheMomentOfTheLastCompletionMayComeFirst) {
  EXPECT_EQ(legal(one_run(1, {works(50ms)}, 40ms)), Legal{"timeout at 40 ms"});
  EXPECT_EQ(legal(one_run(1, {works(50ms)}, 50ms)), (Legal{"timeout at 50 ms", "[0] at 50 ms"}));
  EXPECT_EQ(legal(one_run(1, {works(50ms)}, 60ms)), Legal{"[0] at 50 ms"});
}

TEST(FuzzingOracle, AnExceptionEndsTheRun) {
  EXPECT_EQ(legal(one_run(2, {works(50ms), throws(20ms)})), Legal{"task_failed at 20 ms"});
  EXPECT_EQ(legal(one_run(2, {works(20ms), throws(20ms)})), Legal{"task_failed at 20 ms"});
  EXPECT_EQ(legal(one_run(1, {throws(20ms)}, 20ms)), (Legal{"task_failed at 20 ms", "timeout at 20 ms"}));
}

TEST(FuzzingOracle, ACancelledRunEndsWithItsLastStartedTask) {
  EXPECT_EQ(legal(cancelled_at(10ms, one_run(1, {works(30ms), works(30ms)}))), Legal{"cancelled at 30 ms"});
  EXPECT_EQ(legal(cancelled_at(10ms, one_run(1, {listens(30ms, 5ms), works(30ms)}))),
            Legal{"cancelled at 15 ms"});
  EXPECT_EQ(legal(cancelled_at(10ms, one_run(2, {throws(30ms), works(50ms)}))), Legal{"cancelled at 50 ms"});
  EXPECT_EQ(legal(cancelled_at(40ms, one_run(1, {works(30ms)}))), Legal{"[0] at 30 ms"});
}

TEST(FuzzingOracle, ACancelledRunThatReachesItsTimeoutMaySayEither) {
  EXPECT_EQ(legal(cancelled_at(10ms, one_run(1, {works(30ms)}, 20ms))),
            (Legal{"cancelled at 20 ms", "timeout at 20 ms"}));
}

TEST(FuzzingOracle, ACancellationInTheMomentOfTheLastCompletionMayComeFirst) {
  EXPECT_EQ(legal(cancelled_at(30ms, one_run(1, {works(30ms)}))),
            (Legal{"cancelled at 30 ms", "[0] at 30 ms"}));
  EXPECT_EQ(legal(cancelled_at(20ms, one_run(2, {throws(20ms), works(30ms)}))),
            (Legal{"cancelled at 30 ms", "task_failed at 20 ms"}));
}

TEST(FuzzingOracle, RunsOnCopiesShareTheLimit) {
  Scenario scenario = one_run(1, {works(20ms), works(20ms)});
  scenario.runs.push_back({.tasks = {works(10ms)}, .timeout = 10s, .begin = 10ms});
  EXPECT_EQ(legal(scenario), (Legal{"[0,1] at 40 ms; [0] at 50 ms", "[0,1] at 50 ms; [0] at 30 ms"}));
  scenario.shares = false;
  EXPECT_EQ(legal(scenario), Legal{"[0,1] at 40 ms; [0] at 20 ms"});
}

TEST(FuzzingOracle, ARunThatWaitsNoticesACancellationAtOnceOrAtACompletion) {
  Scenario scenario = cancelled_at(10ms, one_run(1, {works(20ms)}));
  scenario.runs.push_back({.tasks = {works(10ms)}, .timeout = 10s, .begin = 5ms});
  EXPECT_EQ(legal(scenario),
            (Legal{"cancelled at 20 ms; cancelled at 10 ms", "cancelled at 20 ms; cancelled at 20 ms"}));
  scenario.runs[1].begin = 15ms;
  EXPECT_EQ(legal(scenario),
            (Legal{"cancelled at 20 ms; cancelled at 15 ms", "cancelled at 20 ms; cancelled at 20 ms"}));
}

TEST(FuzzingOracle, ADroppedRunGivesItsPermitsToOthers) {
  Scenario scenario = one_run(1, {works(100ms), works(100ms)});
  scenario.runs[0].dropped = 30ms;
  scenario.runs.push_back({.tasks = {works(10ms)}, .timeout = 10s, .begin = 10ms});
  EXPECT_EQ(legal(scenario), Legal{"dropped; [0] at 40 ms"});
}

constexpr Ranges kRanges{.tasks = {0, 12},
                         .limit = {1, 4},
                         .duration_ms = {0, 40},
                         .clean_up_ms = {0, 20},
                         .timeout_ms = {1, 1000},
                         .begin_ms = {0, 40},
                         .cancel_ms = {0, 60}};

class Drawn {
 public:
  explicit Drawn(std::uint64_t seed) : rng_(seed) {}
  std::size_t operator()(std::size_t bound) { return rng_() % bound; }

 private:
  std::mt19937_64 rng_;
};

TEST(FuzzingOracle, AcceptsRandomLegalBehaviours) {
  for (std::uint64_t seed = 1; seed <= 6'000; ++seed) {
    Drawn drawn(seed);
    const Generator generator(kRanges, static_cast<Promise>(seed % kPromises));
    const Scenario scenario = generator.make(std::ref(drawn));
    const Seen seen = behave(scenario, std::ref(drawn));
    ASSERT_EQ(complaints(scenario, seen), "") << "seed " << seed << ": " << in_words(scenario);
  }
}

/// A behaviour with one mistake, and what the oracle says of it.
struct Mistake {
  const char* what;
  Promise promise;
  Scenario scenario;
  std::function<void(Seen&)> make;
};

Seen plain(const Scenario& scenario) {
  return behave(scenario, [](std::size_t) { return std::size_t{0}; });
}

TEST(FuzzingOracle, FindsEachKindOfMistake) {
  const Scenario three = one_run(2, {works(30ms), works(20ms), works(20ms)});
  const Scenario cut = one_run(1, {works(30ms), works(30ms)}, 40ms);
  const Scenario asked = cancelled_at(10ms, one_run(1, {listens(30ms, 5ms), works(10ms)}));
  const auto tasks = [](Seen& seen) -> std::vector<SeenTask>& { return seen.runs[0].tasks; };
  const std::vector<Mistake> mistakes{
      {"a permit is free, and the next task does not start", Promise::limit, three,
       [&](Seen& seen) { tasks(seen)[2].started.time += 1ms; }},
      {"more tasks run at once than the limit allows", Promise::limit, three,
       [&](Seen& seen) { tasks(seen)[2].started.order = tasks(seen)[1].started.order; }},
      {"a task is not called once, with its place", Promise::results, three,
       [&](Seen& seen) { tasks(seen)[1].id = 0; }},
      {"a task ends too late", Promise::results, three, [&](Seen& seen) { tasks(seen)[0].gone.time += 5ms; }},
      {"there is not one result for each task", Promise::results, three,
       [](Seen& seen) { (*seen.runs[0].results)->pop_back(); }},
      {"a result is not what the task answered", Promise::results, three,
       [](Seen& seen) { (**seen.runs[0].results)[0].result = "agent"; }},
      {"duration_ms does not count from the permit to the end", Promise::order, three,
       [](Seen& seen) { (**seen.runs[0].results)[2].duration_ms = 40; }},
      {"results are not in the order of completion", Promise::order, three,
       [](Seen& seen) { std::swap((**seen.runs[0].results)[0], (**seen.runs[0].results)[2]); }},
      {"a run does not end as it should", Promise::results, three,
       [](Seen& seen) { seen.runs[0].returned.time += 1ms; }},
      {"a run does not end as it should", Promise::timeout, cut,
       [](Seen& seen) { seen.runs[0].results = std::vector<TaskResult>{}; }},
      {"a task still runs when its run has returned", Promise::timeout, cut,
       [&](Seen& seen) { tasks(seen)[1].gone = Moment(); }},
      {"a task starts after cancel()", Promise::cancellation, asked,
       [&](Seen& seen) {
         tasks(seen)[1].started = {15ms, 20};
       }},
      {"a started task does not see its token cancelled at once", Promise::cancellation, asked,
       [&](Seen& seen) { tasks(seen)[0].told = Moment(); }},
      {"a task is dropped before it has finished", Promise::shutdown, asked,
       [&](Seen& seen) { tasks(seen)[0].gone.time = 12ms; }},
      {"a run does not end as it should", Promise::shutdown, asked,
       [](Seen& seen) { seen.runs[0].returned.time = 12ms; }},
  };
  for (const Mistake& mistake : mistakes) {
    Seen seen = plain(mistake.scenario);
    ASSERT_EQ(complaints(mistake.scenario, seen), "");
    mistake.make(seen);
    const auto found = judge(mistake.scenario, seen);
    const bool is_found = std::ranges::any_of(found, [&](const Finding& finding) {
      return finding.what == mistake.what && finding.promise == mistake.promise;
    });
    EXPECT_TRUE(is_found) << mistake.what << "\n" << complaints(mistake.scenario, seen);
  }
}

}  // namespace
}  // namespace corokit::specified::fuzzing
