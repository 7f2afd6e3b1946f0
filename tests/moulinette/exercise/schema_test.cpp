#include "exercise/schema.hpp"

#include "testing/support.hpp"

#include <gtest/gtest.h>
#include <limits>

namespace corokit::moulinette {
namespace {

using Json = nlohmann::json;
using Sentences = std::vector<std::string>;

const Json kSchema = Json::parse(R"({
  "type": "object",
  "additionalProperties": false,
  "required": ["name", "points"],
  "properties": {
    "$schema": { "type": "string" },
    "name": { "type": "string", "pattern": "^[a-z]+$" },
    "points": { "type": "integer", "minimum": 0, "maximum": 100 },
    "end": { "enum": ["wrong", "hang"] },
    "words": { "type": "array", "minItems": 1, "maxItems": 2, "items": { "type": "string", "minLength": 1 } },
    "parts": { "type": "array", "items": { "$ref": "#/$defs/part" } },
    "either": { "oneOf": [{ "type": "string" }, { "type": "integer" }] }
  },
  "$defs": {
    "part": {
      "type": "object",
      "additionalProperties": false,
      "required": ["weight"],
      "properties": { "weight": { "type": "integer", "minimum": 1 } }
    }
  }
})");

/// Returns: the violations of a valid document after `change`.
Sentences with(const std::string& change) {
  Json document = {{"name", "a"}, {"points", 1}};
  document.merge_patch(Json::parse(change));
  return violations(document, kSchema, "x.json");
}

TEST(Schema, AcceptsWhatIsValid) {
  EXPECT_EQ(with(R"({"end": "hang", "words": ["b"], "parts": [{"weight": 1}], "either": 3})"), Sentences{});
}

TEST(Schema, NamesMissingAndUnknownKeys) {
  EXPECT_EQ(with(R"({"name": null})"), (Sentences{"x.json: \"name\" is missing"}));
  EXPECT_EQ(with(R"({"nmae": "a"})"), (Sentences{"x.json: there is a key \"nmae\": did you mean \"name\"?"}));
}

TEST(Schema, ListsTheKeysWhereNoneIsClose) {
  EXPECT_EQ(
      with(R"({"colour": "a"})"),
      (Sentences{"x.json: there is a key \"colour\", which is unknown; the keys are name, points, either, "
                 "end, parts, words"}));
}

TEST(Schema, SaysWhatAValueMustBe) {
  EXPECT_EQ(with(R"({"name": "A1"})"),
            (Sentences{"x.json: \"name\" must be a text that matches ^[a-z]+$, not \"A1\""}));
  EXPECT_EQ(with(R"({"end": "crash"})"),
            (Sentences{"x.json: \"end\" must be one of wrong, hang, not \"crash\""}));
  EXPECT_EQ(with(R"({"words": []})"),
            (Sentences{"x.json: \"words\" must be a list of texts with 1 to 2 items, not a list of 0"}));
  EXPECT_EQ(with(R"({"words": ["b", ""]})"),
            (Sentences{"x.json: \"words[1]\" must be a text that is not empty, not \"\""}));
  EXPECT_EQ(violations(Json::array(), kSchema, "x.json"),
            (Sentences{"x.json: the document must be an object, not a list of 0"}));
}

TEST(Schema, RefusesNumbersThatDoNotFit) {
  const std::string wanted = "x.json: \"points\" must be a whole number from 0 to 100, not ";
  for (const std::string number :
       {"-1", "101", "2.5", "1099511627776", "18446744073709551615", "1e300", "\"1\""})
    EXPECT_EQ(with("{\"points\": " + number + "}").size(), 1U) << number;
  EXPECT_EQ(with(R"({"points": 1099511627776})"), (Sentences{wanted + "1099511627776"}));
  EXPECT_EQ(with(R"({"points": 2.5})"), (Sentences{wanted + "2.5"}));
  EXPECT_EQ(with(R"({"points": "1"})"), (Sentences{wanted + "\"1\""}));
}

TEST(Schema, ReportsEveryViolationOnceWithItsPlace) {
  EXPECT_EQ(with(R"({"parts": [{"weight": 1}, {"weight": 0}, {"wieght": 2}], "points": null})"),
            (Sentences{"x.json: \"parts[1].weight\" must be a whole number of at least 1, not 0",
                       "x.json: parts[2] has a key \"wieght\": did you mean \"weight\"?",
                       "x.json: \"points\" is missing"}));
}

TEST(Schema, FallsBackOnTheWordsOfTheLibrary) {
  const Sentences found = with(R"({"either": true})");
  ASSERT_FALSE(found.empty());
  EXPECT_TRUE(found.front().starts_with("x.json")) << found.front();
}

/// Calls `visit` with each part of a schema that describes an integer.
void for_each_integer(const Json& schema, const std::string& place,
                      const std::function<void(const Json&, const std::string&)>& visit) {
  if (!schema.is_structured()) return;
  if (schema.is_object() && schema.value("type", Json()) == "integer") visit(schema, place);
  for (const auto& [key, part] : schema.items())
    for_each_integer(part, std::string(place).append("/").append(key), visit);
}

// The program reads numbers into an int, or into something wider.
TEST(Schema, EveryNumberOfTheKitHasBoundsThatFit) {
  for (const auto& file : std::filesystem::directory_iterator(ROOT "/exercises")) {
    if (!file.path().string().ends_with(".schema.json")) continue;
    for_each_integer(read_json(file.path()), file.path().filename(),
                     [](const Json& part, const std::string& place) {
                       EXPECT_GE(part.value("minimum", std::int64_t{-1}), 0) << place;
                       EXPECT_LE(part.value("maximum", std::numeric_limits<std::int64_t>::max()),
                                 std::numeric_limits<int>::max())
                           << place;
                     });
  }
}

}  // namespace
}  // namespace corokit::moulinette
