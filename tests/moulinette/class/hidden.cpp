#include "class/class_result.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace corokit::moulinette {

using Json = nlohmann::ordered_json;

namespace {

/// Points, and whether they suffice, are those of the tests that are left.
void count_again(Json& graded, int withheld) {
  const int max_score = graded.at("max_score").get<int>();
  const int left = max_score - withheld;
  int score = 0;
  for (const Json& test : graded.at("tests")) score += test.at("points").get<int>();
  graded["score"] = score;
  graded["max_score"] = left;
  graded["pass"] = (graded.at("pass").get<int>() * left + max_score - 1) / max_score;
  graded["withheld"] = withheld;
  if (graded.at("verdict") != "passed" && graded.at("verdict") != "failed") return;
  graded["passed"] = score >= graded.at("pass").get<int>();
  graded["verdict"] = graded.at("passed") ? "passed" : "failed";
}

}  // namespace

Json without_hidden(Json graded, const std::vector<ClassTest>& tests) {
  const auto is_hidden = [&tests](const Json& name) {
    const auto found = std::ranges::find(tests, name.get<std::string>(), &ClassTest::name);
    return found != tests.end() && !found->visible;
  };
  int withheld = 0;
  Json left = Json::array();
  for (Json& test : graded.at("tests")) {
    if (is_hidden(test.at("name")))
      withheld += test.at("max_points").get<int>();
    else
      left.push_back(std::move(test));
  }
  graded["tests"] = std::move(left);
  if (withheld == 0) return graded;
  count_again(graded, withheld);
  std::erase_if(graded.at("checks").get_ref<Json::array_t&>(),
                [&is_hidden](const Json& check) { return is_hidden(check.at("test")); });
  graded.erase("late");        // its points are those of all tests
  graded["nearest"] = Json();  // a mutant's name says what a hidden test checks
  return graded;
}

}  // namespace corokit::moulinette
