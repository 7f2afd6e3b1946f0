#include "verdict/expectations.hpp"

#include <fmt/format.h>
#include <algorithm>

namespace corokit::moulinette {
namespace {

std::vector<std::string> unmet_by_stub(const Graded& graded) {
  if (graded.score == 0) return {};
  return {fmt::format(
      "the stub scores {} of {}, and must score 0: if it is your solution, use grade; otherwise one "
      "of the tests it passes cannot fail",
      graded.score, graded.max_score)};
}

/// A slow solution is right where it is quick enough, and too slow somewhere.
std::vector<std::string> unmet_by_slow(const Graded& graded) {
  std::vector<std::string> found;
  bool is_slow = false;
  for (const TestResult& result : graded.tests) {
    is_slow = is_slow || result.run.outcome == Outcome::hung;
    if (result.run.outcome == Outcome::passed || result.run.outcome == Outcome::hung) continue;
    found.push_back(fmt::format("{} is slow and right, but {} {}: {}", graded.implementation,
                                result.test.name, word(result.run.outcome), result.run.message));
  }
  if (!is_slow)
    found.push_back(
        fmt::format("{} is slow, and passes with one and a half times the limits: lower cpu_seconds or "
                    "schedule_cpu_seconds, or let "
                    "a test ask for more",
                    graded.implementation));
  return found;
}

std::vector<std::string> unmet_by_right(const Graded& graded) {
  std::vector<std::string> found;
  for (const TestResult& result : graded.tests) {
    if (result.run.outcome == Outcome::passed) continue;
    found.push_back(fmt::format("{} is right, but {} {}: {}", graded.implementation, result.test.name,
                                word(result.run.outcome), result.run.message));
  }
  for (const TestResult& result : graded.tests) {
    if (!result.explored || result.explored->outcome == Outcome::passed) continue;
    found.push_back(fmt::format("{} is right, but {} {} where its schedules are played depth first: {}{}",
                                graded.implementation, result.test.name, word(result.explored->outcome),
                                result.explored->message,
                                result.explored->token.empty() ? "" : " [" + result.explored->token + "]"));
  }
  for (const TestResult& result : graded.tests) {
    if (result.run.coverage.empty() || result.run.exhausted) continue;
    found.push_back(fmt::format("{} is right, but {} is not explored to the end of its bounds: {}",
                                graded.implementation, result.test.name, result.run.coverage));
  }
  for (const NormFinding& finding : graded.norm.findings) {
    found.push_back(fmt::format("{} is right, but breaks the norm: line {}: {} [{}]", graded.implementation,
                                finding.line, finding.symbol, finding.rule));
  }
  return found;
}

/// Returns: whether a test with this outcome kills an implementation as its header expects. If the norm
/// refuses the implementation, it is killed by a failure, a crash, a hang or an early exit.
bool kills(Outcome outcome, Expect expect) noexcept {
  switch (expect) {
    case Expect::wrong:
      return outcome == Outcome::failed;
    case Expect::crash:
      return outcome == Outcome::crashed;
    case Expect::hang:
      return outcome == Outcome::hung;
    case Expect::refused:
      return outcome == Outcome::failed || outcome == Outcome::crashed || outcome == Outcome::hung ||
             outcome == Outcome::exited_early;
  }
  return false;
}

/// Returns: how a part ended, in a rung: the kind of the finding; empty if it passed.
std::string finding_in(const TestRun& run, const std::string& part) {
  const auto broken = std::ranges::find(run.broken, part, &BrokenPart::part);
  return broken == run.broken.end() ? "" : broken->finding;
}

/// Returns: what is not as a mutant of a rung claims: in a rung, all parts are played.
std::string unmet_claim_in_rung(const WrongHeader& header, const Graded& graded, const std::string& claim) {
  const std::string found = finding_in(graded.find(claim)->run, claim);
  if (found == header.finding) return "";
  if (found.empty())
    return fmt::format("{} survives {}, which claims to kill it", graded.implementation, claim);
  return fmt::format("{} expects \"{}\" of {}, but {}", graded.implementation, header.finding, claim, found);
}

std::string unmet_claim(const WrongHeader& header, const Graded& graded, const std::string& claim) {
  if (!header.finding.empty()) return unmet_claim_in_rung(header, graded, claim);
  const TestResult& result = *graded.find(claim);
  const TestRun& run = result.run;
  if (run.outcome == Outcome::passed) {
    return fmt::format("{} survives {}, which claims to kill it", graded.implementation, claim);
  }
  if (result.test.name != claim && result.broken_part() != claim) {
    return fmt::format("{} says that {} kills it, and {} did before: {}", graded.implementation, claim,
                       result.broken_part(), run.message);
  }
  if (!kills(run.outcome, header.expect)) {
    return fmt::format("{} expects \"{}\" of {}, but {}: {}", graded.implementation, word(header.expect),
                       result.test.name, word(run.outcome), run.message);
  }
  const std::string_view where = run.seed ? "simulation" : "thread pool";
  if (header.expect != Expect::refused && header.under != where) {
    return fmt::format("{} says that {} kills it under {}, and it died under {}", graded.implementation,
                       result.test.name, header.under, where);
  }
  return "";
}

std::vector<std::string> unmet_by_wrong(const WrongHeader& header, const Graded& graded) {
  std::vector<std::string> found;
  for (const std::string& test : header.killed_by) {
    std::string sentence = unmet_claim(header, graded, test);
    if (!sentence.empty()) found.push_back(std::move(sentence));
  }
  if (header.expect == Expect::refused && graded.norm.findings.empty()) {
    found.push_back(fmt::format("{} expects to be refused, and keeps to the norm", graded.implementation));
  }
  if (header.expect != Expect::refused && !graded.norm.findings.empty()) {
    found.push_back(fmt::format("{} breaks the norm besides its one mistake: {}", graded.implementation,
                                graded.norm.findings.front().symbol));
  }
  return found;
}

}  // namespace

std::vector<std::string> unmet(Role role, const WrongHeader& header, const Graded& graded) {
  if (graded.verdict == Verdict::did_not_compile) {
    return {fmt::format("{} does not compile: {}", graded.implementation, graded.tests.front().run.message)};
  }
  if (graded.verdict == Verdict::interrupted)
    return {fmt::format("{} was interrupted", graded.implementation)};
  if (role == Role::stub) return unmet_by_stub(graded);
  if (role == Role::slow) return unmet_by_slow(graded);
  return is_wrong(role) ? unmet_by_wrong(header, graded) : unmet_by_right(graded);
}

std::vector<std::string> killers(const WrongHeader& header, const Graded& graded) {
  std::vector<std::string> found;
  if (!graded.norm.findings.empty()) found.emplace_back("the norm");
  for (const std::string& claim : header.killed_by) {
    const TestResult* result = graded.find(claim);
    if (result && !header.finding.empty() && finding_in(result->run, claim) == header.finding) {
      found.push_back(claim);
      continue;
    }
    if (!result || !header.finding.empty() || !kills(result->run.outcome, header.expect)) continue;
    if (claim == result->test.name || claim == result->broken_part()) found.push_back(claim);
  }
  return found;
}

}  // namespace corokit::moulinette
