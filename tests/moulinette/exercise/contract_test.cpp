#include "exercise/contract.hpp"

#include "testing/support.hpp"

#include <gtest/gtest.h>
#include <algorithm>
#include <functional>

namespace corokit::moulinette {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

/// A tree with the exercise that `./moulinette new` makes, in which single things are changed.
class Contract : public testing::Test {
 protected:
  Contract() { fs::copy(TOY "/../fresh", root_, fs::copy_options::recursive); }

  void change(const std::string& file, const std::string& from, const std::string& to) const {
    std::string text = read_text(root_ / file);
    const std::size_t at = text.find(from);
    ASSERT_NE(at, std::string::npos) << file << " lacks " << from;
    write_text(root_ / file, text.replace(at, from.size(), to));
  }

  void change_spec(const std::function<void(Json&)>& change) const {
    const fs::path file = root_ / kSpec;
    Json json = Json::parse(read_text(file));
    change(json);
    write_text(file, json.dump(1));
  }

  /// Returns: "FILE:LINE: sentence" of each fault; the line is left out where it is 0.
  std::vector<std::string> faults() const {
    std::vector<std::string> found;
    for (const Fault& fault : check_contract(root_, "fresh"))
      found.push_back(fs::relative(fault.file, root_).string() +
                      (fault.line > 0 ? ":" + std::to_string(fault.line) : "") + ": " + fault.sentence);
    return found;
  }

  /// Expects one fault, which begins and ends so.
  void expect_fault(const std::string& begin, const std::string& end) const {
    const std::vector<std::string> found = faults();
    ASSERT_EQ(found.size(), 1U) << testing::PrintToString(found);
    EXPECT_TRUE(found[0].starts_with(begin) && found[0].ends_with(end)) << found[0];
  }

  const std::string kSpec = "exercises/fresh/spec.json";
  const std::string kTests = "tests/specified/fresh/fresh.cpp";
  const std::string kMutant = "mutants/fresh/mutant_zero_waits.patch";
  Workspace workspace_;
  const fs::path root_ = workspace_.path();
};

TEST_F(Contract, OfAFreshExerciseHolds) {
  EXPECT_EQ(faults(), std::vector<std::string>{});
  EXPECT_EQ(exercises_of(root_), std::vector<std::string>{"fresh"});
}

TEST_F(Contract, NeedsASoundSpec) {
  change(kSpec, "\"points\": 60", "\"point\": 60");
  std::istringstream text(read_text(root_ / kSpec));
  std::string line;
  int number = 1;
  while (std::getline(text, line) && line.find("\"point\":") == std::string::npos) ++number;
  expect_fault(kSpec + ":" + std::to_string(number) + ": ",
               "tests[0] has a key \"point\": did you mean \"points\"?");
}

TEST_F(Contract, NeedsASpecThatIsJson) {
  change(kSpec, "\"xp\": 10,", "\"xp\": 10");
  expect_fault(kSpec + ":", "expected '}'");
}

TEST_F(Contract, NeedsASourceForEachTest) {
  change_spec([](Json& json) { json["tests"][0]["name"] = "doubled"; });
  change("exercises/fresh/spec.fr.json", "\"doubles\"", "\"doubled\"");
  const std::vector<std::string> found = faults();
  ASSERT_EQ(found.size(), 2U) << testing::PrintToString(found);
  EXPECT_TRUE(found[0].ends_with("no source in tests/specified/fresh has COROKIT_SPECIFIED_TEST(doubled)"));
  EXPECT_TRUE(
      found[1].ends_with("spec.json has no test and no edge case doubles: did you mean \"doubled\"?"));
}

TEST_F(Contract, NeedsATestInSpecForEachSource) {
  write_text(root_ / "tests/specified/fresh/more.cpp",
             "// COROKIT_SPECIFIED_TEST(in_a_comment)\nCOROKIT_SPECIFIED_TEST(dubles) {}\n");
  expect_fault("tests/specified/fresh/more.cpp:2: ",
               "spec.json has no test and no edge case dubles: did you mean \"doubles\"?");
}

TEST_F(Contract, NeedsEachPartInTheTestThatSpecSays) {
  change_spec([](Json& json) { json["edge_cases"][0]["part_of"] = "doubles"; });
  expect_fault(kTests + ":", "it makes edge_zero a part of waits, and spec.json a part of doubles");
}

TEST_F(Contract, KeepsHiddenTestsInFilesOfTheirOwn) {
  change_spec([](Json& json) { json["tests"][1]["visible"] = false; });
  expect_fault(kTests + ":", "a hidden test needs a file of its own, since students get the others");
}

TEST_F(Contract, NeedsAFileForEachPattern) {
  change(kSpec, "mutants/fresh/mutant_*", "mutants/fresh/mutint_*");
  const std::vector<std::string> found = faults();
  ASSERT_EQ(found.size(), 2U) << testing::PrintToString(found);
  EXPECT_TRUE(found[0].ends_with("no file is named by \"mutants/fresh/mutint_*\", an entry of \"roster\""));
  EXPECT_EQ(found[1], kMutant + ": no entry of \"roster\" in spec.json names this file");
}

TEST_F(Contract, NeedsKillersThatAreTests) {
  change(kMutant, "Killed-by: ", "Killed-by: NoSuchTest, ");
  expect_fault(kMutant + ":3: ", "\"Killed-by:\" names NoSuchTest, which is no test or part of fresh");
}

TEST_F(Contract, NeedsPatchesOfARightImplementation) {
  change(kMutant, "--- a/reference.cpp", "--- a/referense.cpp");
  expect_fault(kMutant + ":",
               "it changes neither the reference nor an alternative: \"--- a/\" names referense.cpp");
}

TEST_F(Contract, NeedsBothLanguages) {
  fs::remove(root_ / "exercises/fresh/subject.fr.md");
  expect_fault(kSpec + ":", "there is no subject.fr.md: a subject has both languages");
}

TEST_F(Contract, NeedsTheTextsOfSpecJsonInFrench) {
  const std::string french = "exercises/fresh/spec.fr.json";
  change(french, "\"tests\": {", "\"tests\": {\n\"anything\": { \"what\": \"x\", \"hints\": [\"y\"] },");
  expect_fault(french + ":", "\"tests\" has \"anything\", which spec.json does not have");
  change(french, "\"edge_cases\"", "\"edges\"");
  EXPECT_EQ(faults().size(), 2U) << "one key is unknown, and one is missing";
  fs::remove(root_ / french);
  expect_fault(french + ": ", "spec.fr.json is missing: what students read of spec.json, in French");
}

TEST_F(Contract, NeedsTheSameQuizInBothLanguages) {
  const std::string quiz = read_text(TOY "/exercise/quiz.json");
  write_text(root_ / "exercises/fresh/quiz.json", quiz);
  expect_fault("exercises/fresh/quiz.json: ", "quiz.fr.json is missing: a quiz has both languages");
  Json french = Json::parse(quiz);
  french["questions"][0]["answer"] = french["questions"][0]["answer"] == "a" ? "b" : "a";
  write_text(root_ / "exercises/fresh/quiz.fr.json", french.dump(1));
  expect_fault("exercises/fresh/quiz.fr.json:",
               "\"questions[0]\" has other choices or another answer than in quiz.json");
  french["questions"].erase(0);
  write_text(root_ / "exercises/fresh/quiz.fr.json", french.dump(1));
  EXPECT_EQ(faults().size(), 1U);
}

TEST_F(Contract, NeedsThePrototypeInAGivenFile) {
  change_spec([](Json& json) { json["prototype"] = {"corokit::Task<int>   twice_later( int number )"}; });
  EXPECT_EQ(faults(), std::vector<std::string>{}) << "spaces do not count";
  change_spec([](Json& json) { json["prototype"] = {"int thrice(int)"}; });
  expect_fault(kSpec + ":", "\"prototype[0]\" stands neither in fresh.cpp nor in a given header");
}

TEST_F(Contract, NeedsPrerequisitesThatExist) {
  change_spec([](Json& json) { json["prerequisites"] = {"frish"}; });
  expect_fault(kSpec + ":",
               "\"prerequisites[0]\" names frish, which is no exercise: did you mean \"fresh\"?");
}

TEST_F(Contract, NeedsPrerequisitesWithoutACircle) {
  fs::copy(root_ / "exercises/fresh", root_ / "exercises/other", fs::copy_options::recursive);
  change("exercises/other/spec.json", "\"prerequisites\": []", "\"prerequisites\": [\"fresh\"]");
  EXPECT_EQ(faults(), std::vector<std::string>{});
  change(kSpec, "\"prerequisites\": []", "\"prerequisites\": [\"other\"]");
  expect_fault(kSpec + ":", "\"prerequisites\" go round in a circle, back to fresh");
}

TEST_F(Contract, NeedsPrerequisitesForWhatHeadersInclude) {
  change("exercises/fresh/fresh.hpp", "#pragma once", "#pragma once\n#include <05_notify/given.hpp>");
  expect_fault("exercises/fresh/fresh.hpp:2: ",
               "it includes a header of 05_notify, which is not among the prerequisites in spec.json");
}

TEST_F(Contract, NeedsRangesThatTestsRead) {
  change_spec([](Json& json) { json["fuzzing"] = {{"iterations", 9}, {"numbers", {0, 9}}}; });
  write_text(root_ / "tests/specified/fresh/fuzzing.hpp", "Range of() { return spec::numbers; }\n");
  EXPECT_EQ(faults(), std::vector<std::string>{});
  change(kSpec, "\"numbers\"", "\"nubmers\"");
  const std::vector<std::string> found = faults();
  ASSERT_EQ(found.size(), 2U) << testing::PrintToString(found);
  EXPECT_TRUE(found[0].ends_with("\"fuzzing.numbers\" is missing: a test reads spec::numbers")) << found[0];
  EXPECT_TRUE(found[1].ends_with("no test reads \"fuzzing.nubmers\": did you mean \"numbers\"?")) << found[1];
}

TEST_F(Contract, NeedsNormEntriesThatChangeSomething) {
  change_spec([](Json& json) {
    json["norm"]["refused"] = {{{"why", "it may not"}, {"names", {"pthread_create", "my_own", "my_own"}}}};
    json["norm"]["allowed"] = {"pthread_create2"};
  });
  const std::vector<std::string> found = faults();
  ASSERT_EQ(found.size(), 2U) << testing::PrintToString(found);
  EXPECT_TRUE(found[0].ends_with("\"norm\": pthread_create is refused by exercises/norm.json already"));
  EXPECT_TRUE(found[1].ends_with("\"norm\" names my_own twice"));
}

TEST(Contracts, OfAllExercisesHold) {
  for (const std::string& name : exercises_of(ROOT)) {
    for (const Fault& fault : check_contract(ROOT, name))
      ADD_FAILURE() << fault.file.string() << ":" << fault.line << ": " << fault.sentence;
  }
  EXPECT_GE(exercises_of(ROOT).size(), 18U);
}

TEST(SpecCommand, PrintsALineForEachFault) {
  const Finished all = moulinette({"spec"});
  EXPECT_EQ(all.code, 0) << all.output;
  EXPECT_NE(all.output.find(" exercises: each spec.json is sound"), std::string::npos) << all.output;
  const Workspace tree;
  fs::copy(TOY "/../fresh", tree.path(), fs::copy_options::recursive);
  fs::remove(tree.path() / "exercises/fresh/subject.fr.md");
  const Finished text = moulinette({"spec", "fresh", "--root", tree.path().string()});
  EXPECT_EQ(text.code, 1);
  EXPECT_EQ(std::count(text.output.begin(), text.output.end(), '\n'), 1) << text.output;
  const auto json =
      nlohmann::json::parse(moulinette({"spec", "--json", "--root", tree.path().string()}).output);
  EXPECT_EQ(keys(json), (std::set<std::string>{"ok", "exercises", "faults"}));
  EXPECT_EQ(json["ok"], false);
  EXPECT_EQ(keys(json["faults"].at(0)), (std::set<std::string>{"exercise", "file", "line", "message"}));
  EXPECT_EQ(moulinette({"spec", "no_such_exercise"}).code, 2);
}

}  // namespace
}  // namespace corokit::moulinette
