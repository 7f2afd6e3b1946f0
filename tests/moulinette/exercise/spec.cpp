#include "exercise/spec.hpp"

#include "error.hpp"
#include "exercise/schema.hpp"

#include <fmt/format.h>
#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

namespace corokit::moulinette {
namespace {

using Json = nlohmann::json;

constexpr int kPoints = 100;  // of all tests together

std::vector<TestSpec> parse_tests(const Json& json) {
  std::vector<TestSpec> tests;
  for (const Json& test : json.at("tests"))
    tests.push_back({test.at("name"), test.at("points"), test.at("what"), test.at("hints"), {}});
  std::size_t place = 0;
  for (const Json& edge : json.at("edge_cases")) {
    const std::string whole = edge.at("part_of");
    const auto found = std::ranges::find(tests, whole, &TestSpec::name);
    if (found == tests.end()) {
      throw broken(
          fmt::format("spec.json/edge_cases/{}: \"part_of\" names {}, which is no test", place, whole));
    }
    found->parts.push_back({edge.at("name"), edge.at("what"), edge.at("trap")});
    ++place;
  }
  for (TestSpec& test : tests)
    std::ranges::sort(test.parts, {}, &PartSpec::name);  // the order in which they are played
  return tests;
}

LimitsSpec parse_limits(const Json& limits) {
  return {std::chrono::seconds(limits.at("wall_seconds")),
          std::chrono::seconds(limits.at("cpu_seconds")),
          std::chrono::seconds(limits.at("schedule_cpu_seconds")),
          std::chrono::seconds(limits.at("compile_seconds")),
          limits.at("memory_mib").get<std::size_t>() << 20U,
          limits.at("source_kib").get<std::size_t>() << 10U};
}

/// Checks what a schema cannot say.
void check(const Spec& spec) {
  std::set<std::string> names;
  const auto take = [&names](const std::string& name) {
    if (names.insert(name).second) return;
    throw broken(fmt::format("spec.json: \"name\" must be unique, and two parts are named {}", name));
  };
  for (const TestSpec& test : spec.tests) {
    take(test.name);
    for (const PartSpec& part : test.parts) take(part.name);
  }
  if (spec.max_score() != kPoints) {
    throw broken(
        fmt::format("spec.json/tests: \"points\" must add up to {}, not to {}", kPoints, spec.max_score()));
  }
}

void check_file(const std::filesystem::path& folder, const char* key, const std::string& name) {
  if (std::filesystem::is_regular_file(folder / name)) return;
  throw broken(fmt::format("spec.json: \"{}\" names {}, which is no file there", key, name));
}

}  // namespace

const PartSpec* TestSpec::find_part(std::string_view part) const noexcept {
  const auto found = std::ranges::find(parts, part, &PartSpec::name);
  return found == parts.end() ? nullptr : &*found;
}

bool TestSpec::has(std::string_view name_of_either) const noexcept {
  return name == name_of_either || find_part(name_of_either);
}

int Spec::max_score() const noexcept {
  int sum = 0;
  for (const TestSpec& test : tests) sum += test.points;
  return sum;
}

int Spec::earned_xp(int score) const noexcept {
  return score < pass || score == 0 ? 0 : xp * score / max_score();
}

const TestSpec* Spec::find(std::string_view test_or_part) const noexcept {
  for (const TestSpec& known : tests) {
    if (known.has(test_or_part)) return &known;
  }
  return nullptr;
}

Spec parse_spec(const Json& json, std::string exercise) {
  require_valid(json, "spec.json");
  Spec spec{.exercise = std::move(exercise),
            .title = json.at("title"),
            .subject = json.at("subject"),
            .file = json.at("file"),
            .first_step = json.at("first_step"),
            .xp = json.at("xp"),
            .pass = json.at("pass"),
            .schedules = json.at("schedules"),
            .tests = parse_tests(json),
            .limits = parse_limits(json.at("limits")),
            .norm = load_norm(json.at("norm"))};
  check(spec);
  return spec;
}

Spec load_spec(const Exercise& exercise) {
  const Json json = read_json(exercise.spec);
  const std::filesystem::path folder = exercise.spec.parent_path();
  try {
    Spec spec = parse_spec(json, exercise.name);
    check_file(folder, "subject", spec.subject);
    check_file(folder, "file", spec.file);
    return spec;
  } catch (const Error& error) {
    throw broken(fmt::format("{}: {}", folder.string(), error.what()));
  }
}

}  // namespace corokit::moulinette
