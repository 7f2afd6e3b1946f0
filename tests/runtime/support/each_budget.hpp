#pragma once
// Plays a program with budgets of all sizes: what happens in it must not depend on them.
#include <corokit/yield.hpp>

#include <gtest/gtest.h>
#include <functional>
#include <string>
#include <utility>

#include "manual_executor.hpp"

namespace corokit::test {

inline constexpr int kEndless = 1'000'000;
inline constexpr int kBudgets = 12;  // more than any of the programs needs

/// Runs `program` with a budget of `each_turn`, of which `spent` are gone when it begins.
inline std::string outcome_of(Task<std::string> program, int each_turn, int spent) {
  const auto run = [](Task<std::string> task, int units, std::string& outcome) -> Task<void> {
    for (; units > 0; --units) co_await consume_budget();
    outcome = co_await std::move(task);
  };
  std::string outcome = "it did not end";
  ManualExecutor executor;
  executor.set_budget(each_turn);
  auto handle = detail::spawn_on(executor, run(std::move(program), spent, outcome));
  executor.run_all();
  return outcome;
}

/// `make_program()` gives a program, whose result says what happened in it.
inline void does_the_same_at_each_budget(const std::string& name,
                                         const std::function<Task<std::string>()>& make_program) {
  const std::string expected = outcome_of(make_program(), kEndless, 0);
  EXPECT_NE(expected, "it did not end") << name;
  for (int budget = 1; budget <= kBudgets; ++budget) {
    EXPECT_EQ(outcome_of(make_program(), budget, 0), expected) << name << ", budget " << budget;
    EXPECT_EQ(outcome_of(make_program(), budget, budget), expected)
        << name << ", with a spent budget of " << budget;
  }
}

}  // namespace corokit::test
