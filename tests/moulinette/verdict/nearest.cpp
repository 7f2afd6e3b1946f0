#include "verdict/nearest.hpp"

#include "running/hash.hpp"
#include "verdict/candidate.hpp"
#include "verdict/kept_runs.hpp"
#include "whole_file.hpp"

#include <fmt/format.h>
#include <algorithm>
#include <charconv>
#include <set>
#include <sstream>
#include <vector>

namespace corokit::moulinette {
namespace fs = std::filesystem;
namespace {

constexpr double kLeast = 0.6;   // how much of what fails must fail alike
constexpr double kWhere = 0.25;  // what the lines count, between mutants that fail alike

/// How an implementation fails: the parts, the kinds of findings, and what did not hold.
std::set<std::string> failures(const std::vector<TestResult>& tests) {
  std::set<std::string> found;
  for (const TestResult& result : tests) {
    for (const BrokenPart& broken : result.run.broken) {
      found.insert(broken.part + ": " + broken.finding);
      if (broken.finding == "broken")
        found.insert(broken.part + ": " + broken.message.substr(0, broken.message.rfind(" at ")));
    }
  }
  return found;
}

/// The words of the lines that findings name.
std::set<std::string> words(const std::vector<TestResult>& tests, const fs::path& file) {
  std::set<std::string> found;
  std::vector<std::string> lines;
  std::istringstream text(read_file(file));
  for (std::string line; std::getline(text, line);) lines.push_back(line);
  for (const TestResult& result : tests) {
    for (const std::string& where : result.run.where) {
      const std::size_t colon = where.rfind(':');
      if (colon == std::string::npos || where.substr(0, colon) != file.filename()) continue;
      std::size_t number = 0;
      std::from_chars(where.data() + colon + 1, where.data() + where.size(), number);
      if (number == 0 || number > lines.size()) continue;
      std::string word;
      for (const char c : lines[number - 1] + ' ') {
        if (std::isalnum(static_cast<unsigned char>(c)) || c == '_')
          word += c;
        else if (!word.empty())
          found.insert(std::exchange(word, {}));
      }
    }
  }
  return found;
}

/// Returns: how much two sets have in common, from 0 to 1.
double alike(const std::set<std::string>& one, const std::set<std::string>& other) {
  std::size_t common = 0;
  for (const std::string& item : one) common += other.count(item);
  const std::size_t all = one.size() + other.size() - common;
  return all == 0 ? 0 : static_cast<double>(common) / static_cast<double>(all);
}

/// Plays the mutants, unless that is known. Returns: how each was graded.
std::vector<Graded> play(Session& session, const std::vector<const RosterEntry*>& mutants) {
  const KeptRuns kept(session, session.kept_runs(), session.is_partial);
  std::vector<Candidate> candidates;
  std::vector<std::uint64_t> hashes;
  Jobs jobs;
  for (const RosterEntry* mutant : mutants) {
    hashes.push_back(hash_of(read_file(mutant->executable)));
    candidates.emplace_back(session, mutant->name, mutant->object, mutant->executable);
    if (const auto runs = kept.find(hashes.back()))
      candidates.back().add_kept(jobs, *runs);
    else
      candidates.back().add_checks(jobs);
  }
  std::vector<Graded> played;
  if (!run_tests(jobs, session)) return played;
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    played.push_back(candidates[i].graded());
    Runs runs;
    for (const TestResult& result : played.back().tests) runs.emplace_back(result.run);
    if (!session.is_partial) kept.keep(hashes[i], runs);
  }
  return played;
}

}  // namespace

std::optional<Nearest> nearest_mutant(Session& session, const Graded& graded) {
  const std::set<std::string> wrong = failures(graded.tests);
  if (wrong.empty() || graded.score == 0) return {};
  std::vector<const RosterEntry*> mutants;
  for (const RosterEntry& entry : session.manifest.roster)
    if (entry.role == Role::mutant && fs::exists(entry.executable)) mutants.push_back(&entry);
  const RosterEntry* itself = session.find_in_roster(graded.implementation);
  const fs::path source =
      itself ? fs::path(itself->executable).replace_extension("") / session.spec.exercise / session.spec.file
             : fs::path(graded.implementation);
  const std::set<std::string> there = words(graded.tests, source);
  const RosterEntry* best = nullptr;
  double fits = kLeast;
  const std::vector<Graded> played = play(session, mutants);
  for (std::size_t i = 0; i < played.size(); ++i) {
    const fs::path file =
        fs::path(mutants[i]->executable).replace_extension("") / session.spec.exercise / session.spec.file;
    const double same = alike(wrong, failures(played[i].tests));
    const double score = same + (same < kLeast ? 0 : kWhere * alike(there, words(played[i].tests, file)));
    if (score < fits || (best && score == fits)) continue;
    fits = score;
    best = mutants[i];
  }
  if (!best) return {};
  return Nearest{best->name, load_wrong_header(session.manifest.root, best->file, session.spec)};
}

}  // namespace corokit::moulinette
