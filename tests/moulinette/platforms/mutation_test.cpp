#include "report/mutate_report.hpp"
#include "testing/graded_samples.hpp"

namespace corokit::moulinette {
namespace {

using Json = nlohmann::json;

constexpr const char* kSource = "int f(int n) {\n  return n < 1;\n}\n";
constexpr const char* kPatch =
    "--- a/r.cpp\n+++ b/r.cpp\n@@ -1,3 +1,3 @@\n int f(int n) {\n-  return n < 1;\n+  return n <= 1;\n }\n";

/// The rows of validate: a mutant for each way in which one ends.
nlohmann::ordered_json validated() {
  const Spec spec = toy_spec();
  const TestRun passed = run_that(Outcome::passed);
  const auto row = [&](const char* name, Outcome outcome, const char* patch) {
    Row made{
        .role = Role::mutant,
        .header = {.wrong = "It counts </script> wrong.",
                   .plausible = "It looks right.",
                   .killed_by = {"counts"},
                   .under = "simulation"},
        .graded = score(spec, name,
                        {passed, run_that(outcome, outcome == Outcome::passed ? "" : hostile_text())}, {}),
        .unmet = {}};
    made.file = fmt::format("mutants/{}.patch", name);
    made.patch = patch;
    made.source = "r.cpp";
    return made;
  };
  Validated all{.exercise = "toy", .rows = {}, .roster = {}, .unequal = {}};
  all.sources = {{"r.cpp", kSource}, {"refused.cpp", "int g() {\n  lock();\n}\n"}};
  all.rows.push_back(
      {Role::reference, {}, score(spec, "reference", {passed, passed}, {}), {}, "r.cpp", "", "r.cpp"});
  all.rows.push_back(row("fails", Outcome::failed, kPatch));
  all.rows.push_back(row("crashes", Outcome::crashed, kPatch));
  all.rows.push_back(row("hangs", Outcome::hung, kPatch));
  all.rows.push_back(row("survives", Outcome::passed, kPatch));
  all.rows.push_back(
      {Role::refused,
       {.wrong = "It blocks.", .plausible = "", .killed_by = {}, .under = "", .expect = Expect::refused},
       score(spec, "refused", {passed, passed}, {{{"std::mutex", "it blocks", 2}}}),
       {},
       "refused.cpp",
       "",
       "refused.cpp"});
  return to_json(std::vector{all});
}

nlohmann::ordered_json mutated() {
  const auto mutant = [](std::size_t number, const char* fate, const char* reason, Json tests) {
    return Json{
        {"number", number},
        {"file", "r.cpp"},
        {"line", 2},
        {"operator", "boundary"},
        {"sentence", "a boundary"},
        {"key", {{"file", "r.cpp"}, {"operator", "boundary"}, {"line", ""}, {"becomes", ""}, {"after", ""}}},
        {"fate", fate},
        {"reason", reason},
        {"diff", kPatch},
        {"tests", std::move(tests)}};
  };
  const auto ends = [](const char* outcome) {
    return Json{{"outcome", outcome}, {"part", ""}, {"message", "m"}};
  };
  Json all{{"schema_version", 1},
           {"exercise", "toy"},
           {"ok", false},
           {"mistakes", Json::array()},
           {"tests", Json::array()},
           {"counts",
            {{"killed", 1},
             {"survived", 1},
             {"equivalent", 1},
             {"did_not_compile", 1},
             {"duplicate", 1},
             {"not_played", 1}}},
           {"sources", {{"r.cpp", kSource}}}};
  all["mutants"] = {mutant(1, "killed", "", {{"adds", ends("passed")}, {"counts", ends("crashed")}}),
                    mutant(2, "survived", "", {{"adds", ends("passed")}, {"counts", ends("passed")}}),
                    mutant(3, "equivalent", "nobody can see it", Json::object()),
                    mutant(4, "did_not_compile", "error: no", Json::object()),
                    mutant(5, "duplicate", "#1", Json::object()),
                    mutant(6, "not_played", "", Json::object())};
  return nlohmann::ordered_json::parse(all.dump());
}

Json mutant(const Json& report, const std::string& file, const std::string& id) {
  for (const Json& one : report.at("files").at(file).at("mutants"))
    if (one.at("id") == id) return one;
  throw std::invalid_argument(id);
}

TEST(Mutation, IsMadeOfValidReports) {
  const auto parsed = [](const nlohmann::ordered_json& report) {
    return Json::parse(report.dump(-1, ' ', false, Json::error_handler_t::replace));
  };
  EXPECT_EQ(report_violations(parsed(validated()), ReportKind::validated, "r"), std::vector<std::string>{});
  EXPECT_EQ(report_violations(parsed(mutated()), ReportKind::mutated, "r"), std::vector<std::string>{});
}

TEST(Mutation, IsValidByItsSchema) {
  if (!has_packages()) GTEST_SKIP() << "tests/moulinette/platforms/fetch_packages fetches the schema";
  const char* schema = NPM "/mutation-testing-report-schema/dist/src/mutation-testing-report-schema.json";
  for (const auto& report : {validated(), mutated()}) {
    const std::string text = report_of("mutation", report);
    expect_clean(text);
    expect_valid(Json::parse(text), schema);
  }
}

TEST(Mutation, AWrittenMutantIsAChangeOfItsRightProgram) {
  const Json report = Json::parse(report_of("mutation", validated()));
  EXPECT_EQ(report["files"]["r.cpp"]["source"], kSource);
  const Json fails = mutant(report, "r.cpp", "toy/fails");
  EXPECT_EQ(fails["mutatorName"], "fails");
  EXPECT_EQ(fails["replacement"], "return n <= 1;");
  EXPECT_EQ(fails["location"],
            (Json{{"start", {{"line", 2}, {"column", 3}}}, {"end", {{"line", 2}, {"column", 16}}}}));
  EXPECT_EQ(fails["status"], "Killed");
  EXPECT_EQ(fails["killedBy"], Json{"toy/counts"});
  EXPECT_EQ(fails["coveredBy"], (Json{"toy/adds", "toy/counts"}));
  EXPECT_EQ(report["testFiles"]["exercises/toy/spec.json"]["tests"][1]["id"], "toy/counts");
}

TEST(Mutation, ACrashIsAKillAndAHangATimeout) {
  const Json report = Json::parse(report_of("mutation", validated()));
  const Json crashes = mutant(report, "r.cpp", "toy/crashes");
  EXPECT_EQ(crashes["status"], "Killed");
  EXPECT_TRUE(crashes["statusReason"].get<std::string>().starts_with("counts: crashed: "));
  EXPECT_EQ(mutant(report, "r.cpp", "toy/hangs")["status"], "Timeout");
  const Json survives = mutant(report, "r.cpp", "toy/survives");
  EXPECT_EQ(survives["status"], "Survived");
  EXPECT_FALSE(survives.contains("killedBy"));
}

TEST(Mutation, AWholeFileIsKilledByTheNorm) {
  const Json report = Json::parse(report_of("mutation", validated()));
  const Json refused = mutant(report, "refused.cpp", "toy/refused");
  EXPECT_EQ(refused["status"], "Killed");
  EXPECT_EQ(refused["killedBy"], Json{"toy/norm"});
  EXPECT_EQ(refused["statusReason"], "the norm: refused: std::mutex");
  EXPECT_EQ(refused["location"]["end"], (Json{{"line", 3}, {"column", 2}}));
  EXPECT_FALSE(refused.contains("replacement"));
}

TEST(Mutation, WhatBecameOfAMutantIsItsStatus) {
  const Json report = Json::parse(report_of("mutation", mutated()));
  const char* expected[] = {"Killed", "Survived", "Ignored", "CompileError", "Ignored", "Pending"};
  for (int i = 0; i < 6; ++i)
    EXPECT_EQ(mutant(report, "r.cpp", fmt::format("toy/{}", i + 1))["status"], expected[i]);
  EXPECT_EQ(mutant(report, "r.cpp", "toy/3")["statusReason"], "equivalent: nobody can see it");
}

TEST(MutationPage, NothingOfAReportEndsItsScript) {
  if (!has_packages())
    GTEST_SKIP() << "tests/moulinette/platforms/fetch_packages fetches the program of the page";
  const std::string page = report_of("mutation-page", validated());
  std::size_t scripts = 0;
  for (std::size_t at = page.find("</script"); at != std::string::npos; at = page.find("</script", at + 1))
    ++scripts;
  EXPECT_EQ(scripts, 2U) << "the program, and the report";
  for (const char* outside : {"src=\"", "href=\"http", "@import"})
    EXPECT_EQ(page.substr(0, 400).find(outside), std::string::npos) << outside;
}

}  // namespace
}  // namespace corokit::moulinette
