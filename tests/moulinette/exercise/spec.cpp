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

/// Returns: the bounds, with what the document says of them instead.
Bounds parse_bounds(const Json& json, Bounds bounds) {
  const Json explored = json.value("explored", Json::object());
  return {
      explored.value("preemptions", bounds.preemptions), explored.value("stale_loads", bounds.stale_loads),
      explored.value("spurious_wakes", bounds.spurious_wakes), explored.value("schedules", bounds.schedules)};
}

std::vector<TestSpec> parse_tests(const Json& json) {
  const Bounds bounds = parse_bounds(json, {});
  std::vector<TestSpec> tests;
  for (const Json& test : json.at("tests"))
    tests.push_back({test.at("name"),
                     test.at("points"),
                     test.at("what"),
                     test.at("hints"),
                     {},
                     parse_bounds(test, bounds)});
  std::size_t place = 0;
  for (const Json& edge : json.at("edge_cases")) {
    const std::string whole = edge.at("part_of");
    const auto found = std::ranges::find(tests, whole, &TestSpec::name);
    if (found == tests.end()) {
      throw broken(
          fmt::format("spec.json/edge_cases/{}: \"part_of\" names {}, which is no test", place, whole));
    }
    found->parts.push_back(
        {edge.at("name"), edge.at("what"), edge.at("trap"), parse_bounds(edge, found->bounds)});
    ++place;
  }
  for (TestSpec& test : tests)
    std::ranges::sort(test.parts, {}, &PartSpec::name);  // the order in which they are played
  return tests;
}

/// What a solution of a rung may use. The explorer reserves more address space than it uses.
constexpr LimitsSpec kOfRung{.wall = std::chrono::seconds(60),
                             .cpu = std::chrono::seconds(20),
                             .schedule = std::chrono::seconds(20),
                             .compile = std::chrono::seconds(60),
                             .memory_bytes = 0,
                             .source_bytes = std::size_t{256} << 10U};

LimitsSpec parse_limits(const Json& limits) {
  return {std::chrono::seconds(limits.at("wall_seconds")),
          std::chrono::seconds(limits.at("cpu_seconds")),
          std::chrono::seconds(limits.at("schedule_cpu_seconds")),
          std::chrono::seconds(limits.at("compile_seconds")),
          limits.at("memory_mib").get<std::size_t>() << 20U,
          limits.at("source_kib").get<std::size_t>() << 10U};
}

/// Checks what a schema cannot say.
void check(const Json& json) {
  const bool is_rung = json.contains("explored");
  for (const char* key : {"schedules", "limits"}) {
    if (json.contains(key) != is_rung) continue;
    throw broken(fmt::format("spec.json: \"{}\" {}", key,
                             is_rung ? "and \"explored\" exclude each other" : "is missing"));
  }
}

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

/// The file to fill in belongs to students, who may lose it.
void check_subject(const std::filesystem::path& folder, const std::string& name) {
  if (std::filesystem::is_regular_file(folder / name)) return;
  throw broken(fmt::format("spec.json: \"subject\" names {}, which is no file there", name));
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
  check(json);
  const bool is_rung = json.contains("explored");
  Spec spec{.exercise = std::move(exercise),
            .title = json.at("title"),
            .subject = json.at("subject"),
            .file = json.at("file"),
            .first_step = json.at("first_step"),
            .xp = json.at("xp"),
            .pass = json.at("pass"),
            .minutes = json.value("minutes", 0),
            .is_rung = is_rung,
            .schedules = json.value("schedules", std::uint64_t{0}),
            .tests = parse_tests(json),
            .limits = is_rung ? kOfRung : parse_limits(json.at("limits")),
            .norm = load_norm(json.at("norm"), is_rung)};
  check(spec);
  return spec;
}

Spec load_spec(const Exercise& exercise) {
  const Json json = read_json(exercise.spec);
  const std::filesystem::path folder = exercise.spec.parent_path();
  try {
    Spec spec = parse_spec(json, exercise.name);
    check_subject(folder, spec.subject);
    return spec;
  } catch (const Error& error) {
    throw broken(fmt::format("{}: {}", folder.string(), error.what()));
  }
}

}  // namespace corokit::moulinette
