#include "verdict/limits.hpp"

#include <fmt/format.h>
#include <algorithm>
#include <array>
#include <cmath>

namespace corokit::moulinette {
namespace {

using Seconds = std::chrono::duration<double>;

constexpr std::size_t kRuns = 3;
constexpr std::array<std::size_t, 14> kMemories{16,  24,  32,  48,  64,   96,   128,
                                                192, 256, 384, 512, 1024, 2048, 4096};  // MiB

struct Use {
  const char* limit;
  double used;
  double allowed;
};

std::array<Use, 2> uses_of(const TestRun& run, const LimitsSpec& limits) {
  return {{{"cpu_seconds", Seconds(run.processor).count(), Seconds(limits.cpu).count()},
           {"schedule_cpu_seconds", Seconds(run.longest_part).count(), Seconds(limits.schedule).count()}}};
}

void keep_larger(std::vector<LimitUse>& largest, LimitUse use) {
  const auto known = std::ranges::find(largest, use.limit, &LimitUse::limit);
  if (known == largest.end())
    largest.push_back(std::move(use));
  else if (known->used < use.used)
    *known = std::move(use);
}

double median(std::vector<double> values) {
  std::ranges::sort(values);
  return values.empty() ? 0 : values[values.size() / 2];
}

std::vector<Candidate> right_ones(Session& session) {
  std::vector<Candidate> right;
  for (const RosterEntry& entry : session.manifest.roster)
    if (is_right(entry.role)) right.emplace_back(session, entry.name, entry.object, entry.executable);
  return right;
}

/// The medians of the processor times of right solutions, the largest of them.
void measure_time(Session& session, std::vector<LimitUse>& largest) {
  const std::vector<Candidate> right = right_ones(session);
  Jobs jobs;
  std::vector<std::vector<JobResult<TestRun>>> runs;  // for each test of each solution
  for (const Candidate& candidate : right)
    for (std::size_t test = 0; test < session.spec.tests.size(); ++test) {
      runs.emplace_back();
      for (std::size_t i = 0; i < kRuns; ++i) runs.back().push_back(candidate.repeat_test(jobs, test, i));
    }
  run_compilations(jobs, session);  // as many at once as there are cores
  for (std::size_t i = 0; i < runs.size(); ++i) {
    const std::size_t tests = session.spec.tests.size();
    for (const std::size_t limit : {0U, 1U}) {
      std::vector<double> used;
      for (const JobResult<TestRun>& run : runs[i])
        used.push_back(uses_of(run.value_or_default(), session.spec.limits)[limit].used);
      const Use use = uses_of({}, session.spec.limits)[limit];
      keep_larger(largest, {use.limit, median(used), use.allowed,
                            right[i / tests].name() + ", " + session.spec.tests[i % tests].name});
    }
  }
}

bool passes_with(Session& session, std::size_t mebibytes) {
  std::vector<Candidate> right = right_ones(session);
  Jobs jobs;
  std::vector<JobResult<TestRun>> runs;
  for (Candidate& candidate : right) {
    LimitsSpec limits = session.spec.limits;
    limits.memory_bytes = mebibytes << 20U;
    candidate.allow(limits);
    for (std::size_t test = 0; test < session.spec.tests.size(); ++test)
      runs.push_back(candidate.repeat_test(jobs, test, mebibytes));
  }
  run_compilations(jobs, session);
  return std::ranges::all_of(
      runs, [](const JobResult<TestRun>& run) { return run.value_or_default().outcome == Outcome::passed; });
}

LimitUse measure_memory(Session& session) {
  LimitUse use{"memory_mib", 0, static_cast<double>(session.spec.limits.memory_bytes >> 20U),
               "all right solutions"};
  // From above: with too little, a test may take its whole time to end.
  std::size_t enough = 0;
  for (auto size = kMemories.rbegin(); size != kMemories.rend() && !session.interrupt.requested(); ++size) {
    if (static_cast<double>(*size) > use.allowed) continue;
    if (!passes_with(session, *size)) break;
    enough = *size;
  }
  use.used = static_cast<double>(enough);
  return use;
}

LimitUse measure_compilation(Session& session) {
  std::vector<double> times;
  for (std::size_t i = 0; i < kRuns; ++i) {
    Candidate stub(session, "stub", session.file_to_fill_in());
    Jobs jobs;
    stub.add_compilation(jobs);
    run_compilations(jobs, session);
    times.push_back(Seconds(stub.compilation_time()).count());
  }
  return {"compile_seconds", median(times), Seconds(session.spec.limits.compile).count(), "the stub"};
}

}  // namespace

LimitsSpec for_right(LimitsSpec limits) {
  limits.memory_bytes /= kRightTakesAtMost;
  return limits;
}

LimitsSpec for_slow(LimitsSpec limits) {
  limits.cpu = std::chrono::ceil<std::chrono::seconds>(Seconds(limits.cpu) * kSlowTakesAtLeast);
  limits.schedule =
      std::chrono::ceil<std::chrono::milliseconds>(Seconds(limits.schedule) * kSlowTakesAtLeast);
  limits.wall = std::chrono::ceil<std::chrono::seconds>(Seconds(limits.wall) * kSlowTakesAtLeast);
  return limits;
}

std::vector<LimitUse> largest_uses(const std::vector<Graded>& right, const LimitsSpec& limits) {
  std::vector<LimitUse> largest;
  for (const Graded& graded : right)
    for (const TestResult& result : graded.tests)
      for (const Use& use : uses_of(result.run, limits))
        keep_larger(largest,
                    {use.limit, use.used, use.allowed, graded.implementation + ", " + result.test.name});
  return largest;
}

std::vector<Suspect> over_half(const Graded& graded, const LimitsSpec& limits) {
  std::vector<Suspect> suspects;
  for (std::size_t test = 0; test < graded.tests.size(); ++test)
    for (const Use& use : uses_of(graded.tests[test].run, limits))
      if (use.used * kRightTakesAtMost > use.allowed) suspects.push_back({test, use.limit, use.used});
  return suspects;
}

std::vector<std::string> check_uses(const std::vector<Graded>& right,
                                    const std::vector<const Candidate*>& candidates, Session& session) {
  constexpr std::size_t kAgain = 1'000'000;  // a repetition that no other has
  std::vector<std::string> sentences;
  for (std::size_t i = 0; i < right.size(); ++i) {
    for (const Suspect& suspect : over_half(right[i], session.spec.limits)) {
      Jobs jobs;
      const JobResult<TestRun> again = candidates[i]->repeat_test(jobs, suspect.test, kAgain);
      run_tests(jobs, session);  // nothing else runs
      if (!again) continue;
      for (const Use& use : uses_of(*again, session.spec.limits)) {
        const double least = std::min(use.used, suspect.used);
        if (use.limit != suspect.limit || least * kRightTakesAtMost <= use.allowed) continue;
        sentences.push_back(fmt::format(
            "{} is right, but {} takes {:.2f} of the {:g} s of {}: more than half", right[i].implementation,
            session.spec.tests[suspect.test].name, least, use.allowed, use.limit));
      }
    }
  }
  return sentences;
}

std::vector<SuggestedLimit> suggest_limits(Session& session) {
  std::vector<LimitUse> uses;
  measure_time(session, uses);
  uses.push_back(measure_compilation(session));
  uses.push_back(measure_memory(session));
  std::vector<SuggestedLimit> suggested;
  for (LimitUse& use : uses) {
    const auto least = static_cast<std::size_t>(std::ceil(std::max(1.0, use.used * kRightTakesAtMost)));
    suggested.push_back({std::move(use), least});
  }
  return suggested;
}

}  // namespace corokit::moulinette
