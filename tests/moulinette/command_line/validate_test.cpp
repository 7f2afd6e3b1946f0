// Whole runs of `validate` on the toy exercise.
#include "report/report_schema.hpp"
#include "testing/changed_toy.hpp"

namespace corokit::moulinette {
namespace {

using Json = nlohmann::json;

class Validate : public ChangedToy {
 protected:
  Finished validate(const std::string& option = "--color=never") {
    return moulinette({"validate", option, "--kit", write_kit()});
  }

  void expect_not_ok(const std::string& sentence) {
    const Finished finished = validate();
    EXPECT_EQ(finished.code, 1);
    EXPECT_NE(finished.output.find(sentence), std::string::npos) << sentence << "\n" << finished.output;
  }

  Json& entry(const std::string& name) {
    for (Json& entry : manifest_["roster"]) {
      if (!entry.is_null() && entry["name"] == name) return entry;
    }
    throw std::invalid_argument(name);
  }

  /// Lets an implementation do `first` when one of its tests runs for the first time, and `later` from then on.
  void make_fickle(const std::string& name, const std::string& first, const std::string& later) {
    write_text(folder_ / "fickle", "#!/bin/sh\nif [ \"$2\" = --explore ] || mkdir " + folder_.string() +
                                       "/$1; then " + first + "; else " + later + "; fi\n");
    std::filesystem::permissions(folder_ / "fickle", std::filesystem::perms::owner_all);
    entry(name)["executable"] = (folder_ / "fickle").string();
  }

  /// Returns: the command that runs the executable of an implementation in a script.
  std::string run_of(const std::string& name) {
    return "exec " + std::string(entry(name)["executable"]) + " \"$@\"";
  }
};

TEST_F(Validate, AcceptsAKitThatKeepsItsPromises) {
  const Finished finished = validate();
  EXPECT_EQ(finished.code, 0) << finished.output;
  EXPECT_NE(finished.output.find("ok: 2 right implementations"), std::string::npos) << finished.output;
}

TEST_F(Validate, PrintsOneObject) {
  const Json all = Json::parse(validate("--json").output);
  EXPECT_EQ(all["ok"], true);
  EXPECT_EQ(all["implementations"].size(), 8U);
  EXPECT_EQ(report_violations(all, ReportKind::validated, "report"), std::vector<std::string>{});
}

TEST_F(Validate, SaysWhatEachVerdictRestsOn) {
  const std::string text = validate("--verbose").output;
  for (const char* part :
       {"A pass rests on 20 schedules of each test at random from seed 1, which exhaust nothing",
        "4 of 4 parts are exhausted with at most 2 preemptions: adds, counts, edge_nothing, edge_turns",
        "  adds          the only schedule that there is: exhausted\n", "  mutant_off_by_one: counts 1\n"})
    EXPECT_NE(text.find(part), std::string::npos) << part << "\n" << text;
  const Json all = Json::parse(validate("--json").output);
  for (const Json& implementation : all["implementations"]) {
    const Json& explored = implementation["tests"][0]["explored"];
    const std::string name = implementation["implementation"];
    EXPECT_EQ(explored.is_array(), name == "reference" || name == "noisy") << name;
    EXPECT_NE(implementation["tests"][0]["rests_on"], "") << name;
  }
}

TEST_F(Validate, SeesARightOneThatFailsDepthFirst) {
  write_text(folder_ / "script",
             "#!/bin/sh\n[ \"$2\" != --explore ] || exit 3\n" + run_of("reference") + "\n");
  std::filesystem::permissions(folder_ / "script", std::filesystem::perms::owner_all);
  entry("reference")["executable"] = (folder_ / "script").string();
  expect_not_ok("reference is right, but adds exited_early where its schedules are played depth first: ");
}

TEST_F(Validate, PlaysTestsAgainOnRequest) {
  const Finished finished = moulinette({"validate", "--repeat", "5", "--kit", TOY_KIT});
  EXPECT_EQ(finished.code, 0) << finished.output;
  EXPECT_NE(finished.output.find("Each verdict was reached 5 times, and always alike."), std::string::npos)
      << finished.output;
}

TEST_F(Validate, SeesATestThatDoesNotAlwaysEndAlike) {
  make_fickle("reference", run_of("reference"), "exit 3");
  EXPECT_EQ(validate().code, 0);
  for (const auto& made : std::filesystem::directory_iterator(folder_))
    if (made.is_directory()) std::filesystem::remove(made.path());
  const Finished finished =
      moulinette({"validate", "--repeat", "2", "--kit", (folder_ / "kit.json").string()});
  EXPECT_EQ(finished.code, 1);
  EXPECT_NE(finished.output.find("reference: adds passed first, and exited_early when played again"),
            std::string::npos)
      << finished.output;
}

TEST_F(Validate, SeesAMutantThatDoesNotAlwaysDie) {
  make_fickle("mutant_off_by_one", run_of("mutant_off_by_one"), run_of("reference"));
  const Finished finished = moulinette({"validate", "--repeat", "2", "--kit", write_kit()});
  EXPECT_EQ(finished.code, 1);
  EXPECT_NE(finished.output.find("mutant_off_by_one: counts failed in counts first, and passed"),
            std::string::npos)
      << finished.output;
}

TEST_F(Validate, RefusesToPlayNoTime) {
  EXPECT_EQ(moulinette({"validate", "--repeat", "0", "--kit", TOY_KIT}).code, 2);
}

TEST_F(Validate, MakesNoReportOfLimits) {
  const std::string report = folder_ / "report";
  const Finished finished =
      moulinette({"validate", "toy", "--limits", "--report", "junit=" + report, "--kit", TOY_KIT});
  EXPECT_EQ(finished.code, 2);
  EXPECT_EQ(
      finished.output,
      "moulinette: --limits gives no verdict, which a report for a platform is about: leave out --report.\n");
  EXPECT_FALSE(std::filesystem::exists(report));
}

TEST_F(Validate, SeesAFalseClaim) {
  std::string text = read_text(TOY "/wrong/mutant_off_by_one.patch");
  text.replace(text.find("Killed-by: "), 11, "Killed-by: Adds, ");
  write_text(folder_ / "mutant_off_by_one.patch", text);
  entry("mutant_off_by_one")["file"] = (folder_ / "mutant_off_by_one.patch").string();
  expect_not_ok("mutant_off_by_one survives adds, which claims to kill it");
}

TEST_F(Validate, SeesAClaimOfAnUnknownTest) {
  std::string text = read_text(TOY "/wrong/mutant_off_by_one.patch");
  text.replace(text.find("Killed-by: "), 11, "Killed-by: Subtracts, ");
  write_text(folder_ / "mutant_off_by_one.patch", text);
  entry("mutant_off_by_one")["file"] = (folder_ / "mutant_off_by_one.patch").string();
  expect_not_ok("mutant_off_by_one.patch:3: \"Killed-by:\" names Subtracts, which is no test or part of toy");
}

TEST_F(Validate, SeesAMutantThatNobodyNamed) {
  entry("mutant_off_by_one") = nullptr;
  expect_not_ok("mutant_off_by_one.patch is named by no pattern of the roster in spec.json");
}

TEST_F(Validate, SeesAFileThatDoesNotExist) {
  entry("noisy")["file"] = "tests/moulinette/toy/solutions/other.cpp";
  expect_not_ok("other.cpp is in the roster and does not exist");
}

TEST_F(Validate, SeesAnAlternativeThatFails) {
  entry("refused_crash")["role"] = "alternative";
  expect_not_ok("refused_crash is right, but adds crashed: killed by SIGSEGV");
}

TEST_F(Validate, SeesATestThatNobodyRegistered) {
  spec_["tests"][0]["points"] = 55;
  spec_["tests"].push_back({{"name", "divides"}, {"points", 5}, {"what", "x"}, {"hints", {"x"}}});
  expect_not_ok("reference is right, but divides failed: no specified test has this name");
}

TEST_F(Validate, SeesAStubThatScores) {
  manifest_["folder"] = folder_.string();
  write_text(folder_ / "toy.cpp", read_text(TOY "/solutions/reference.cpp"));
  expect_not_ok("the stub scores 100 of 100, and must score 0");
}

TEST_F(Validate, SeesThatTheNormForbidsWhatARightOneCalls) {
  spec_["norm"]["refused"].push_back({{"names", {"puts"}}, {"why", "x"}});
  expect_not_ok("noisy is right, but breaks the norm: line ");
}

}  // namespace
}  // namespace corokit::moulinette
