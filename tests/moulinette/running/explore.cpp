#include "running/explore.hpp"

#include "running/received.hpp"
#include "running/replay.hpp"

#include <chrono>

namespace corokit::moulinette {
namespace {

template <class Number>
Number number_of(const nlohmann::json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_number_unsigned() ? found->get<Number>() : Number{};
}

bool is_true(const nlohmann::json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && *found == true;
}

ExploredPart part_of(const nlohmann::json& json) {
  ExploredPart part{.part = text_of(json, "explored"),
                    .schedules = number_of<std::uint64_t>(json, "schedules")};
  const auto preemptions = json.find("all_with_preemptions");
  if (preemptions != json.end() && preemptions->is_number_unsigned()) part.preemptions = *preemptions;
  part.ended = is_true(json, "ended");
  part.all = is_true(json, "all");
  return part;
}

}  // namespace

Explored explore(const TestProgram& program, const std::string& exercise, const TestSpec& test,
                 const Interrupt& interrupt) {
  const TestEnded ended = run_test_process(
      program,
      {.arguments = {test.name, "--explore"}, .part = program.limits.schedule, .wall = program.limits.wall},
      interrupt);
  const Schedules subject{.only = 1};
  const TestRun run = judge(ended.finished, ended.secret, test, subject, program.limits);
  Explored explored{.outcome = run.outcome, .message = run.message, .token = {}, .parts = {}};
  for (const auto& json : read_lines(ended.finished.report, ended.secret, test, subject).explored) {
    if (const std::string moves = text_of(json, "schedule"); !moves.empty())
      explored.token = ReplayToken{exercise, run.part, 1, moves}.text();
    else
      explored.parts.push_back(part_of(json));
    if (!is_true(json, "diverged") || explored.outcome != Outcome::passed) continue;
    explored.outcome = Outcome::failed;
    explored.message = text_of(json, "explored") + " is not deterministic: the same choices led elsewhere";
  }
  return explored;
}

}  // namespace corokit::moulinette
