#include "fuzzing/generator.hpp"

#include <gtest/gtest.h>
#include <algorithm>
#include <chrono>
#include <random>

#include <fuzzing_ranges.hpp>

namespace corokit::specified::fuzzing {
namespace {

using namespace std::chrono_literals;

constexpr Ranges kRanges{spec::tasks,      spec::limit,    spec::duration_ms, spec::clean_up_ms,
                         spec::timeout_ms, spec::begin_ms, spec::cancel_ms};

Scenario drawn(const Generator& generator, std::uint64_t seed) {
  std::mt19937_64 rng(seed);
  return generator.make([&rng](std::size_t bound) { return rng() % bound; });
}

bool is_within(Duration time, Range milliseconds) {
  return time >= std::chrono::milliseconds(milliseconds.low) &&
         time <= std::chrono::milliseconds(milliseconds.high);
}

void expect_within_ranges(const Scenario& scenario) {
  EXPECT_GE(scenario.limit, spec::limit.low);
  EXPECT_LE(scenario.limit, spec::limit.high);
  EXPECT_TRUE(!scenario.cancel || is_within(*scenario.cancel, spec::cancel_ms));
  for (const PlannedRun& run : scenario.runs) {
    EXPECT_LE(run.tasks.size(), static_cast<std::size_t>(spec::tasks.high));
    EXPECT_TRUE(is_within(run.timeout, spec::timeout_ms)) << run.timeout.count();
    EXPECT_TRUE(is_within(run.begin, spec::begin_ms));
    for (const PlannedTask& task : run.tasks) {
      EXPECT_TRUE(is_within(task.work, spec::duration_ms));
      EXPECT_TRUE(is_within(task.clean_up, spec::clean_up_ms));
    }
  }
}

TEST(FuzzingGenerator, DrawsFromTheRangesOfTheSpec) {
  std::size_t most = 0;
  int cancelled = 0;
  int in_two_runs = 0;
  for (std::uint64_t seed = 1; seed <= 600; ++seed) {
    const Scenario scenario = drawn(Generator(kRanges, static_cast<Promise>(seed % kPromises)), seed);
    expect_within_ranges(scenario);
    most = std::max(most, scenario.runs[0].tasks.size());
    cancelled += scenario.cancel.has_value();
    in_two_runs += scenario.runs.size() == 2;
  }
  EXPECT_GT(most, 90U);
  EXPECT_GT(cancelled, 100);
  EXPECT_GT(in_two_runs, 100);
}

TEST(FuzzingGenerator, FindsTheNumbersOfAScenario) {
  for (std::uint64_t seed = 1; seed <= 600; ++seed) {
    const Generator generator(kRanges, static_cast<Promise>(seed % kPromises));
    const Scenario scenario = drawn(generator, seed);
    const Values numbers = generator.numbers_of(scenario);
    std::size_t next = 0;
    const Scenario again = generator.make([&](std::size_t bound) {
      EXPECT_LT(numbers.at(next), bound);
      return numbers.at(next++);
    });
    EXPECT_EQ(next, numbers.size());
    ASSERT_EQ(in_words(again), in_words(scenario));
  }
}

TEST(FuzzingGenerator, TheSmallestNumbersAreTheSimplestScenario) {
  const Generator generator(kRanges, Promise::results);
  EXPECT_EQ(in_words(generator.make([](std::size_t) { return std::size_t{0}; })),
            "limit 1; no tasks; timeout 10 s");
}

/// Returns: the simplest scenario that still fails.
Scenario simplest(const Generator& generator, Scenario scenario,
                  const std::function<bool(const Scenario&)>& fails, int& tries) {
  const auto counted = [&](const Scenario& simpler) {
    ++tries;
    EXPECT_EQ(simpler, generator.make([numbers = generator.numbers_of(simpler), next = std::size_t{0}](
                                          std::size_t) mutable { return numbers.at(next++); }));
    return fails(simpler);
  };
  while (generator.simplify(scenario, counted)) {
  }
  return scenario;
}

TEST(FuzzingGenerator, MakesAScenarioSimple) {
  // Fails if some task takes longer than 20 ms while the limit is 2 or more.
  const auto fails = [](const Scenario& scenario) {
    return scenario.limit >= 2 && std::ranges::any_of(scenario.runs, [](const PlannedRun& run) {
             return std::ranges::any_of(run.tasks, [](const PlannedTask& task) { return task.work > 20ms; });
           });
  };
  int made_simple = 0;
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    const Generator generator(kRanges, static_cast<Promise>(seed % kPromises));
    const Scenario scenario = drawn(generator, seed);
    if (!fails(scenario)) continue;
    int tries = 0;
    EXPECT_EQ(in_words(simplest(generator, scenario, fails, tries)),
              "limit 2; tasks: #0 30 ms; timeout 10 s");
    EXPECT_LT(tries, 300) << in_words(scenario);
    ++made_simple;
  }
  EXPECT_GT(made_simple, 50);
}

}  // namespace
}  // namespace corokit::specified::fuzzing
