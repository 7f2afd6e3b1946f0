#include "verdict/second_look.hpp"

#include "running/run_messages.hpp"
#include "verdict/candidate.hpp"

#include <algorithm>

namespace corokit::moulinette {
namespace fs = std::filesystem;
namespace {

constexpr std::uint64_t kFewer = 8;  // one schedule of so many is played again

struct Sanitizer {
  const char* name;    // of the check
  const char* option;  // of grade
  CheckPolicy policy;
};

/// Whether the build has made what a solution is linked with.
bool is_built(const Manifest& manifest) {
  const auto is_missing = [](const std::string& argument) {
    std::error_code failed;
    return (argument.ends_with(".o") || argument.ends_with(".a")) && !fs::exists(argument, failed);
  };
  return std::ranges::none_of(manifest.link, is_missing);
}

SecondLook not_built(const Sanitizer& sanitizer, const Session& session) {
  return {.name = sanitizer.name,
          .policy = sanitizer.policy,
          .outcome = SecondLook::Outcome::not_built,
          .message = run_message(
              "nothing is built for it: ./moulinette grade {} {} builds it, which takes some minutes",
              session.spec.exercise, sanitizer.option)};
}

/// Takes what a sanitizer has found into the first verdict.
void take_points(Graded& graded, const TestResult& found) {
  for (TestResult& result : graded.tests) {
    if (result.test.name != found.test.name) continue;
    graded.score -= result.points;
    result.points = 0;
    result.run = found.run;
  }
  graded.verdict = Verdict::failed;
}

/// Returns: the first test that a sanitizer ended; null if there is none.
const TestResult* found_in(const Graded& graded) {
  const auto found = std::ranges::find_if(
      graded.tests, [](const TestResult& result) { return result.run.outcome == Outcome::crashed; });
  return found == graded.tests.end() ? nullptr : &*found;
}

/// Returns: why a second look says nothing; empty if it does.
std::string why_not_played(const Graded& again) {
  if (again.verdict == Verdict::did_not_compile) return run_message("it does not compile with the sanitizer");
  if (!again.norm.findings.empty())
    return run_message("it is refused when it is compiled with the sanitizer");
  for (const TestResult& result : again.tests) {
    if (result.run.outcome == Outcome::passed) continue;
    return run_message("{} {} under the sanitizer, which says nothing of what it looks for: {}",
                       result.test.name, word(result.run.outcome), result.run.message);
  }
  return "";
}

SecondLook look(Graded& graded, Session& session, const fs::path& source, const Sanitizer& sanitizer) {
  const Exercise exercise{session.spec.exercise, session.spec_file(),
                          session.manifest_under(sanitizer.option)};
  std::error_code failed;
  if (!fs::exists(exercise.manifest, failed) || !is_built(load_manifest(exercise.manifest)))
    return not_built(sanitizer, session);
  Session again(exercise, session.output, session.interrupt);
  again.select({.seed = graded.seed, .test = {}, .schedule = {}, .sanitizer = sanitizer.option});
  again.play.count = std::max<std::uint64_t>(1, again.play.count / kFewer);
  const Graded regraded = grade(again, source);
  SecondLook result{
      .name = sanitizer.name, .policy = sanitizer.policy, .outcome = SecondLook::Outcome::clean};
  if (const TestResult* found = found_in(regraded)) {
    result.outcome = SecondLook::Outcome::found;
    result.test = found->test.name;
    result.message = found->run.message;
    if (sanitizer.policy == CheckPolicy::fail) take_points(graded, *found);
  } else if (result.message = why_not_played(regraded); !result.message.empty()) {
    result.outcome = SecondLook::Outcome::not_played;
  }
  return result;
}

}  // namespace

void look_again(Graded& graded, Session& session, const fs::path& source) {
  const bool is_whole =
      graded.verdict == Verdict::passed && graded.score == graded.max_score && !session.is_partial;
  if (!is_whole || session.spec.is_rung || !session.sanitizer.empty()) return;
  for (const Sanitizer& sanitizer : {Sanitizer{"memory", "--asan", session.spec.check_memory},
                                     Sanitizer{"security", "--tsan", session.spec.check_security}}) {
    if (sanitizer.policy == CheckPolicy::off || session.interrupt.requested()) continue;
    graded.second_looks.push_back(look(graded, session, source, sanitizer));
    if (graded.verdict != Verdict::passed) return;
  }
}

}  // namespace corokit::moulinette
