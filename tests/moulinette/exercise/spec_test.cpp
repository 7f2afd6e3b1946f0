#include "error.hpp"
#include "testing/support.hpp"

#include <gtest/gtest.h>
#include <algorithm>
#include <cstdint>
#include <functional>

namespace corokit::moulinette {
namespace {

using Json = nlohmann::json;

std::string complaint(const std::function<void(Json&)>& change) {
  Json json = toy_json();
  change(json);
  try {
    parse_spec(json, "toy");
  } catch (const Error& error) {
    return error.what();
  }
  return "accepted";
}

TEST(Spec, IsReadAsWritten) {
  const Spec spec = toy_spec();
  EXPECT_EQ(spec.exercise, "toy");
  EXPECT_EQ(spec.max_score(), 100);
  ASSERT_EQ(spec.tests.size(), 2U);
  EXPECT_EQ(spec.tests[0].points, 60);
  EXPECT_TRUE(spec.tests[0].parts.empty());
  ASSERT_EQ(spec.tests[1].parts.size(), 2U);
  EXPECT_EQ(spec.tests[1].parts[0].name, "edge_nothing");
  EXPECT_EQ(spec.find("edge_nothing"), &spec.tests[1]);
  EXPECT_EQ(spec.find("subtracts"), nullptr);
  EXPECT_EQ(spec.limits.memory_bytes, std::size_t{512} << 20U);
}

TEST(Spec, APassEarnsItsShareOfTheExperience) {
  const Spec spec = toy_spec();  // 10 XP, 70 to pass
  EXPECT_EQ(spec.earned_xp(100, true), 10);
  EXPECT_EQ(spec.earned_xp(70, true), 7);
  EXPECT_EQ(spec.earned_xp(70, false), 7);
  EXPECT_EQ(spec.earned_xp(69, false), 0);
  EXPECT_EQ(spec.earned_xp(0, false), 0);
}

TEST(Spec, AFullScoreWithoutAHintEarnsABonus) {
  const Spec spec = toy_spec();  // 10 XP, times 1.5
  EXPECT_EQ(spec.earned_xp(100, false), 15);
  EXPECT_EQ(spec.earned_xp(99, false), 9) << "it is not a full score";
  EXPECT_EQ(spec.max_xp(), 15);
  Json plain = toy_json();
  plain.erase("bonus_multiplier");
  EXPECT_EQ(parse_spec(plain, "toy").max_xp(), 10);
}

TEST(Spec, NamesTheLineOfWhatIsWrong) {
  const Workspace workspace;
  std::filesystem::copy(TOY "/exercise", workspace.path(), std::filesystem::copy_options::recursive);
  std::string text = read_text(workspace.path() / "spec.json");
  const std::size_t place = text.find("\"pass\": 70");
  text.replace(place, 10, "\"pass\": 170");
  write_text(workspace.path() / "spec.json", text);
  const auto line = std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(place), '\n') + 1;
  try {
    load_spec({"toy", workspace.path() / "spec.json", ""});
    FAIL() << "accepted";
  } catch (const Error& error) {
    EXPECT_EQ(error.what(), (workspace.path() / "spec.json").string() + ":" + std::to_string(line) +
                                ": \"pass\" must be a whole number from 0 to 100, not 170");
  }
}

TEST(Spec, TellsATestThatStudentsDoNotGet) {
  Json json = toy_json();
  json["tests"][0]["visible"] = false;
  const Spec spec = parse_spec(json, "toy");
  EXPECT_FALSE(spec.tests[0].visible);
  EXPECT_TRUE(spec.tests[1].visible);
}

TEST(Spec, OfAStudentsTreeHasNeitherRosterNorHiddenTests) {
  const auto drop = [](Json& json) {
    json.erase("roster");
    json["tests"].erase(0);
  };
  EXPECT_EQ(complaint(drop),
            "spec.json: \"roster\" is missing\n"
            "spec.json: \"points\" of all tests must add up to 100, not to 40");
  EXPECT_EQ(complaint([&](Json& json) {
              drop(json);
              json["withheld"] = 60;
            }),
            "accepted");
}

TEST(Spec, RefusesAHintThatSaysNothing) {
  EXPECT_EQ(complaint([](Json& json) { json["tests"][1]["hints"][0] = " \n"; }),
            "spec.json: \"tests[1].hints[0]\" says nothing");
}

TEST(Spec, RefusesAMisspeltKey) {
  EXPECT_EQ(complaint([](Json& json) { json["tests"][1]["pionts"] = 3; }),
            "spec.json: tests[1] has a key \"pionts\": did you mean \"points\"?");
}

TEST(Spec, RefusesRangesOfFuzzingThatAreNone) {
  const auto with = [](const Json& range) {
    return complaint([&range](Json& json) { json["fuzzing"] = {{"iterations", 500}, {"tasks", range}}; });
  };
  EXPECT_EQ(with({0, 100}), "accepted");
  EXPECT_EQ(with({100, 0}), "spec.json: \"fuzzing.tasks\" must name the smaller number first, not [100,0]");
  EXPECT_NE(with({1, 2, 3}), "accepted");
  EXPECT_NE(with("many"), "accepted");
  EXPECT_EQ(complaint([](Json& json) { json["fuzzing"] = Json::object(); }),
            "spec.json: \"fuzzing.iterations\" is missing");
}

TEST(Spec, RefusesAMissingKey) {
  EXPECT_EQ(complaint([](Json& json) { json.erase("pass"); }), "spec.json: \"pass\" is missing");
}

TEST(Spec, RefusesAWrongType) {
  EXPECT_EQ(complaint([](Json& json) { json["pass"] = "70"; }),
            "spec.json: \"pass\" must be a whole number from 0 to 100, not \"70\"");
  EXPECT_EQ(complaint([](Json& json) { json["roster"]["alternatives"] = "x"; }),
            "spec.json: \"roster.alternatives\" must be a list of texts, not \"x\"");
}

TEST(Spec, RefusesNumbersThatDoNotFit) {
  EXPECT_EQ(complaint([](Json& json) { json["schedules"] = std::int64_t{1} << 40U; }),
            "spec.json: \"schedules\" must be a whole number from 1 to 1000000, not 1099511627776");
  for (const Json& schedules : {Json(0), Json(-1), Json(1.5), Json(std::uint64_t{1} << 63U), Json(1e300)})
    EXPECT_NE(complaint([&](Json& json) {
                json["schedules"] = schedules;
              }).find("\"schedules\" must be a whole number from 1 to 1000000"),
              std::string::npos)
        << schedules;
  EXPECT_NE(complaint([](Json& json) {
              json["limits"]["memory_mib"] = std::int64_t{1} << 44U;
            }).find("spec.json: \"limits.memory_mib\" must be"),
            std::string::npos);
}

TEST(Spec, RefusesMemoryThatCannotBeTouchedInTime) {
  EXPECT_EQ(complaint([](Json& json) {
              json["limits"].update({{"memory_mib", 1537}, {"schedule_cpu_seconds", 2}});
            }),
            "spec.json: \"limits.memory_mib\" must be at most 1536, 768 a second of "
            "\"limits.schedule_cpu_seconds\": to touch more would take longer than that");
}

TEST(Spec, RefusesAPartOfNoTest) {
  EXPECT_EQ(complaint([](Json& json) { json["edge_cases"][0]["part_of"] = "subtracts"; }),
            "spec.json: \"edge_cases[0].part_of\" names subtracts, which is no test");
}

TEST(Spec, RefusesTwoTestsOfOneName) {
  EXPECT_EQ(complaint([](Json& json) { json["edge_cases"][0]["name"] = "adds"; }),
            "spec.json: \"edge_cases[0].name\" must be unique, and adds is the name of another part");
}

TEST(Spec, RefusesAPassMarkThatNobodyCanReach) {
  EXPECT_EQ(complaint([](Json& json) { json["pass"] = 101; }),
            "spec.json: \"pass\" must be a whole number from 0 to 100, not 101");
}

TEST(Spec, RefusesPointsThatDoNotAddUpTo100) {
  EXPECT_EQ(complaint([](Json& json) { json["tests"][0]["points"] = 61; }),
            "spec.json: \"points\" of all tests must add up to 100, not to 101");
}

TEST(Spec, RefusesAFileThatIsNotThere) {
  const Workspace workspace;
  write_text(workspace.path() / "spec.json", toy_json().dump());
  try {
    load_spec({"toy", workspace.path() / "spec.json", ""});
    FAIL() << "accepted";
  } catch (const Error& error) {
    EXPECT_EQ(error.what(), workspace.path().string() +
                                "/spec.json:1: \"subject\" names subject.md, which is no file there");
  }
}

TEST(Spec, EveryExerciseOfTheKitHasASoundOne) {
  int found = 0;
  for (const auto& folder : std::filesystem::directory_iterator(ROOT "/exercises")) {
    if (!std::filesystem::exists(folder.path() / "spec.json")) continue;
    ++found;
    const Spec spec = load_spec({folder.path().filename(), folder.path() / "spec.json", ""});
    EXPECT_EQ(spec.max_score(), 100) << spec.exercise;
    EXPECT_TRUE(spec.is_rung || spec.schedules >= 100U) << spec.exercise;
    EXPECT_TRUE(!spec.is_rung || spec.minutes > 0) << spec.exercise;
  }
  EXPECT_GT(found, 0);
}

}  // namespace
}  // namespace corokit::moulinette
