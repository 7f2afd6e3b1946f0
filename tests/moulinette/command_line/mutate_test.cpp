// Whole runs of `mutate` on the toy exercise.
#include "report/report_schema.hpp"
#include "running/outcome.hpp"
#include "testing/changed_toy.hpp"

namespace corokit::moulinette {
namespace {

using Json = nlohmann::json;

/// The toy's kit, with changes also to its notes.
class Mutate : public ChangedToy {
 protected:
  Finished mutate(std::vector<std::string> options) {
    manifest_["wrong"] = folder_.string();
    write_text(folder_ / "mutation.json", notes_.dump());
    options.insert(options.begin(), {"mutate", "toy", "--kit", write_kit()});
    return moulinette(std::move(options));
  }
  Json mutate_json(const std::vector<std::string>& options, int status) {
    std::vector<std::string> all = options;
    all.emplace_back("--json");
    const Finished finished = mutate(std::move(all));
    EXPECT_EQ(finished.code, status) << finished.output;
    Json mutated = Json::parse(finished.output);
    EXPECT_EQ(report_violations(mutated, ReportKind::mutated, "report"), std::vector<std::string>{});
    return mutated;
  }

  /// Returns: which tests kill each mutant. (One counts to 2^32 in about a second, which is the limit: it may hang or fail.)
  static std::vector<std::set<std::string>> killers(const Json& all) {
    std::vector<std::set<std::string>> killers;
    for (const Json& mutant : all["mutants"]) {
      killers.emplace_back();
      for (const auto& [test, run] : mutant["tests"].items())
        if (run["outcome"] != "passed") killers.back().insert(test);
    }
    return killers;
  }

  /// Leaves out the test that counts.
  void play_without_counting() {
    spec_["tests"].erase(1);
    spec_["edge_cases"].clear();
    spec_["tests"][0]["points"] = 100;
  }

  Json notes_ = Json::parse(read_text(TOY "/wrong/mutation.json"));
};

TEST_F(Mutate, KillsAllMutantsOfTheToy) {
  const Json first = mutate_json({}, 0);
  EXPECT_EQ(first["ok"], true);
  EXPECT_GE(first["counts"]["killed"], 10);
  EXPECT_EQ(first["counts"]["survived"], 0);
  for (const Json& mutant : first["mutants"]) {
    EXPECT_EQ(mutant["file"], "tests/moulinette/toy/solutions/reference.cpp") << "noisy.cpp is left out";
    EXPECT_EQ(mutant["tests"].empty(), mutant["fate"] == "did_not_compile" || mutant["fate"] == "duplicate" ||
                                           mutant["reason"] == "the compiler makes the same of it")
        << mutant.dump(2);
  }
  EXPECT_EQ(mutate_json({}, 0), first) << "nothing was played again";
  EXPECT_EQ(killers(mutate_json({"--again"}, 0)), killers(first)) << "nothing changes when it is";

  notes_["equivalent"].push_back(
      {{"file", "x.cpp"}, {"operator", "boundary"}, {"line", "a"}, {"becomes", "b"}, {"reason", "r"}});
  notes_["left_out"].push_back({{"files", "y.cpp"}, {"reason", "r"}});
  const Finished stale = mutate({});
  EXPECT_EQ(stale.code, 1);
  EXPECT_NE(stale.output.find("equivalent/0: no mutant is named by it any more: boundary of x.cpp: a"),
            std::string::npos)
      << stale.output;
  EXPECT_NE(stale.output.find("left_out/1: no mutant is named by it"), std::string::npos) << stale.output;
}

TEST_F(Mutate, ShowsASurvivorUntilSomebodyExplainsIt) {
  play_without_counting();
  const Finished text = mutate({"--only", "boundary"});
  EXPECT_EQ(text.code, 1);
  EXPECT_NE(text.output.find("-  for (int i = 1; i <= n; ++i) ++counted;"), std::string::npos) << text.output;
  EXPECT_NE(text.output.find("+  for (int i = 1; i < n; ++i) ++counted;"), std::string::npos) << text.output;
  EXPECT_NE(text.output.find("survived"), std::string::npos) << text.output;

  Json note = mutate_json({"--only", "boundary"}, 1)["mutants"][0]["key"];
  note["reason"] = "Nobody counts.";
  notes_["equivalent"].push_back(note);
  const Json explained = mutate_json({"--only", "boundary"}, 0);
  EXPECT_EQ(explained["mutants"][0]["fate"], "equivalent");
  EXPECT_EQ(explained["mutants"][0]["reason"], "Nobody counts.");

  spec_ = toy_json();
  const Json contradicted = mutate_json({"--only", "boundary"}, 1);
  EXPECT_EQ(contradicted["mutants"][0]["fate"], "killed");
  EXPECT_NE(contradicted["mistakes"].dump().find("is called equivalent, but counts kills it"),
            std::string::npos)
      << contradicted.dump(2);
}

TEST_F(Mutate, PlaysASampleAndStillKnowsAllMutants) {
  const Json all = mutate_json({}, 0)["mutants"];
  const Json some = mutate_json({"--every", "5"}, 0)["mutants"];
  ASSERT_EQ(some.size(), (all.size() + 4) / 5);
  for (std::size_t i = 0; i < some.size(); ++i) EXPECT_EQ(some[i]["key"], all[5 * i]["key"]);

  notes_["equivalent"].push_back(all[1]["key"]);
  notes_["equivalent"].back()["reason"] = "This one is not in the sample, but there is such a mutant.";
  EXPECT_EQ(mutate_json({"--every", "5"}, 0)["mistakes"], Json::array());
  notes_["equivalent"].back()["line"] = "there is no such line";
  EXPECT_NE(mutate({"--every", "5"}).output.find("no mutant is named by it any more"), std::string::npos);
}

TEST_F(Mutate, PlaysWhatWasPlayedBeforeOnlyIfAsked) {
  const std::vector<std::string> one{"--only", "boundary"};
  EXPECT_EQ(mutate_json(one, 0)["mutants"][0]["fate"], "killed");
  std::size_t changed = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder_ / "mutants")) {
    if (entry.path().extension() != ".runs") continue;
    Json runs = Json::parse(read_text(entry.path()));
    for (Json& run : runs) run["outcome"] = Outcome::passed;
    write_text(entry.path(), runs.dump());
    ++changed;
  }
  EXPECT_EQ(changed, 1U);
  EXPECT_EQ(mutate_json(one, 1)["mutants"][0]["fate"], "survived");
  EXPECT_EQ(mutate_json({"--only", "boundary", "--again"}, 0)["mutants"][0]["fate"], "killed");
}

TEST_F(Mutate, ListsWithoutPlaying) {
  const Finished finished = mutate({"--list"});
  EXPECT_EQ(finished.code, 0);
  EXPECT_NE(finished.output.find("reference.cpp:4 arithmetic"), std::string::npos) << finished.output;
  EXPECT_NE(finished.output.find("return a - b;"), std::string::npos) << finished.output;
}

TEST_F(Mutate, NeedsRightProgramsThatPass) {
  spec_["tests"].push_back(spec_["tests"][0]);
  spec_["tests"][0]["points"] = 50;
  spec_["tests"][2]["points"] = 10;
  spec_["tests"][2]["name"] = "nobody_registered_this";
  const Finished finished = mutate({"--only", "boundary"});
  EXPECT_EQ(finished.code, 1);
  EXPECT_NE(finished.output.find("is right, but nobody_registered_this failed"), std::string::npos)
      << finished.output;
}

TEST_F(Mutate, NeedsRightProgramsThatCompile) {
  manifest_["compile"].push_back("-Dreturn=(");
  for (int time = 1; time <= 2; ++time) {
    const Finished finished = mutate({"--only", "boundary"});
    EXPECT_EQ(finished.code, 1);
    EXPECT_NE(finished.output.find("reference.cpp does not compile:\n"), std::string::npos)
        << "time " << time << ": " << finished.output;
  }
}

TEST_F(Mutate, RefusesAnUnknownNumber) {
  const Finished finished = mutate({"--only", "9999"});
  EXPECT_EQ(finished.code, 2);
  EXPECT_NE(finished.output.find("No mutant is named 9999."), std::string::npos) << finished.output;
}

}  // namespace
}  // namespace corokit::moulinette
