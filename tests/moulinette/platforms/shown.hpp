#pragma once
#include "output/language.hpp"

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace corokit::moulinette {

/// How a report for a platform is written.
struct PlatformOptions {
  Language language = Language::english;
  bool release = false;   // the messages of hidden tests are shown as those of others
  std::string time = {};  // when it was graded, "2026-01-31T12:00:00", for JUnit; empty: that is not known
};

/// A test of a graded implementation, in words for its student. All texts are plain, but for `output`.
struct ShownTest {
  std::string name;
  std::string what;     // it checks
  std::string outcome;  // as report.schema.json has it
  std::string message;  // a line; empty if it passed
  std::string details;  // what else there is to know, in lines
  std::string output;   // what the solution printed, with whatever is in it
  int points = 0;
  int max_points = 0;
  bool visible = true;

  bool passed() const { return outcome == "passed"; }
  /// Whether it did not get so far as to be wrong: it crashed, hung, or was never run.
  bool is_error() const { return !passed() && outcome != "failed"; }
  /// Returns: message, details and output, in lines.
  std::string text(Language language) const;
};

/// Returns: the tests of a graded implementation. `with_hidden`: with the messages of hidden tests as well.
std::vector<ShownTest> shown_tests(const nlohmann::ordered_json& graded, Language language, bool with_hidden);

/// Returns: what there is to say of the whole, in lines: the score, and what the compiler and the norm say. Without the
///   hidden tests the score is that of the others, since the total would tell how they ended.
std::string shown_summary(const nlohmann::ordered_json& graded, Language language, bool with_hidden);

/// Returns: the points that count: those of the tests, but for what the late rule of a class takes.
int counted_score(const nlohmann::ordered_json& graded);

/// Returns: what kept the tests from being run: what the compiler or the norm says; empty if they were run.
std::string why_not_run(const nlohmann::ordered_json& graded, Language language);

}  // namespace corokit::moulinette
