#include "verdict/validate.hpp"

#include "error.hpp"
#include "verdict/candidate.hpp"

#include <fmt/format.h>
#include <algorithm>
#include <deque>
#include <fstream>
#include <sstream>

namespace corokit::moulinette {
namespace fs = std::filesystem;
namespace {

const Built* find_built(const Manifest& manifest, const RosterEntry& entry) {
  const auto found = std::ranges::find_if(manifest.implementations,
                                          [&](const Built& built) { return built.file == entry.file; });
  return found == manifest.implementations.end() ? nullptr : &*found;
}

WrongHeader header_of(const Manifest& manifest, const RosterEntry& entry) {
  std::ifstream input(manifest.root / entry.file);
  std::stringstream text;
  text << input.rdbuf();
  return parse_wrong_header(text.view(), entry.file.string());
}

std::vector<std::string> check_entry(const Manifest& manifest, const RosterEntry& entry) {
  const std::string file = entry.file.string();
  if (!fs::exists(manifest.root / entry.file)) return {file + " is in the roster and does not exist"};
  if (!find_built(manifest, entry)) return {file + " is in the roster and was not built: build again"};
  if (!entry.wrong()) return {};
  try {
    return disagreements(header_of(manifest, entry), entry);
  } catch (const Error& error) {
    return {error.what()};
  }
}

struct Contestant {
  RosterEntry entry;
  std::string under;
  Candidate candidate;
};

void append(std::vector<Job>& jobs, std::vector<Job> more) {
  std::ranges::move(more, std::back_inserter(jobs));
}

/// Only those whose roster entry is sound; a deque, since jobs refer to their candidate.
std::deque<Contestant> contestants(Session& session) {
  std::deque<Contestant> result;
  for (const RosterEntry& entry : session.spec.roster) {
    if (!check_entry(session.manifest, entry).empty()) continue;
    const Built& built = *find_built(session.manifest, entry);
    result.push_back({entry, entry.wrong() ? header_of(session.manifest, entry).under : "",
                      Candidate(session, built.name, built.object, built.executable)});
  }
  return result;
}

/// One candidate's tests, played once more.
struct Repetition {
  Contestant& contestant;
  std::vector<TestRun> runs;
};

void compare(const Repetition& repetition, const Spec& spec, std::vector<std::string>& unequal) {
  const Candidate& candidate = repetition.contestant.candidate;
  for (std::size_t i = 0; i < repetition.runs.size(); ++i) {
    const TestRun& first = candidate.runs()[i];
    const TestRun& now = repetition.runs[i];
    if (now.outcome == first.outcome || now.outcome == Outcome::interrupted) continue;
    unequal.push_back(fmt::format("{}: {} {} first, and {} when played again{}{}", candidate.name(),
                                  spec.tests[i].name, word(first.outcome), word(now.outcome),
                                  now.message.empty() ? "" : ": ", now.message));
  }
}

/// Plays all tests again; false where the interrupt came first.
bool repeat(std::deque<Contestant>& all, Session& session, Validated& validated) {
  std::deque<Repetition> repetitions;
  std::vector<Job> jobs;
  for (std::size_t again = 1; again < validated.times; ++again) {
    for (Contestant& contestant : all) {
      Repetition& repetition =
          repetitions.emplace_back(contestant, std::vector<TestRun>(session.spec.tests.size()));
      append(jobs, contestant.candidate.test_jobs(repetition.runs, again));
    }
  }
  const bool complete = run_tests(std::move(jobs), session);
  for (const Repetition& repetition : repetitions) compare(repetition, session.spec, validated.unequal);
  return complete;
}

}  // namespace

bool Validated::ok() const noexcept {
  return !interrupted && roster.empty() && unequal.empty() &&
         std::ranges::all_of(rows, [](const Row& row) { return row.unmet.empty(); });
}

std::vector<std::string> check_roster(const Spec& spec, const Manifest& manifest) {
  std::vector<std::string> found;
  for (const RosterEntry& entry : spec.roster)
    std::ranges::move(check_entry(manifest, entry), std::back_inserter(found));
  std::error_code failed;
  for (const auto& item : fs::directory_iterator(manifest.wrong, failed)) {
    const fs::path file = fs::relative(item.path(), manifest.root);
    const auto named = [&file](const RosterEntry& entry) { return entry.file == file; };
    if (item.path().extension() == ".md" || std::ranges::any_of(spec.roster, named)) continue;
    found.push_back(file.string() + " is not in the roster of spec.json");
  }
  return found;
}

Validated validate(Session& session, std::size_t times) {
  Validated validated{.exercise = session.spec.exercise,
                      .rows = {},
                      .roster = check_roster(session.spec, session.manifest),
                      .times = times,
                      .unequal = {}};
  std::deque<Contestant> all = contestants(session);
  const fs::path stub = session.file_to_fill_in();
  const RosterEntry stub_entry{.kind = Kind::stub, .file = stub, .killed_by = {}};
  all.push_front({stub_entry, "", Candidate(session, "stub", stub)});

  // The stub's tests have to wait for the compiler; the others keep the machine busy meanwhile.
  std::vector<Job> jobs{all.front().candidate.compile_job()};
  for (std::size_t i = 1; i < all.size(); ++i) append(jobs, all[i].candidate.jobs());
  validated.interrupted = !run_tests(std::move(jobs), session);
  if (!validated.interrupted) validated.interrupted = !run_tests(all.front().candidate.jobs(), session);
  if (!validated.interrupted && times > 1) validated.interrupted = !repeat(all, session, validated);

  for (const Contestant& contestant : all) {
    Graded graded = contestant.candidate.graded();
    auto found = unmet(contestant.entry, contestant.under, graded);
    validated.rows.push_back({contestant.entry, std::move(graded), std::move(found)});
  }
  return validated;
}

}  // namespace corokit::moulinette
