#include "command_line/commands.hpp"

#include "command_line/command_parts.hpp"
#include "command_line/ladder_commands.hpp"
#include "command_line/reports.hpp"
#include "command_line/stepping.hpp"
#include "error.hpp"
#include "ladder/original.hpp"
#include "output/error_texts.hpp"
#include "output/terminal_words.hpp"
#include "platforms/report_file.hpp"
#include "report/grade_report.hpp"
#include "report/hints.hpp"
#include "report/json_report.hpp"
#include "report/ladder_report.hpp"
#include "report/limits_report.hpp"
#include "report/mutate_report.hpp"
#include "report/replay_report.hpp"
#include "report/schedule_drawing.hpp"
#include "report/test_report.hpp"
#include "report/validate_report.hpp"
#include "verdict/candidate.hpp"
#include "verdict/nearest.hpp"
#include "verdict/validate.hpp"
#include "whole_file.hpp"

#include <explorer/drawing/page.hpp>
#include <explorer/drawing/perfetto.hpp>
#include <explorer/drawing/read_recording.hpp>
#include <simulation/choices.hpp>
#include <simulation/recording_json.hpp>

#include <fmt/format.h>
#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <iostream>
#include <nlohmann/json.hpp>
#include <set>

namespace corokit::moulinette {
namespace {

void require_sanitizer(const Request& request, const Session& session) {
  if (!request.selection.sanitizer.empty() && !session.manifest.sanitized)
    throw broken(error_text("Nothing is built with that sanitizer: ./moulinette grade builds it."));
}

ReplayToken token_of(const std::string& text) {
  if (const auto token = parse_replay_token(text)) return *token;
  if (explorer::parse_token(text))
    throw misuse(error_text(
        "\"{}\" has no name of an exercise.\nIf a test printed it that explores schedules, run that test "
        "with COROKIT_EXPLORE_REPLAY={}",
        text, text));
  throw misuse(
      error_text("\"{}\" is no token.\nA token names an exercise, a test or a part of one, a schedule and "
                 "the moves in it, as in "
                 "async_orchestrator/timeout/17/12.3-40.1. A report of grade has it behind \"replay\".",
                 text));
}

explorer::Recording read_recording(const std::string& file) {
  const auto text = read_if_possible(file);
  if (!text) throw misuse(error_text("{} cannot be read: {}.", file, std::strerror(errno)));
  if (auto recording = explorer::read_recording(*text)) return *std::move(recording);
  throw misuse(error_text(
      "{} is no recording.\nA test that explores schedules writes one with COROKIT_EXPLORE_RECORD.", file));
}

/// Writes the files that are asked for, and steps through the recording.
void show_recording(const Request& request, const ReplayOptions& options,
                    const explorer::Recording& recording, Interrupt& interrupt) {
  if (!options.html.empty()) write_report_file(options.html, explorer::page(recording));
  if (!options.perfetto.empty()) write_report_file(options.perfetto, explorer::perfetto(recording));
  if (!options.step) return;
  flush_output();
  step_through(recording, request.output, std::cin, interrupt);
}

int draw_recording(const Request& request, const ReplayOptions& options) {
  constexpr std::size_t kRows = 60;
  Interrupt interrupt;
  const explorer::Recording recording = read_recording(options.recording);
  if (request.output.json)
    print(nlohmann::ordered_json::parse(explorer::to_json(recording)));
  else if (!options.step)
    print(drawing(recording, request.output, kRows));
  show_recording(request, options, recording, interrupt);
  return interrupt.requested() ? kInterrupted : 0;
}

}  // namespace

int replay_command(const Request& request, const ReplayOptions& options) {
  if (options.token.empty() == options.recording.empty())
    throw misuse(error_text(
        "Give either a token, which a report of grade has behind \"replay\", or --recording FILE."));
  if (request.output.json && options.step) throw misuse(error_text("--step and --json exclude each other."));
  if (!options.recording.empty()) return draw_recording(request, options);
  const ReplayToken token = token_of(options.token);
  Interrupt interrupt;
  Session session(find_exercise(request, token.exercise), request.output, interrupt);
  require_sanitizer(request, session);
  session.test_or_part(token.part);
  const std::filesystem::path source = submission(session, options.file);
  const Replay played = replay(session, source, token);
  if (interrupt.requested()) return kInterrupted;
  if (!played.replayed) {
    request.output.json ? print(to_json(played.graded)) : print(grade_report(played.graded, session, {}));
    return Error::kNotAsExpected;
  }
  const Replayed& replayed = *played.replayed;
  if (request.output.json)
    print(to_json(token, source.string(), replayed));
  else
    print(replay_report(token, source.string(), replayed, request.output));
  if (replayed.recording)
    show_recording(request, options, *replayed.recording, interrupt);
  else if (options.step || !options.html.empty() || !options.perfetto.empty())
    throw broken(error_text("Nothing was recorded: the process ended before it could tell what happened."));
  return replayed.outcome == Outcome::passed ? 0 : Error::kNotAsExpected;
}

int grade_command(const Request& request, const std::string& name, const std::optional<std::string>& file) {
  const auto begin = std::chrono::steady_clock::now();
  const Reports reports(request, ReportKind::graded);
  if (reports.any() && !request.selection.test.empty())
    throw misuse(error_text("A report for a platform is about all tests: leave out --test."));
  Interrupt interrupt;
  if (request.required_sandbox) require_sandbox(*request.required_sandbox);
  const Exercise exercise = find_exercise(request, name);
  Session session(exercise, request.output, interrupt);
  keep_original(exercise, session.spec);
  require_sanitizer(request, session);
  const std::filesystem::path source = submission(session, file);
  session.select(request.selection);
  Graded graded = grade(session, source);
  if (session.spec.is_rung && !interrupt.requested()) graded.nearest = nearest_mutant(session, graded);
  std::optional<Hint> hint;
  if (request.hints) hint = take_hint(graded, load_spec(exercise, request.output.language), request.hint);
  auto json = to_json(graded);
  json["seconds"] = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  if (hint) json["hint"] = hint->text;
  if (request.output.json) {
    print(json);
  } else if (!reports.take_output()) {
    print(session.is_partial ? test_report(graded, session) : grade_report(graded, session, hint));
  }
  remember_verdict(request, session, graded, source, hint && hint->is_new);
  if (interrupt.requested()) return kInterrupted;
  reports.write(json);
  if (!session.kept.empty() && graded.verdict != Verdict::did_not_compile && !request.output.json &&
      !reports.take_output())
    print(fmt::format("\n{}\n  {}\n",
                      TerminalWords(request.output.language)("The executable is left for a debugger:"),
                      debugger_command(std::filesystem::proximate(session.kept).string(), graded)));
  return reports.status(graded.passed() ? 0 : Error::kNotAsExpected);
}

namespace {

std::vector<Exercise> find_exercises(const Request& request, const std::vector<std::string>& names) {
  std::vector<Exercise> chosen;
  for (const std::string& name : names) chosen.push_back(find_exercise(request, name));
  return names.empty() ? load_kit(request.kit) : chosen;
}

}  // namespace

int limits_command(const Request& request, const std::vector<std::string>& names) {
  if (!request.reports.empty())
    throw misuse("--limits gives no verdict, which a report for a platform is about: leave out --report.");
  Interrupt interrupt;
  nlohmann::ordered_json all = nlohmann::ordered_json::array();
  for (const Exercise& exercise : find_exercises(request, names)) {
    Session session(exercise, request.output, interrupt);
    if (session.spec.is_rung) continue;  // the limits of rungs are the same for all, and not in spec.json
    const std::vector<SuggestedLimit> limits = suggest_limits(session);
    if (interrupt.requested()) return kInterrupted;
    if (!request.output.json) print(limits_report(exercise.name, limits));
    all.push_back(to_json(exercise.name, limits));
  }
  if (request.output.json) print(all);
  return 0;
}

int validate_command(const Request& request, const std::vector<std::string>& names, std::size_t times) {
  const Reports reports(request, ReportKind::validated);
  const std::vector<Exercise> chosen = find_exercises(request, names);
  Interrupt interrupt;
  std::vector<Validated> all;
  for (const Exercise& exercise : chosen) {
    if (interrupt.requested()) break;
    Session session(exercise, request.output, interrupt);
    all.push_back(validate(session, times));
    if (!request.output.json && !reports.take_output()) print(validate_report(all.back(), session));
  }
  if (request.output.json) print(to_json(all));
  if (interrupt.requested()) return kInterrupted;
  if (reports.any()) reports.write(to_json(all));
  return std::ranges::all_of(all, &Validated::ok) ? 0 : Error::kNotAsExpected;
}

int mutate_command(const Request& request, const std::string& name, MutateOptions options) {
  const Reports reports(request, ReportKind::mutated);
  Interrupt interrupt;
  const Exercise exercise = find_exercise(request, name);
  Session session(exercise, request.output, interrupt);
  if (session.spec.is_rung)
    throw misuse(fmt::format(
        "{} is a rung of the ladder: its mutants are written, and ./moulinette validate {} kills them.", name,
        name));
  options.cache = exercise.manifest.parent_path() / "mutants";
  const Mutated mutated = mutate(session, options);
  if (request.output.json) {
    print(to_json(mutated, session));
  } else if (options.list) {
    print(mutant_list(mutated));
  } else if (!reports.take_output()) {
    print(options.only.empty() ? mutate_report(mutated, session) : mutant_details(mutated, session));
  }
  if (interrupt.requested()) return kInterrupted;
  if (reports.any()) reports.write(to_json(mutated, session));
  return options.list || mutated.ok() ? 0 : Error::kNotAsExpected;
}

int list_command(const Request& request, const std::string& tag) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  std::set<std::string> tags;
  const TerminalWords say(request.output.language);
  for (const Exercise& exercise : load_kit(request.kit)) {
    const Spec spec = load_spec(exercise, request.output.json ? Language::english : request.output.language);
    tags.insert(spec.tags.begin(), spec.tags.end());
    if (!tag.empty() && std::ranges::find(spec.tags, tag) == spec.tags.end()) continue;
    const std::string file = (exercise.spec.parent_path() / spec.file).string();
    if (request.output.json) {
      list.push_back({{"exercise", spec.exercise},
                      {"title", spec.title},
                      {"module", spec.module},
                      {"concept", spec.teaches},
                      {"tier", spec.tier},
                      {"difficulty", spec.difficulty},
                      {"minutes", spec.minutes},
                      {"tags", spec.tags},
                      {"prerequisites", spec.prerequisites},
                      {"prototype", spec.prototype},
                      {"file", file},
                      {"max_score", spec.max_score()},
                      {"pass", spec.pass},
                      {"xp", spec.xp},
                      {"bonus_multiplier", spec.bonus_multiplier}});
    } else {
      print(fmt::format("{:<24} {}\n{:<24} {}\n{:<24} {}\n", spec.exercise, spec.title, "",
                        say("{}, difficulty {} of 5, about {} min; {} points, {} to pass; {} XP",
                            tier_in(say.language(), spec.tier), spec.difficulty, spec.minutes,
                            spec.max_score(), spec.pass, spec.xp),
                        "",
                        say("tags: {}; fill in {}", fmt::format("{}", fmt::join(spec.tags, ", ")),
                            std::filesystem::proximate(file).string())));
    }
  }
  if (!tag.empty() && !tags.contains(tag))
    throw misuse(error_text("No exercise has the tag \"{}\". There is: {}.", tag,
                            fmt::format("{}", fmt::join(tags, ", "))));
  if (request.output.json) print(list);
  return 0;
}

}  // namespace corokit::moulinette
