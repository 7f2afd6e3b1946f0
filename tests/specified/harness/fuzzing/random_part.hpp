#pragma once
// How a part of a test plays random scenarios. An exercise has, beside its enumeration of promises: `generator(promise)`,
// which makes scenarios about one of them; in_words(scenario); play(check, scenario, seen), which notes in a Seen what
// happens; and judge(scenario, seen), which returns the promises that were broken, each with its promise, what, expected
// and got.
#include "check.hpp"

#include <algorithm>
#include <functional>

namespace corokit::specified::fuzzing {

template <auto kPromise, class Scenario, class Seen>
Task<void> play_and_judge(Check& check, Scenario& scenario, Seen& seen) {
  const std::string in_short = in_words(scenario);
  co_await play(check, scenario, seen);
  for (const auto& finding : judge(scenario, seen))
    if (finding.promise == kPromise)
      check.fail(finding.what + ": " + in_short + "; expected: " + finding.expected +
                 "; got: " + finding.got);
}

/// Plays one scenario about a promise, and reports if it was broken. The schedule decides which scenario.
template <auto kPromise, class Seen>
void fuzz(Check& check) {
  if (check.seed() == 0) return;  // on threads nothing happens at an exact time
  auto scenario = generator(kPromise).make([&check](std::size_t bound) { return check.choose(bound); });
  Seen seen;
  check.run(play_and_judge<kPromise>(check, scenario, seen));
}

/// See Simplify.
template <auto kPromise>
bool simplify(Values& numbers, const std::function<bool(const Values&)>& fails) {
  const auto& from = generator(kPromise);
  std::size_t next = 0;
  auto scenario = from.make([&](std::size_t bound) {
    const std::size_t number = next < numbers.size() ? numbers[next] : 0;
    ++next;
    return std::min(number, bound - 1);
  });
  const bool is_simpler =
      from.simplify(scenario, [&](const auto& simpler) { return fails(from.numbers_of(simpler)); });
  if (is_simpler) numbers = from.numbers_of(scenario);
  return is_simpler;
}

}  // namespace corokit::specified::fuzzing
