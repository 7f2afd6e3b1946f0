#include "exercise/json_lines.hpp"

#include "exercise/schema.hpp"
#include "testing/support.hpp"

#include <gtest/gtest.h>

namespace corokit::moulinette {
namespace {

TEST(JsonLines, NamesTheLineOfEachPart) {
  const JsonLines lines(R"(// a comment, {
{
  "a": 1,
  /* another
     one */ "b": [ 2,
    { "c": "}\"]",
      "d":
        -3.5e+1 }
  ],
  "e": {}, "f": null
})");
  EXPECT_EQ(lines.line({}), 2);
  EXPECT_EQ(lines.line({"a"}), 3);
  EXPECT_EQ(lines.line({"b"}), 5);
  EXPECT_EQ(lines.line({"b", "0"}), 5);
  EXPECT_EQ(lines.line({"b", "1"}), 6);
  EXPECT_EQ(lines.line({"b", "1", "c"}), 6);
  EXPECT_EQ(lines.line({"b", "1", "d"}), 7);
  EXPECT_EQ(lines.line({"f"}), 10);
}

TEST(JsonLines, NamesThePartAroundOneThatIsMissing) {
  const JsonLines lines("{\n\"a\": {\n\"b\": 1}}");
  EXPECT_EQ(lines.line({"a", "c", "d"}), 2);
  EXPECT_EQ(lines.line({"x"}), 1);
  EXPECT_EQ(JsonLines().line({"x"}), 0);
}

/// Counts the parts of a document, each of which must have the line in which its key stands.
void expect_lines(const nlohmann::json& json, const JsonLines& lines, const std::string& text,
                  JsonPlace place) {
  if (!json.is_structured()) return;
  for (const auto& [key, part] : json.items()) {
    place.push_back(key);
    std::istringstream stream(text);
    std::string line;
    for (int i = 0; i < lines.line(place); ++i) std::getline(stream, line);
    if (json.is_object()) {
      EXPECT_NE(line.find('"' + key + '"'), std::string::npos) << key << " in " << line;
    }
    expect_lines(part, lines, text, place);
    place.pop_back();
  }
}

TEST(JsonLines, HoldForAWholeSpec) {
  const std::filesystem::path file = ROOT "/exercises/async_orchestrator/spec.json";
  const JsonFile spec = read_json_file(file);
  expect_lines(spec.json, spec.lines, read_text(file), {});
}

}  // namespace
}  // namespace corokit::moulinette
