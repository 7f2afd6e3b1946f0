#pragma once
#include "exercise/spec.hpp"
#include "exercise/wrong_header.hpp"
#include "norm/norm.hpp"
#include "running/explore.hpp"
#include "running/test_run.hpp"
#include "sandbox/sandbox.hpp"

#include <optional>
#include <string>
#include <vector>

namespace corokit::moulinette {

/// One test of one implementation, with its points.
struct TestResult {
  TestSpec test;
  int points = 0;  // at most test.points
  TestRun run;
  std::optional<Explored> explored = {};  // of a right implementation that validate looks at

  /// Returns: the part that the test did not pass, its own name for the first one; empty if it passed.
  std::string_view broken_part() const noexcept;
};

/// Returns: what names the schedule of a test that failed in simulation, made short if it was; empty for others.
std::string replay_token(const std::string& exercise, const TestRun& run);

enum class Verdict { passed, failed, refused, did_not_compile, interrupted };
std::string_view word(Verdict verdict) noexcept;

/// What a sanitizer says of a solution that has all points.
struct SecondLook {
  enum class Outcome { clean, found, not_built, not_played };
  std::string name;  // what it looks for: "memory" or "security"
  CheckPolicy policy = CheckPolicy::off;
  Outcome outcome = Outcome::clean;
  std::string message = {};  // what it has found, or why it says nothing
  std::string test = {};     // in which it found that
};
std::string_view word(SecondLook::Outcome outcome) noexcept;

/// A wrong implementation of the roster that behaves as a solution does.
struct Nearest {
  std::string name;
  WrongHeader header;
};

/// One implementation against all tests of an exercise.
struct Graded {
  std::string exercise;
  std::string implementation;
  Verdict verdict = Verdict::failed;
  int score = 0;
  int max_score = 0;
  int pass = 0;
  std::uint64_t seed = 1;         // of the run
  std::vector<TestResult> tests;  // all tests, in the order of the spec
  NormRead norm;
  std::string
      compiler;  // its output, and the linker's: warnings, and errors if the verdict is did_not_compile
  std::optional<Nearest> nearest = {};  // in a rung; none if none is
  std::vector<SecondLook> second_looks = {};
  std::optional<SandboxLevel> sandbox = {};  // none for what is the kit's own, and ran outside

  bool passed() const noexcept { return verdict == Verdict::passed; }
  /// Returns: the result of the test of this name, or of the one with a part of this name; null if there is none.
  const TestResult* find(std::string_view test_or_part) const noexcept;
};

/// Adds up the points. An implementation that breaks the norm gets none, and the verdict is refused.
///
/// Requires: `runs` has one run for each test of the spec, in the same order.
Graded score(const Spec& spec, std::string implementation, std::vector<TestRun> runs, NormRead norm);

/// Returns: the verdict on an implementation that the norm refuses, so that nothing of it was run.
Graded refused(const Spec& spec, std::string implementation, NormRead norm);

/// Returns: the verdict on an implementation that does not compile.
Graded not_compiled(const Spec& spec, std::string implementation, std::string compiler_message);

}  // namespace corokit::moulinette
