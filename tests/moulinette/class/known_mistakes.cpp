#include "class/known_mistakes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <nlohmann/json.hpp>

namespace corokit::moulinette {
namespace {

using Json = nlohmann::ordered_json;

constexpr double kLeast = 0.6;  // how much of what fails must fail alike

/// Numbers differ from run to run, and from program to program that makes the same mistake.
std::string without_numbers(const std::string& text) {
  std::string result;
  for (const char c : text) {
    const bool is_digit = std::isdigit(static_cast<unsigned char>(c)) != 0;
    if (!is_digit)
      result += c;
    else if (result.empty() || result.back() != '#')
      result += '#';
  }
  return result;
}

bool is_built_mutant(const RosterEntry& entry) {
  return entry.role == Role::mutant && std::filesystem::exists(entry.executable);
}

double alike(const std::set<std::string>& one, const std::set<std::string>& other) {
  const auto common = std::ranges::count_if(one, [&other](const auto& item) { return other.contains(item); });
  const std::size_t all = one.size() + other.size() - static_cast<std::size_t>(common);
  return all == 0 ? 0 : static_cast<double>(common) / static_cast<double>(all);
}

}  // namespace

std::set<std::string> failures_of(const Json& graded) {
  std::set<std::string> failures;
  for (const Json& test : graded.at("tests")) {
    const std::string outcome = test.at("outcome");
    if (outcome == "passed") continue;
    const std::string part = test.at("part");
    failures.insert(fmt::format("{} {}", part, outcome));
    // What follows a colon is of one schedule, such as a scenario, which may have been made short.
    const std::string message = test.at("message");
    failures.insert(fmt::format("{}: {}", part, without_numbers(message.substr(0, message.find(": ")))));
  }
  return failures;
}

bool knows_mistakes(const Manifest& manifest) {
  const auto is_mutant = [](const RosterEntry& entry) { return entry.role == Role::mutant; };
  return std::ranges::none_of(manifest.roster, is_mutant) ||
         std::ranges::any_of(manifest.roster, is_built_mutant);
}

std::vector<std::string> mistakes_to_play(const Session& session, const FileGrader& grader) {
  std::vector<std::string> names;
  for (const RosterEntry& entry : session.manifest.roster)
    if (is_built_mutant(entry) && !grader.knows_executable(entry.executable)) names.push_back(entry.name);
  return names;
}

std::vector<KnownMistake> known_mistakes(Session& session, const FileGrader& grader, std::size_t at_once,
                                         const JobEnded& played) {
  const std::vector<std::string> to_play = mistakes_to_play(session, grader);
  Jobs jobs;
  std::vector<JobResult<KnownMistake>> results;
  for (const RosterEntry& entry : session.manifest.roster) {
    if (!is_built_mutant(entry)) continue;
    results.push_back(jobs.add(entry.name, [&grader, &entry] {
      return KnownMistake{entry.name, failures_of(grader.grade_executable(entry.name, entry.executable))};
    }));
  }
  std::vector<KnownMistake> mistakes;
  const auto ended = [&](const std::string& name) {
    if (std::ranges::find(to_play, name) != to_play.end()) played(name);
  };
  if (!jobs.run(at_once, session.interrupt, ended)) return mistakes;
  for (const auto& result : results) mistakes.push_back(*result);
  return mistakes;
}

std::string nearest(const std::set<std::string>& failures, const std::vector<KnownMistake>& mistakes) {
  const KnownMistake* best = nullptr;
  double fits = kLeast;
  for (const KnownMistake& mistake : mistakes) {
    const double same = alike(failures, mistake.failures);
    if (same < fits || (best && same == fits)) continue;
    fits = same;
    best = &mistake;
  }
  return best ? best->name : "";
}

}  // namespace corokit::moulinette
