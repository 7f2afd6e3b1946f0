#include "exercise/spec.hpp"

#include "error.hpp"
#include "exercise/json_object.hpp"

#include <fmt/format.h>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>

namespace corokit::moulinette {
namespace {

using Json = nlohmann::json;

TestSpec parse_test(const JsonObject& test) {
  test.only({"name", "points", "what", "hint"});
  return {test.text("name"), test.number("points"), test.text("what"), test.text("hint"), false};
}

TestSpec parse_edge_case(const JsonObject& edge) {
  edge.only({"name", "what", "trap"});
  return {edge.text("name"), 0, edge.text("what"), edge.text("trap"), true};
}

LimitsSpec parse_limits(const JsonObject& limits) {
  limits.only({"wall_seconds", "cpu_seconds", "compile_seconds", "memory_mib", "source_kib"});
  return {std::chrono::seconds(limits.number("wall_seconds")),
          std::chrono::seconds(limits.number("cpu_seconds")),
          std::chrono::seconds(limits.number("compile_seconds")),
          static_cast<std::size_t>(limits.number("memory_mib")) << 20U,
          static_cast<std::size_t>(limits.number("source_kib")) << 10U};
}

void check(const Spec& spec) {
  std::set<std::string> names;
  for (const TestSpec& test : spec.tests) {
    if (!names.insert(test.name).second)
      throw broken(fmt::format("spec.json: two tests are named {}", test.name));
  }
  if (spec.pass > spec.max_score()) {
    throw broken(fmt::format("spec.json: nobody can pass at {} of {} points", spec.pass, spec.max_score()));
  }
}

}  // namespace

int Spec::max_score() const noexcept {
  int sum = 0;
  for (const TestSpec& test : tests) sum += test.points;
  return sum;
}

int Spec::earned_xp(int score) const noexcept {
  return score < pass || score == 0 ? 0 : xp * score / max_score();
}

const TestSpec* Spec::find(std::string_view test) const noexcept {
  for (const TestSpec& known : tests) {
    if (known.name == test) return &known;
  }
  return nullptr;
}

Spec parse_spec(const Json& json, std::string exercise) {
  const JsonObject top(json, "spec.json");
  top.only({"$schema", "title", "subject", "file", "first_step", "xp", "pass", "schedules", "tests",
            "edge_cases", "limits", "norm", "roster"});
  Spec spec;
  spec.exercise = std::move(exercise);
  spec.title = top.text("title");
  spec.subject = top.text("subject");
  spec.file = top.text("file");
  spec.first_step = top.text("first_step");
  spec.xp = top.number("xp");
  spec.pass = top.number("pass");
  spec.schedules = static_cast<std::uint64_t>(top.number("schedules"));
  for (const JsonObject& test : top.objects("tests")) spec.tests.push_back(parse_test(test));
  for (const JsonObject& edge : top.objects("edge_cases")) spec.tests.push_back(parse_edge_case(edge));
  spec.limits = parse_limits(top.object("limits"));
  const JsonObject norm = top.object("norm");
  norm.only({"forbidden"});
  for (const JsonObject& entry : norm.objects("forbidden")) {
    entry.only({"symbol", "why"});
    spec.forbidden.push_back({entry.text("symbol"), entry.text("why")});
  }
  check(spec);
  return spec;
}

Spec load_spec(const Exercise& exercise) {
  std::ifstream input(exercise.spec);
  if (!input) throw broken(fmt::format("Cannot read {}.", exercise.spec.string()));
  try {
    return parse_spec(Json::parse(input, nullptr, true, true), exercise.name);
  } catch (const std::exception& error) {
    throw broken(fmt::format("{}: {}", exercise.spec.string(), error.what()));
  }
}

}  // namespace corokit::moulinette
