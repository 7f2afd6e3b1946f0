#include "verdict/verdict.hpp"

#include <algorithm>
#include <cassert>

namespace corokit::moulinette {
namespace {

Verdict verdict_of(const Graded& graded) {
  const auto interrupted = [](const TestResult& result) {
    return result.run.outcome == Outcome::interrupted;
  };
  if (std::ranges::any_of(graded.tests, interrupted)) return Verdict::interrupted;
  if (!graded.norm.findings.empty()) return Verdict::refused;
  return graded.score >= graded.pass ? Verdict::passed : Verdict::failed;
}

/// Returns: the first line of a compiler's or linker's output that is an error.
std::string first_error(const std::string& message) {
  const std::size_t found = std::min(message.find("error: "), message.find("undefined reference to "));
  if (found == std::string::npos) return message.substr(0, message.find('\n'));
  return message.substr(found, message.find('\n', found) - found);
}

}  // namespace

std::string_view word(Verdict verdict) noexcept {
  switch (verdict) {
    case Verdict::passed:
      return "passed";
    case Verdict::failed:
      return "failed";
    case Verdict::refused:
      return "refused";
    case Verdict::did_not_compile:
      return "did_not_compile";
    case Verdict::interrupted:
      return "interrupted";
  }
  return "unknown";
}

std::string_view word(SecondLook::Outcome outcome) noexcept {
  switch (outcome) {
    case SecondLook::Outcome::clean:
      return "clean";
    case SecondLook::Outcome::found:
      return "found";
    case SecondLook::Outcome::not_built:
      return "not_built";
    case SecondLook::Outcome::not_played:
      return "not_played";
  }
  return "unknown";
}

std::string replay_token(const std::string& exercise, const TestRun& run) {
  if (run.outcome == Outcome::passed || !run.seed || run.part.empty()) return "";
  constexpr std::size_t kLongest = 200;  // of the moves; longer ones are found again
  const bool is_short =
      run.replayed && run.replayed->outcome == run.outcome && run.replayed->moves.size() <= kLongest;
  return ReplayToken{exercise, run.part, *run.seed, is_short ? run.replayed->moves : ""}.text();
}

std::string_view TestResult::broken_part() const noexcept {
  if (run.outcome == Outcome::passed) return "";
  return run.part.empty() ? test.name : run.part;
}

const TestResult* Graded::find(std::string_view test_or_part) const noexcept {
  const auto found = std::ranges::find_if(
      tests, [test_or_part](const auto& result) { return result.test.has(test_or_part); });
  return found == tests.end() ? nullptr : &*found;
}

Graded score(const Spec& spec, std::string implementation, std::vector<TestRun> runs, NormRead norm) {
  assert(runs.size() == spec.tests.size());
  Graded graded{.exercise = spec.exercise,
                .implementation = std::move(implementation),
                .max_score = spec.max_score(),
                .pass = spec.pass,
                .seed = 1,
                .tests = {},
                .norm = std::move(norm),
                .compiler = {}};
  for (std::size_t i = 0; i < runs.size(); ++i) {
    const bool earned = runs[i].outcome == Outcome::passed && graded.norm.findings.empty();
    graded.tests.push_back({spec.tests[i], earned ? spec.tests[i].points : 0, std::move(runs[i])});
    graded.score += graded.tests.back().points;
  }
  graded.verdict = verdict_of(graded);
  return graded;
}

Graded refused(const Spec& spec, std::string implementation, NormRead norm) {
  TestRun run;
  run.outcome = Outcome::refused;
  return score(spec, std::move(implementation), std::vector(spec.tests.size(), run), std::move(norm));
}

Graded not_compiled(const Spec& spec, std::string implementation, std::string compiler_message) {
  TestRun run;
  run.outcome = Outcome::did_not_compile;
  run.message = first_error(compiler_message);
  Graded graded = score(spec, std::move(implementation), std::vector(spec.tests.size(), run), {});
  graded.verdict = Verdict::did_not_compile;
  graded.compiler = std::move(compiler_message);
  return graded;
}

}  // namespace corokit::moulinette
