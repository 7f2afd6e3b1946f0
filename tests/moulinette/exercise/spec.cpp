#include "exercise/spec.hpp"

#include "error.hpp"
#include "exercise/closest.hpp"
#include "exercise/schema.hpp"
#include "exercise/translation.hpp"

#include <fmt/format.h>
#include <algorithm>
#include <cmath>
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
                     parse_bounds(test, bounds),
                     test.value("visible", true)});
  for (const Json& edge : json.at("edge_cases")) {
    TestSpec& whole = *std::ranges::find(tests, edge.at("part_of").get<std::string>(), &TestSpec::name);
    whole.parts.push_back(
        {edge.at("name"), edge.at("what"), edge.at("trap"), parse_bounds(edge, whole.bounds)});
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

CheckPolicy parse_policy(const Json& norm, const char* key) {
  const std::string text = norm.value(key, "off");
  return text == "fail" ? CheckPolicy::fail : text == "warn" ? CheckPolicy::warn : CheckPolicy::off;
}

using Complaints = std::vector<Complaint>;

std::vector<std::string> names_of(const Json& parts) {
  std::vector<std::string> names;
  for (const Json& part : parts) names.push_back(part.at("name"));
  return names;
}

/// A rung is explored within bounds; any other exercise is played under schedules, within limits.
void check_kind(const Json& json, Complaints& found) {
  const bool is_rung = json.contains("explored");
  for (const char* key : {"schedules", "limits"}) {
    if (json.contains(key) != is_rung) continue;
    found.push_back(
        {{key},
         fmt::format("\"{}\" {}", key, is_rung ? "and \"explored\" exclude each other" : "is missing")});
  }
  if (!json.contains("roster") && !json.contains("withheld")) found.push_back({{}, "\"roster\" is missing"});
}

void check_names(const Json& json, Complaints& found) {
  std::set<std::string> taken;
  for (const char* list : {"tests", "edge_cases"}) {
    std::size_t place = 0;
    for (const std::string& name : names_of(json.at(list))) {
      const std::string index = std::to_string(place++);
      if (!taken.insert(name).second)
        found.push_back({{list, index, "name"},
                         fmt::format("\"{}[{}].name\" must be unique, and {} is the name of another part",
                                     list, index, name)});
    }
  }
}

void check_fuzzing(const Json& json, Complaints& found) {
  const Json fuzzing = json.value("fuzzing", Json::object());
  for (const auto& [key, range] : fuzzing.items())
    if (range.is_array() && range.at(0) > range.at(1))
      found.push_back(
          {{"fuzzing", key},
           fmt::format("\"fuzzing.{}\" must name the smaller number first, not {}", key, range.dump())});
}

/// To touch memory takes processor time. A program that takes all that it can get has to reach the limit of memory, on a
/// slow machine as well: else it fails today, and hangs tomorrow.
void check_limits(const Json& json, Complaints& found) {
  constexpr int kMibASecond = 768;  // half of what was measured
  if (!json.contains("limits")) return;
  const Json& limits = json["limits"];
  const int most = kMibASecond * limits.at("schedule_cpu_seconds").get<int>();
  if (limits.at("memory_mib").get<int>() <= most) return;
  found.push_back({{"limits", "memory_mib"},
                   fmt::format("\"limits.memory_mib\" must be at most {}, {} a second of "
                               "\"limits.schedule_cpu_seconds\": to touch more would take longer than that",
                               most, kMibASecond)});
}

void check_edge_cases(const Json& json, Complaints& found) {
  const std::vector<std::string> tests = names_of(json.at("tests"));
  std::size_t place = 0;
  for (const Json& edge : json.at("edge_cases")) {
    const std::string whole = edge.at("part_of");
    const std::string index = std::to_string(place++);
    if (std::ranges::find(tests, whole) == tests.end())
      found.push_back({{"edge_cases", index, "part_of"},
                       fmt::format("\"edge_cases[{}].part_of\" names {}, which is no test{}", index, whole,
                                   did_you_mean(whole, tests))});
  }
}

void check_points(const Json& json, Complaints& found) {
  int sum = json.value("withheld", 0);
  for (const Json& test : json.at("tests")) sum += test.at("points").get<int>();
  if (sum != kPoints)
    found.push_back(
        {{"tests"}, fmt::format("\"points\" of all tests must add up to {}, not to {}", kPoints, sum)});
}

void check_hints(const Json& json, Complaints& found) {
  std::size_t test = 0;
  for (const Json& entry : json.at("tests")) {
    std::size_t place = 0;
    for (const Json& hint : entry.at("hints")) {
      if (hint.get<std::string>().find_first_not_of(" \t\n") == std::string::npos)
        found.push_back({{"tests", std::to_string(test), "hints", std::to_string(place)},
                         fmt::format("\"tests[{}].hints[{}]\" says nothing", test, place)});
      ++place;
    }
    ++test;
  }
}

}  // namespace

std::string_view word(CheckPolicy policy) noexcept {
  switch (policy) {
    case CheckPolicy::off:
      return "off";
    case CheckPolicy::warn:
      return "warn";
    case CheckPolicy::fail:
      return "fail";
  }
  return "unknown";
}

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

int Spec::earned_xp(int score, bool took_hint) const noexcept {
  if (score < pass || score == 0) return 0;
  if (score < max_score()) return xp * score / max_score();
  return took_hint ? xp : static_cast<int>(std::lround(xp * bonus_multiplier));
}

const TestSpec* Spec::find(std::string_view test_or_part) const noexcept {
  for (const TestSpec& known : tests) {
    if (known.has(test_or_part)) return &known;
  }
  return nullptr;
}

std::string french_name(const std::string& subject) {
  const std::filesystem::path english = subject;
  return english.stem() == "lesson" ? "lecon.fr.md" : english.stem().string() + ".fr.md";
}

std::vector<Complaint> spec_complaints(const Json& json) {
  static const Json schema = schema_of("spec.json");
  Complaints found = complaints(json, schema);
  if (!found.empty()) return found;
  for (const auto check :
       {check_kind, check_names, check_limits, check_edge_cases, check_points, check_hints, check_fuzzing})
    check(json, found);
  return found;
}

Spec parse_spec(const Json& json, std::string exercise) {
  std::vector<std::string> sentences;
  for (const Complaint& complaint : spec_complaints(json))
    sentences.push_back("spec.json: " + complaint.sentence);
  if (!sentences.empty()) throw broken(fmt::format("{}", fmt::join(sentences, "\n")));
  const bool is_rung = json.contains("explored");
  return {.exercise = std::move(exercise),
          .title = json.at("title"),
          .module = json.at("module"),
          .teaches = json.at("concept"),
          .tier = json.at("tier"),
          .difficulty = json.at("difficulty"),
          .tags = json.at("tags"),
          .prerequisites = json.at("prerequisites"),
          .subject = json.at("subject"),
          .file = json.at("file"),
          .prototype = json.at("prototype"),
          .first_step = json.at("first_step"),
          .xp = json.at("xp"),
          .bonus_multiplier = json.value("bonus_multiplier", 1.0),
          .pass = json.at("pass"),
          .minutes = json.at("minutes"),
          .is_rung = is_rung,
          .schedules = json.value("schedules", std::uint64_t{0}),
          .tests = parse_tests(json),
          .limits = is_rung ? kOfRung : parse_limits(json.at("limits")),
          .norm = load_norm(json.at("norm"), is_rung),
          .check_memory = is_rung ? CheckPolicy::off : parse_policy(json.at("norm"), "check_memory"),
          .check_security = is_rung ? CheckPolicy::off : parse_policy(json.at("norm"), "check_security")};
}

Spec load_spec(const Exercise& exercise, Language language) {
  const JsonFile file = read_json_file(exercise.spec);
  std::vector<std::string> sentences;
  for (const Complaint& complaint : spec_complaints(file.json)) sentences.push_back(file.located(complaint));
  if (!sentences.empty()) throw broken(fmt::format("{}", fmt::join(sentences, "\n")));
  Spec spec = parse_spec(file.json, exercise.name);
  // The file to fill in belongs to students, who may lose it.
  if (!std::filesystem::is_regular_file(exercise.spec.parent_path() / spec.subject))
    throw broken(file.located(
        {{"subject"}, fmt::format("\"subject\" names {}, which is no file there", spec.subject)}));
  const std::filesystem::path french = exercise.spec.parent_path() / "spec.fr.json";
  if (language == Language::french && std::filesystem::exists(french)) {
    const Json texts = read_json(french);
    require_valid(texts, "spec.fr.json");
    translate(spec, texts);
    spec.language = language;
  }
  return spec;
}

}  // namespace corokit::moulinette
