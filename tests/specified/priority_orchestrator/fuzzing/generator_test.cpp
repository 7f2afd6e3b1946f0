#include "fuzzing/generator.hpp"

#include <gtest/gtest.h>
#include <algorithm>
#include <chrono>
#include <random>

#include <fuzzing_ranges.hpp>

namespace corokit::specified::fuzzing {
namespace {

constexpr Ranges kRanges{spec::tasks,       spec::workers,     spec::duration_ms, spec::release_ms,
                         spec::deadline_ms, spec::clean_up_ms, spec::margin_ms,   spec::ageing_step_ms,
                         spec::timeout_ms,  spec::begin_ms,    spec::cancel_ms};

Scenario drawn(const Generator& generator, std::uint64_t seed) {
  std::mt19937_64 rng(seed);
  return generator.make([&rng](std::size_t bound) { return rng() % bound; });
}

bool is_within(Duration time, Range milliseconds) {
  return time >= std::chrono::milliseconds(milliseconds.low) &&
         time <= std::chrono::milliseconds(milliseconds.high);
}

TEST(PriorityFuzzingGenerator, DrawsFromTheRangesOfTheSpec) {
  std::size_t most = 0;
  int late = 0;
  int due = 0;
  for (std::uint64_t seed = 1; seed <= 700; ++seed) {
    const Scenario scenario = drawn(Generator(kRanges, static_cast<Promise>(seed % kPromises)), seed);
    EXPECT_GE(scenario.workers, spec::workers.low);
    EXPECT_LE(scenario.workers, spec::workers.high);
    for (const PlannedRun& run : scenario.runs) {
      most = std::max(most, run.tasks.size());
      EXPECT_GE(run.tasks.size(), 1U);
      EXPECT_TRUE(is_within(run.timeout, spec::timeout_ms));
      for (const PlannedTask& task : run.tasks) {
        EXPECT_TRUE(is_within(task.estimate, spec::duration_ms) && is_within(task.work, spec::duration_ms));
        EXPECT_TRUE(task.priority >= 1 && task.priority <= 10);
        late += task.release > Duration(0) ? 1 : 0;
        due += task.deadline ? 1 : 0;
      }
    }
  }
  EXPECT_EQ(most, static_cast<std::size_t>(spec::tasks.high));
  EXPECT_GT(late, 500);
  EXPECT_GT(due, 500);
}

TEST(PriorityFuzzingGenerator, FindsTheNumbersOfAScenario) {
  for (std::uint64_t seed = 1; seed <= 700; ++seed) {
    const Generator generator(kRanges, static_cast<Promise>(seed % kPromises));
    const Scenario scenario = drawn(generator, seed);
    const Values numbers = generator.numbers_of(scenario);
    std::size_t next = 0;
    EXPECT_EQ(in_words(generator.make([&](std::size_t) { return numbers.at(next++); })), in_words(scenario));
  }
}

TEST(PriorityFuzzingGenerator, MakesAScenarioSimplerThatFails) {
  const Generator generator(kRanges, Promise::giving_way);
  const auto has_late_deadline = [](const Scenario& scenario) {
    return std::ranges::any_of(scenario.runs[0].tasks, [](const PlannedTask& task) {
      return task.deadline && *task.deadline > std::chrono::milliseconds(100);
    });
  };
  std::uint64_t seed = 1;
  while (!has_late_deadline(drawn(generator, seed))) ++seed;
  Scenario scenario = drawn(generator, seed);
  while (generator.simplify(scenario, has_late_deadline)) {
  }
  EXPECT_EQ(in_words(scenario),
            "1 worker; margin 10 ms; tasks: #1 priority 1, 10 ms, due after 120 ms; timeout 10 s");
}

}  // namespace
}  // namespace corokit::specified::fuzzing
