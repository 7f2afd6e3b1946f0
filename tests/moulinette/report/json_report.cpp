#include "report/json_report.hpp"

#include "process/capped_text.hpp"
#include "report/evidence.hpp"
#include "report/report_schema.hpp"
#include "report/schedule_drawing.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace corokit::moulinette {

using Json = nlohmann::ordered_json;

namespace {

std::string shortened(const std::string& output) {
  constexpr std::size_t kKept = 2000;
  CappedText kept(kKept);
  kept.append(output);
  return kept.text();
}

Json explored(const TestResult& result) {
  if (!result.explored) return {};
  Json parts = Json::array();
  for (const ExploredPart& part : result.explored->parts)
    parts.push_back({{"part", part.part},
                     {"schedules", part.schedules},
                     {"all_with_preemptions", part.preemptions ? Json(*part.preemptions) : Json()},
                     {"exhausted", part.ended},
                     {"all", part.all}});
  return parts;
}

/// Returns: the schedule that failed, made short and drawn; empty if it was not played again.
std::string drawn(const TestRun& run) {
  constexpr std::size_t kLines = 60;
  if (!run.replayed || run.replayed->outcome != run.outcome) return "";
  return schedule_drawing(*run.replayed, OutputOptions(), kLines);
}

Json sandbox_json(SandboxLevel level) {
  return {{"level", word(level)}, {"remains", what_remains(level)}};
}

Json timeline_of(const TestRun& run) {
  Json timeline = Json::array();
  for (const TimelineEvent& event : run.timeline)
    timeline.push_back({{"nanoseconds", event.time.count()}, {"task", event.task}, {"event", event.event}});
  return timeline;
}

Json test_of(const Graded& graded, const TestResult& result) {
  return {{"name", result.test.name},
          {"what", result.test.what},
          {"visible", result.test.visible},
          {"points", result.points},
          {"max_points", result.test.points},
          {"outcome", word(result.run.outcome)},
          {"part", result.broken_part()},
          {"message", result.run.message},
          {"finding", result.run.finding},
          {"where", result.run.where},
          {"schedules", result.run.schedules},
          {"schedule", result.broken_part().empty() ? Json() : Json(result.run.seed.value_or(0))},
          {"timeline", timeline_of(result.run)},
          {"replay", replay_token(graded.exercise, result.run)},
          {"drawing", drawn(result.run)},
          {"rests_on", evidence(result, graded.seed)},
          {"explored", explored(result)},
          {"output", shortened(result.run.output)}};
}

Json finding_of(const NormFinding& finding) {
  return {{"symbol", finding.symbol}, {"why", finding.why},   {"line", finding.line},
          {"column", finding.column}, {"rule", finding.rule}, {"replacement", finding.replacement},
          {"file", finding.file}};
}

Json look_of(const SecondLook& look) {
  return {{"name", look.name},
          {"policy", word(look.policy)},
          {"outcome", word(look.outcome)},
          {"message", look.message},
          {"test", look.test}};
}

Json nearest_of(const Nearest& nearest) {
  return {{"name", nearest.name}, {"wrong", nearest.header.wrong}, {"plausible", nearest.header.plausible}};
}

/// What the roster says of an implementation.
Json roster_of(const Row& row) {
  Json roster{{"role", word(row.role)}, {"file", row.file}, {"source", row.source}, {"unmet", row.unmet}};
  if (!row.patch.empty()) roster["patch"] = row.patch;
  if (!is_wrong(row.role)) return roster;
  const WrongHeader& header = row.header;
  roster.update({{"wrong", header.wrong},
                 {"plausible", header.plausible},
                 {"killed_by", header.killed_by},
                 {"under", header.under},
                 {"expect", header.finding.empty() ? std::string(word(header.expect)) : header.finding}});
  return roster;
}

}  // namespace

Json to_json(const Graded& graded) {
  Json tests = Json::array();
  for (const TestResult& result : graded.tests) tests.push_back(test_of(graded, result));
  Json norm = Json::array();
  for (const NormFinding& finding : graded.norm.findings) norm.push_back(finding_of(finding));
  Json looks = Json::array();
  for (const SecondLook& look : graded.second_looks) looks.push_back(look_of(look));
  return {{"schema_version", kReportVersion},
          {"exercise", graded.exercise},
          {"implementation", graded.implementation},
          {"verdict", word(graded.verdict)},
          {"score", graded.score},
          {"max_score", graded.max_score},
          {"pass", graded.pass},
          {"passed", graded.passed()},
          {"seed", graded.seed},
          {"compiler", graded.compiler},
          {"sandbox", graded.sandbox ? sandbox_json(*graded.sandbox) : Json()},
          {"tests", std::move(tests)},
          {"norm", std::move(norm)},
          {"norm_level", word(graded.norm.level)},
          {"norm_note", graded.norm.note},
          {"checks", std::move(looks)},
          {"nearest", graded.nearest ? nearest_of(*graded.nearest) : Json()}};
}

Json to_json(const std::vector<Validated>& validated) {
  Json exercises = Json::array();
  Json implementations = Json::array();
  Json unmet = Json::array();
  for (const Validated& exercise : validated) {
    Json of_exercise = exercise.roster;
    for (const std::string& sentence : exercise.unequal) of_exercise.push_back(sentence);
    for (const std::string& sentence : exercise.limits) of_exercise.push_back(sentence);
    unmet.insert(unmet.end(), of_exercise.begin(), of_exercise.end());
    for (const Row& row : exercise.rows) {
      implementations.push_back(to_json(row.graded));
      implementations.back()["roster"] = roster_of(row);
      for (const std::string& sentence : row.unmet) unmet.push_back(sentence);
    }
    exercises.push_back({{"exercise", exercise.exercise},
                         {"ok", exercise.ok()},
                         {"unmet", std::move(of_exercise)},
                         {"sources", exercise.sources}});
  }
  return {{"schema_version", kReportVersion},
          {"ok", std::ranges::all_of(validated, &Validated::ok)},
          {"exercises", std::move(exercises)},
          {"implementations", std::move(implementations)},
          {"unmet", std::move(unmet)}};
}

}  // namespace corokit::moulinette
