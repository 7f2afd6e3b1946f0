// Scenarios that nobody has thought of: random runs, played in virtual time under random schedules, and judged by an oracle.
// Each test has a part here, which draws more of what the test is about, and reports what the test promises.
#include "fuzzing/generator.hpp"
#include "fuzzing/oracle.hpp"
#include "fuzzing/play.hpp"

#include <corokit/simulation.hpp>

#include <algorithm>

#include <fuzzing_ranges.hpp>

namespace corokit::specified::fuzzing {
namespace {

static_assert(kPromises * spec::schedules >= spec::iterations,
              "spec.json: more iterations of fuzzing than its parts have schedules");

constexpr Ranges kRanges{spec::tasks,      spec::limit,    spec::duration_ms, spec::clean_up_ms,
                         spec::timeout_ms, spec::begin_ms, spec::cancel_ms};

const Generator& generator(Promise promise) {
  static const auto generators = [] {
    std::vector<Generator> all;
    for (std::size_t i = 0; i < kPromises; ++i) all.emplace_back(kRanges, static_cast<Promise>(i));
    return all;
  }();
  return generators[static_cast<std::size_t>(promise)];
}

Task<void> play_and_judge(Check& check, Scenario& scenario, Seen& seen, Promise promise) {
  const std::string in_short = in_words(scenario);
  co_await play(check, scenario, seen);
  for (const Finding& finding : judge(scenario, seen))
    if (finding.promise == promise)
      check.fail(finding.what + ": " + in_short + "; expected: " + finding.expected +
                 "; got: " + finding.got);
}

void fuzz(Check& check, Promise promise) {
  if (check.seed() == 0) return;  // on threads nothing happens at an exact time
  Scenario scenario = generator(promise).make([&check](std::size_t bound) { return check.choose(bound); });
  Seen seen;
  check.run(play_and_judge(check, scenario, seen, promise));
}

/// See Simplify.
template <Promise kPromise>
bool simplify(Values& numbers, const std::function<bool(const Values&)>& fails) {
  const Generator& from = generator(kPromise);
  std::size_t next = 0;
  Scenario scenario = from.make([&](std::size_t bound) {
    const std::size_t number = next < numbers.size() ? numbers[next] : 0;
    ++next;
    return std::min(number, bound - 1);
  });
  const bool is_simpler =
      from.simplify(scenario, [&](const Scenario& simpler) { return fails(from.numbers_of(simpler)); });
  if (is_simpler) numbers = from.numbers_of(scenario);
  return is_simpler;
}

}  // namespace

COROKIT_SPECIFIED_FUZZ(basic_execution, fuzz_execution, simplify<Promise::results>) {
  fuzz(check, Promise::results);
}

COROKIT_SPECIFIED_FUZZ(semaphore_limit, fuzz_limit, simplify<Promise::limit>) {
  fuzz(check, Promise::limit);
}

COROKIT_SPECIFIED_FUZZ(cancellation, fuzz_cancellation, simplify<Promise::cancellation>) {
  fuzz(check, Promise::cancellation);
}

COROKIT_SPECIFIED_FUZZ(timeout, fuzz_timeout, simplify<Promise::timeout>) {
  fuzz(check, Promise::timeout);
}

COROKIT_SPECIFIED_FUZZ(futures_unordered, fuzz_order, simplify<Promise::order>) {
  fuzz(check, Promise::order);
}

COROKIT_SPECIFIED_FUZZ(graceful_shutdown, fuzz_shutdown, simplify<Promise::shutdown>) {
  fuzz(check, Promise::shutdown);
}

}  // namespace corokit::specified::fuzzing
