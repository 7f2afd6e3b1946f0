#include "error.hpp"
#include "testing/support.hpp"

#include <gtest/gtest.h>
#include <functional>
#include <set>

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
  ASSERT_EQ(spec.tests.size(), 3U);
  EXPECT_EQ(spec.tests[0].points, 60);
  EXPECT_TRUE(spec.tests[2].edge_case);
  EXPECT_EQ(spec.tests[2].points, 0);
  EXPECT_EQ(spec.limits.memory_bytes, std::size_t{1024} << 20U);
}

TEST(Spec, APassEarnsItsShareOfTheExperience) {
  const Spec spec = toy_spec();  // 10 XP, 70 to pass
  EXPECT_EQ(spec.earned_xp(100), 10);
  EXPECT_EQ(spec.earned_xp(70), 7);
  EXPECT_EQ(spec.earned_xp(69), 0);
  EXPECT_EQ(spec.earned_xp(0), 0);
}

TEST(Spec, RefusesAMisspeltKey) {
  EXPECT_EQ(complaint([](Json& json) { json["tests"][1]["pionts"] = 3; }),
            "spec.json/tests/1: unknown key \"pionts\" (known: name, points, what, hint)");
}

TEST(Spec, RefusesAMissingKey) {
  EXPECT_EQ(complaint([](Json& json) { json.erase("pass"); }), "spec.json: \"pass\" is missing");
}

TEST(Spec, RefusesAWrongType) {
  EXPECT_EQ(complaint([](Json& json) { json["pass"] = "70"; }), "spec.json: \"pass\" must be a whole number");
  EXPECT_EQ(complaint([](Json& json) { json["pass"] = -1; }), "spec.json: \"pass\" must be a whole number");
}

TEST(Spec, RefusesTwoTestsOfOneName) {
  EXPECT_EQ(complaint([](Json& json) { json["edge_cases"][0]["name"] = "adds"; }),
            "spec.json: two tests are named adds");
}

TEST(Spec, RefusesAPassMarkThatNobodyCanReach) {
  EXPECT_EQ(complaint([](Json& json) { json["pass"] = 101; }),
            "spec.json: nobody can pass at 101 of 100 points");
}

// The schema is for editors; the program has its own checks. Here they are held against each other.
void expect_keys(const Json& schema, const Json& value, const std::string& place) {
  if (value.is_array()) {
    for (const Json& item : value) expect_keys(schema.at("items"), item, place + "[]");
  } else if (value.is_object()) {
    ASSERT_FALSE(schema.at("additionalProperties").get<bool>()) << place;
    std::set<std::string> known;
    std::set<std::string> used;
    for (const auto& [key, unused] : schema.at("properties").items()) known.insert(key);
    for (const auto& [key, unused] : value.items()) used.insert(key);
    EXPECT_EQ(known, used) << place;
    for (const auto& [key, part] : value.items())
      expect_keys(schema.at("properties").at(key), part, place + "/" + key);
  }
}

TEST(Spec, SchemaKnowsTheSameKeys) {
  expect_keys(Json::parse(read_text(SCHEMA)), toy_json(), "spec.json");
}

TEST(Spec, EveryExerciseOfTheKitHasASoundOne) {
  int found = 0;
  for (const auto& folder : std::filesystem::directory_iterator(ROOT "/exercises")) {
    if (!std::filesystem::exists(folder.path() / "spec.json")) continue;
    ++found;
    const Spec spec = load_spec({folder.path().filename(), folder.path() / "spec.json", ""});
    EXPECT_EQ(spec.max_score(), 100) << spec.exercise;
    EXPECT_GE(spec.schedules, 100U) << spec.exercise;
  }
  EXPECT_GT(found, 0);
}

}  // namespace
}  // namespace corokit::moulinette
