#include "platforms/junit.hpp"

#include "platforms/conditions.hpp"
#include "platforms/formats.hpp"
#include "platforms/text.hpp"

#include <fmt/format.h>
#include <algorithm>

namespace corokit::moulinette {
namespace {

using Json = nlohmann::ordered_json;

std::ptrdiff_t count(const JunitSuite& suite, JunitCase::Kind kind) {
  return std::ranges::count(suite.cases, kind, &JunitCase::kind);
}

std::string case_xml(const JunitCase& one) {
  std::string xml = fmt::format(R"(    <testcase name="{}" classname="{}" time="0")", xml_attribute(one.name),
                                xml_attribute(one.classname));
  if (one.kind == JunitCase::Kind::passed) return xml + "/>\n";
  const char* element = one.kind == JunitCase::Kind::failure ? "failure" : "error";
  return xml + fmt::format(">\n      <{0} message=\"{1}\" type=\"{2}\">{3}</{0}>\n    </testcase>\n", element,
                           xml_attribute(one.message), xml_attribute(one.type), xml_text(one.text));
}

std::string suite_xml(const JunitSuite& suite, std::size_t id) {
  std::string xml = fmt::format(
      R"(  <testsuite name="{}" package="{}" id="{}" tests="{}" failures="{}" errors="{}" time="{:.3f}" )"
      R"(timestamp="{}" hostname="localhost">)"
      "\n    <properties>\n",
      xml_attribute(suite.name), xml_attribute(suite.package), id, suite.cases.size(),
      count(suite, JunitCase::Kind::failure), count(suite, JunitCase::Kind::error), suite.seconds,
      suite.time.empty() ? "1970-01-01T00:00:00" : suite.time);
  for (const auto& [name, value] : suite.properties)
    xml += fmt::format("      <property name=\"{}\" value=\"{}\"/>\n", xml_attribute(name),
                       xml_attribute(value));
  xml += "    </properties>\n";
  for (const JunitCase& one : suite.cases) xml += case_xml(one);
  return xml + fmt::format("    <system-out>{}</system-out>\n    <system-err></system-err>\n  </testsuite>\n",
                           xml_text(suite.output));
}

/// Returns: an implementation of the roster as a case, which fails if something is not as expected of it.
JunitCase case_of(const Json& implementation) {
  const std::string exercise = implementation.at("exercise");
  JunitCase one{
      .name = implementation.at("implementation"),
      .classname = fmt::format("{}.{}", exercise, implementation.at("roster").at("role").get<std::string>()),
      .type = "not as expected",
      .message = "",
      .text = ""};
  for (const Json& sentence : implementation.at("roster").at("unmet")) {
    if (one.message.empty()) one.message = plain(sentence.get<std::string>());
    one.text += plain(sentence.get<std::string>()) + "\n";
    one.kind = JunitCase::Kind::failure;
  }
  return one;
}

}  // namespace

JunitSuite junit_suite(const Json& graded, const PlatformOptions& options) {
  const std::string exercise = graded.at("exercise");
  const std::string file = graded.at("implementation");
  JunitSuite suite{.name = exercise,
                   .package = exercise,
                   .time = options.time,
                   .seconds = graded.value("seconds", 0.0),
                   .properties = {{"exercise", exercise},
                                  {"implementation", plain(file)},
                                  {"verdict", graded.at("verdict")},
                                  {"score", std::to_string(graded.at("score").get<int>())},
                                  {"max_score", std::to_string(graded.at("max_score").get<int>())},
                                  {"seed", std::to_string(graded.at("seed").get<std::uint64_t>())}},
                   .cases = {},
                   .output = ""};
  const Json under = conditions(graded);
  for (const auto& [name, value] : under.items())
    suite.properties.emplace_back(name, value.is_string() ? value.get<std::string>() : "none");
  const std::string why = why_not_run(graded, options.language);
  for (const ShownTest& test : shown_tests(graded, options.language, options.release)) {
    const auto kind = test.passed()     ? JunitCase::Kind::passed
                      : test.is_error() ? JunitCase::Kind::error
                                        : JunitCase::Kind::failure;
    suite.cases.push_back({.name = test.name,
                           .classname = exercise,
                           .kind = kind,
                           .type = test.outcome,
                           .message = test.message,
                           .text = why.empty() ? test.what + "\n" + test.details : why});
    if (!test.output.empty()) suite.output += fmt::format("{}:\n{}\n", test.name, plain(test.output));
  }
  for (const Json& test : graded.at("tests")) {
    const std::string token = test.at("replay");
    if (!token.empty() && (test.at("visible") || options.release))
      suite.properties.emplace_back("replay." + test.at("name").get<std::string>(), plain(token));
  }
  return suite;
}

std::string junit(const std::vector<JunitSuite>& suites) {
  std::string xml = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n";
  for (std::size_t i = 0; i < suites.size(); ++i) xml += suite_xml(suites[i], i);
  return xml + "</testsuites>\n";
}

std::string junit_of_graded(const Json& graded, const PlatformOptions& options) {
  return junit({junit_suite(graded, options)});
}

std::string junit_of_validated(const Json& validated, const PlatformOptions& options) {
  std::vector<JunitSuite> suites;
  for (const Json& exercise : validated.at("exercises")) {
    const std::string name = exercise.at("exercise");
    JunitSuite suite{.name = name,
                     .package = "validate",
                     .time = options.time,
                     .properties = {{"exercise", name}},
                     .cases = {},
                     .output = ""};
    JunitCase roster{
        .name = "roster", .classname = name, .type = "not as expected", .message = "", .text = ""};
    for (const Json& sentence : exercise.at("unmet")) {
      roster.kind = JunitCase::Kind::failure;
      if (roster.message.empty()) roster.message = plain(sentence.get<std::string>());
      roster.text += plain(sentence.get<std::string>()) + "\n";
    }
    suite.cases.push_back(std::move(roster));
    for (const Json& implementation : validated.at("implementations"))
      if (implementation.at("exercise") == name) suite.cases.push_back(case_of(implementation));
    suites.push_back(std::move(suite));
  }
  return junit(suites);
}

std::string junit_of_mutated(const Json& mutated, const PlatformOptions& options) {
  const std::string exercise = mutated.at("exercise");
  JunitSuite suite{.name = exercise,
                   .package = "mutate",
                   .time = options.time,
                   .properties = {{"exercise", exercise}},
                   .cases = {},
                   .output = ""};
  for (const Json& mutant : mutated.at("mutants")) {
    const std::string fate = mutant.at("fate");
    if (fate != "killed" && fate != "survived" && fate != "equivalent") continue;
    const bool survived = fate == "survived";
    suite.cases.push_back(
        {.name = fmt::format("{}:{} {} (#{})", mutant.at("file").get<std::string>(),
                             mutant.at("line").get<std::size_t>(), mutant.at("operator").get<std::string>(),
                             mutant.at("number").get<std::size_t>()),
         .classname = exercise,
         .kind = survived ? JunitCase::Kind::failure : JunitCase::Kind::passed,
         .type = fate,
         .message = survived ? mutant.at("sentence") : Json(""),
         .text = plain(mutant.at("diff").get<std::string>())});
  }
  return junit({std::move(suite)});
}

}  // namespace corokit::moulinette
