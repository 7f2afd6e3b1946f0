#include "running/rung_run.hpp"

#include "error.hpp"
#include "running/printable.hpp"
#include "running/received.hpp"
#include "running/run_messages.hpp"
#include "running/time_limit.hpp"

#include <explorer/drawing/read_recording.hpp>

#include <fmt/format.h>
#include <algorithm>
#include <csignal>
#include <nlohmann/json.hpp>
#include <optional>
#include <sstream>
#include <string_view>

namespace corokit::moulinette {
namespace {

using Json = nlohmann::json;

/// What the explorer said over its socket.
struct Said {
  std::string begun;        // the part that began last
  std::vector<Json> parts;  // how they ended, in their order
  bool passed = false;      // that all have passed
};

Said read(const std::string& text, const std::string& secret) {
  Said said;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with(secret + " ")) continue;
    Json json = Json::parse(printable(line.substr(secret.size() + 1)), nullptr, false);
    if (!json.is_object()) continue;
    if (json.contains("begins"))
      said.begun = text_of(json, "begins");
    else if (json.contains("part"))
      said.parts.push_back(std::move(json));
    else
      said.passed = text_of(json, "outcome") == "passed";
  }
  return said;
}

/// Returns: a part with its bounds, as the explorer reads them.
std::string order(const std::string& part, const Bounds& bounds) {
  return fmt::format("{}:{}:{}:{}:{}", part, bounds.preemptions, bounds.stale_loads, bounds.spurious_wakes,
                     bounds.schedules);
}

std::uint64_t number_of(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_number_unsigned() ? found->get<std::uint64_t>() : 0;
}

Replayed replayed(const Json& part, const ReplayToken& token, Outcome outcome, const std::string& message) {
  Replayed played{.outcome = outcome,
                  .message = message,
                  .moves = text_of(part, "token"),
                  .choices = 0,
                  .told = {},
                  .timeline = {},
                  .recording = {}};
  if (const auto recording = recording_of(part)) {
    explorer::Recording named = *recording;
    named.test = token.exercise + ": " + token.part;
    named.token = ReplayToken{token.exercise, token.part, 1, played.moves}.text();
    played.recording = std::make_shared<const explorer::Recording>(std::move(named));
  }
  return played;
}

/// A part that broke.
void add_finding(TestRun& run, const Json& part, const std::string& exercise) {
  run.finding = text_of(part, "finding");
  run.outcome = run.finding == "crash" ? Outcome::crashed : Outcome::failed;
  run.message = text_of(part, "message");
  if (const auto where = part.find("where"); where != part.end() && where->is_array())
    for (const Json& line : *where)
      if (line.is_string()) run.where.push_back(line);
  run.seed = 1;
  run.replayed = replayed(part, {exercise, run.part, 1, {}}, run.outcome, run.message);
}

/// The process ended before it said how.
void add_ending(TestRun& run, const Finished& finished, const LimitsSpec& limits) {
  const std::string where =
      run.part.empty() ? run_message("before the first schedule") : run_message("in the part {}", run.part);
  switch (finished.how) {
    case Finished::How::not_started:
      throw broken(fmt::format("The explorer cannot be started: {}.", finished.output));
    case Finished::How::interrupted:
      run.outcome = Outcome::interrupted;
      run.message = run_message("interrupted");
      return;
    case Finished::How::out_of_time:
      run.outcome = Outcome::hung;
      run.message = still_running(finished, where, limits.wall);
      return;
    case Finished::How::signalled:
      run.outcome = finished.code == SIGXCPU ? Outcome::hung : Outcome::crashed;
      run.message = run_message("killed by {} {}", signal_name(finished.code), where);
      return;
    case Finished::How::exited:
      run.outcome = Outcome::exited_early;
      run.message =
          run_message("the program ended {} with status {}, and never reported", where, finished.code);
      return;
  }
}

std::vector<std::string> orders(const TestSpec& test) {
  std::vector<std::string> all{order(test.name, test.bounds)};
  for (const PartSpec& part : test.parts) all.push_back(order(part.name, part.bounds));
  return all;
}

TestEnded play(const RungProgram& program, std::vector<std::string> arguments, const Interrupt& interrupt) {
  arguments.insert(arguments.begin(), {program.loaded.string(), "--graded"});
  return run_test_process(program.explorer,
                          {.arguments = std::move(arguments),
                           .part = program.explorer.limits.schedule,
                           .wall = program.explorer.limits.wall,
                           .report = 16U << 20U,
                           .file = 64U << 20U},  // the recording of a schedule without end is long
                          interrupt);
}

}  // namespace

TestRun run_rung_test(const RungProgram& program, const std::string& exercise, const TestSpec& test,
                      const Interrupt& interrupt) {
  const std::vector<std::string> wanted = orders(test);
  const TestEnded ended = play(program, wanted, interrupt);
  const Said said = read(ended.finished.report, ended.secret);
  TestRun run;
  run.output = ended.finished.output;
  run.part = test.has(said.begun) ? said.begun : "";
  run.exhausted = true;
  std::uint64_t most = 0;  // schedules of a part: what is said of the test is said of that one
  for (const Json& part : said.parts) {
    run.schedules += number_of(part, "schedules");
    run.exhausted = run.exhausted && part.value("exhausted", Json(false)) == true;
    if (text_of(part, "outcome") == "passed") {
      if (const std::uint64_t schedules = number_of(part, "schedules"); schedules > most) {
        most = schedules;
        run.coverage = text_of(part, "coverage");
      }
      continue;
    }
    const std::string name = text_of(part, "part");
    run.broken.push_back({name, text_of(part, "finding"), printable(text_of(part, "message"))});
    if (!run.finding.empty()) continue;
    run.part = test.has(name) ? name : "";
    add_finding(run, part, exercise);
    run.message = printable(std::move(run.message));
  }
  if (!run.finding.empty()) return run;
  if (said.passed && said.parts.size() == wanted.size() && ended.finished.succeeded())
    run.outcome = Outcome::passed;
  else
    add_ending(run, ended.finished, program.explorer.limits);
  return run;
}

Replayed replay_rung(const RungProgram& program, const ReplayToken& token, const TestSpec& test,
                     const Interrupt& interrupt) {
  const PartSpec* part = test.find_part(token.part);
  std::vector<std::string> arguments{order(token.part, part ? part->bounds : test.bounds)};
  if (!token.moves.empty()) arguments.insert(arguments.end(), {"--replay", token.moves});
  const TestEnded ended = play(program, arguments, interrupt);
  const Said said = read(ended.finished.report, ended.secret);
  if (said.parts.empty()) {
    TestRun run;
    run.part = token.part;
    add_ending(run, ended.finished, program.explorer.limits);
    return {run.outcome, run.message, token.moves, 0, {}, {}, {}};
  }
  TestRun run{.outcome = Outcome::passed,
              .message = {},
              .seed = {},
              .part = token.part,
              .timeline = {},
              .output = {},
              .replayed = {}};
  const Json& last = said.parts.back();
  if (text_of(last, "outcome") == "passed") return replayed(last, token, Outcome::passed, "");
  add_finding(run, last, token.exercise);
  return *run.replayed;
}

namespace {

std::string order_of(const TestSpec& test, const std::string& part) {
  const PartSpec* further = test.find_part(part);
  return order(part, further ? further->bounds : test.bounds);
}

/// Returns: what the explorer says of the one part that it plays.
Json play_part(const RungProgram& program, std::vector<std::string> arguments, const Interrupt& interrupt) {
  const TestEnded ended = play(program, std::move(arguments), interrupt);
  Said said = read(ended.finished.report, ended.secret);
  if (said.parts.empty() && !interrupt.requested())
    throw broken(fmt::format("The explorer said nothing.\n{}", ended.finished.output));
  return said.parts.empty() ? Json::object() : std::move(said.parts.back());
}

}  // namespace

Json play_moves(const RungProgram& program, const TestSpec& test, const std::string& part,
                const std::vector<std::size_t>& moves, const Interrupt& interrupt) {
  return play_part(program, {order_of(test, part), "--duel", fmt::format("{}", fmt::join(moves, " "))},
                   interrupt);
}

std::optional<std::vector<std::size_t>> shortest_moves(const RungProgram& program, const TestSpec& test,
                                                       const std::string& part, const Interrupt& interrupt) {
  const std::string ordered = order_of(test, part);
  const Json found = play_part(program, {ordered}, interrupt);
  if (text_of(found, "token").empty()) return {};
  const Json again = play_part(program, {ordered, "--replay", text_of(found, "token")}, interrupt);
  const auto moves = again.find("moves");
  if (moves == again.end() || !moves->is_array()) return {};
  return moves->get<std::vector<std::size_t>>();
}

std::shared_ptr<const explorer::Recording> recording_of(const Json& line) {
  const auto recording = line.find("recording");
  if (recording == line.end()) return nullptr;
  auto read = explorer::read_recording(recording->dump());
  return read ? std::make_shared<const explorer::Recording>(*std::move(read)) : nullptr;
}

}  // namespace corokit::moulinette
