#include "class/class_result.hpp"

#include "error.hpp"
#include "exercise/schema.hpp"
#include "whole_file.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <algorithm>
#include <ctime>
#include <nlohmann/json.hpp>

namespace corokit::moulinette {
namespace fs = std::filesystem;
namespace {

using Json = nlohmann::ordered_json;

Json json_of(const std::optional<Moment>& moment) {
  return moment ? Json(text_of(*moment)) : Json();
}

std::optional<Moment> moment_in(const Json& json) {
  return json.is_null() ? std::nullopt : std::optional(moment_of(json.get<std::string>()));
}

Json to_json(const Attempt& attempt) {
  return {{"file", attempt.file},
          {"content", attempt.content},
          {"handed_in", json_of(attempt.handed_in)},
          {"time_from", attempt.time_from},
          {"late_seconds", attempt.late.count()},
          {"verdict", attempt.verdict},
          {"problem", attempt.problem},
          {"earned", attempt.earned},
          {"score", attempt.score},
          {"counts", attempt.counts}};
}

Attempt attempt_in(const Json& json) {
  return {.file = json.at("file"),
          .content = json.at("content"),
          .handed_in = moment_in(json.at("handed_in")),
          .time_from = json.at("time_from"),
          .late = std::chrono::seconds(json.at("late_seconds").get<std::int64_t>()),
          .verdict = json.at("verdict"),
          .problem = json.at("problem"),
          .earned = json.at("earned"),
          .score = json.at("score"),
          .counts = json.at("counts")};
}

Json to_json(const StudentResult& student) {
  Json attempts = Json::array();
  for (const Attempt& attempt : student.attempts) attempts.push_back(to_json(attempt));
  Json tests = Json::array();
  for (const TestMark& mark : student.tests)
    tests.push_back({{"points", mark.points}, {"outcome", mark.outcome}, {"part", mark.part}});
  Json similar = Json::array();
  for (const Resemblance& other : student.similar)
    similar.push_back({{"student", other.student}, {"percent", other.percent}, {"page", other.page}});
  return {{"id", student.id},
          {"roster_id", student.roster_id},
          {"name", student.name},
          {"email", student.email},
          {"group", student.group},
          {"language", student.language},
          {"in_roster", student.in_roster},
          {"deadline", json_of(student.deadline)},
          {"verdict", student.verdict},
          {"earned", student.earned},
          {"score", student.score},
          {"tests", std::move(tests)},
          {"norm", student.norm},
          {"warnings", student.warnings},
          {"nearest", student.nearest},
          {"same_as", student.same_as},
          {"similar", std::move(similar)},
          {"notes", student.notes},
          {"attempts", std::move(attempts)}};
}

StudentResult student_in(const Json& json) {
  StudentResult student;
  student.id = json.at("id");
  student.roster_id = json.value("roster_id", std::string());
  student.name = json.at("name");
  student.email = json.value("email", std::string());
  student.group = json.at("group");
  student.language = json.at("language");
  student.in_roster = json.at("in_roster");
  student.deadline = moment_in(json.at("deadline"));
  student.verdict = json.at("verdict");
  student.earned = json.at("earned");
  student.score = json.at("score");
  for (const Json& mark : json.at("tests"))
    student.tests.push_back({mark.at("points"), mark.at("outcome"), mark.at("part")});
  student.norm = json.at("norm").get<std::vector<std::string>>();
  student.warnings = json.at("warnings");
  student.nearest = json.at("nearest");
  student.same_as = json.at("same_as").get<std::vector<std::string>>();
  for (const Json& other : json.at("similar"))
    student.similar.push_back({other.at("student"), other.at("percent"), other.at("page")});
  student.notes = json.at("notes").get<std::vector<std::string>>();
  for (const Json& attempt : json.at("attempts")) student.attempts.push_back(attempt_in(attempt));
  return student;
}

}  // namespace

const Attempt* StudentResult::counting() const noexcept {
  const auto found = std::ranges::find_if(attempts, &Attempt::counts);
  return found == attempts.end() ? nullptr : &*found;
}

fs::path graded_file(const std::string& id) {
  return fs::path("graded") / (id + ".json");
}
fs::path source_file(const std::string& id) {
  return fs::path("sources") / (id + ".cpp");
}
fs::path feedback_file(const std::string& id) {
  return fs::path("students") / (id + ".json");
}
fs::path page_file(const std::string& id) {
  return fs::path("students") / (id + ".html");
}

std::string text_of(Moment moment) {
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(moment.time_since_epoch().count()));
}

Moment moment_of(const std::string& text) {
  std::tm time{};
  const char* end = strptime(text.c_str(), "%Y-%m-%dT%H:%M:%SZ", &time);
  if (!end || *end) throw broken(fmt::format("\"{}\" is no moment like 2026-05-01T21:59:00Z.", text));
  return Moment(std::chrono::seconds(timegm(&time)));
}

Json to_json(const ClassResult& result) {
  Json tests = Json::array();
  for (const ClassTest& test : result.tests)
    tests.push_back(
        {{"name", test.name}, {"what", test.what}, {"points", test.points}, {"visible", test.visible}});
  Json students = Json::array();
  for (const StudentResult& student : result.students) students.push_back(to_json(student));
  return {{"schema_version", ClassResult::kVersion},
          {"exercise", result.exercise},
          {"title", result.title},
          {"pass", result.pass},
          {"max_score", result.max_score},
          {"tests", std::move(tests)},
          {"deadline", json_of(result.deadline)},
          {"late_rule", result.late_rule},
          {"counting", result.counting},
          {"released", result.released},
          {"graded_at", text_of(result.graded_at)},
          {"seed", result.seed},
          {"sandbox", result.sandbox},
          {"grader", result.grader},
          {"shard", result.shard},
          {"problems", result.problems},
          {"students", std::move(students)}};
}

void write_class(const fs::path& folder, const ClassResult& result) {
  write_file(folder / "class.json",
             to_json(result).dump(1, ' ', false, Json::error_handler_t::replace) + '\n');
}

ClassResult read_class(const fs::path& folder) {
  const Json json = Json::parse(read_file(folder / "class.json"), nullptr, false);
  const std::string name = (folder / "class.json").string();
  if (!json.is_object()) throw broken(fmt::format("{} is no JSON object.", name));
  if (json.value("schema_version", 0) != ClassResult::kVersion)
    throw broken(fmt::format("{} was written by another version: grade the class again.", name));
  const auto found = violations(json, read_json(COROKIT_CLASS_SCHEMA), name);
  if (!found.empty()) throw broken(fmt::format("{}", fmt::join(found, "\n")));
  ClassResult result;
  result.exercise = json.at("exercise");
  result.title = json.at("title");
  result.pass = json.at("pass");
  result.max_score = json.at("max_score");
  for (const Json& test : json.at("tests"))
    result.tests.push_back({test.at("name"), test.at("what"), test.at("points"), test.at("visible")});
  result.deadline = moment_in(json.at("deadline"));
  result.late_rule = json.at("late_rule");
  result.counting = json.at("counting");
  result.released = json.at("released");
  result.graded_at = moment_of(json.at("graded_at"));
  result.seed = json.at("seed");
  result.sandbox = json.at("sandbox");
  result.grader = json.at("grader");
  result.shard = json.at("shard");
  result.problems = json.at("problems").get<std::vector<std::string>>();
  for (const Json& student : json.at("students")) result.students.push_back(student_in(student));
  return result;
}

}  // namespace corokit::moulinette
