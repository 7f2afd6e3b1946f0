// Scenarios that nobody has thought of: random runs, played in virtual time under random schedules, and judged by an oracle.
// Tests have a part here, which draws more of what the test is about, and reports what the test promises.
#include "fuzzing/generator.hpp"
#include "fuzzing/oracle.hpp"
#include "fuzzing/play.hpp"

#include <fuzzing/random_part.hpp>
#include <fuzzing_ranges.hpp>

namespace corokit::specified::fuzzing {

static_assert(kPromises * spec::schedules >= spec::iterations,
              "spec.json: more iterations of fuzzing than its parts have schedules");

static constexpr Ranges kRanges{spec::tasks,       spec::workers,     spec::duration_ms, spec::release_ms,
                                spec::deadline_ms, spec::clean_up_ms, spec::margin_ms,   spec::ageing_step_ms,
                                spec::timeout_ms,  spec::begin_ms,    spec::cancel_ms};

/// What makes scenarios about a promise.
static const Generator& generator(Promise promise) {
  static const auto generators = [] {
    std::vector<Generator> all;
    for (std::size_t i = 0; i < kPromises; ++i) all.emplace_back(kRanges, static_cast<Promise>(i));
    return all;
  }();
  return generators[static_cast<std::size_t>(promise)];
}

COROKIT_SPECIFIED_FUZZ(priority_order, fuzz_order, simplify<Promise::order>) {
  fuzz<Promise::order, Seen>(check);
}

COROKIT_SPECIFIED_FUZZ(ageing, fuzz_ageing, simplify<Promise::ageing>) {
  fuzz<Promise::ageing, Seen>(check);
}

COROKIT_SPECIFIED_FUZZ(work_stealing, fuzz_stealing, simplify<Promise::stealing>) {
  fuzz<Promise::stealing, Seen>(check);
}

COROKIT_SPECIFIED_FUZZ(deadlines, fuzz_deadlines, simplify<Promise::deadlines>) {
  fuzz<Promise::deadlines, Seen>(check);
}

COROKIT_SPECIFIED_FUZZ(preemption, fuzz_giving_way, simplify<Promise::giving_way>) {
  fuzz<Promise::giving_way, Seen>(check);
}

COROKIT_SPECIFIED_FUZZ(cancellation, fuzz_cancellation, simplify<Promise::cancellation>) {
  fuzz<Promise::cancellation, Seen>(check);
}

COROKIT_SPECIFIED_FUZZ(timeout, fuzz_timeout, simplify<Promise::timeout>) {
  fuzz<Promise::timeout, Seen>(check);
}

}  // namespace corokit::specified::fuzzing
