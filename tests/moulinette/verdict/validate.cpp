#include "verdict/validate.hpp"

#include "error.hpp"
#include "verdict/candidate.hpp"

#include <fmt/format.h>
#include <algorithm>
#include <deque>

namespace corokit::moulinette {
namespace fs = std::filesystem;
namespace {

WrongHeader header_of(const Session& session, const RosterEntry& entry) {
  if (!is_wrong(entry.role)) return {};
  return load_wrong_header(session.manifest.root, entry.file, session.spec);
}

/// What is wrong with an entry of the roster; empty if nothing is.
std::string check_entry(const Session& session, const RosterEntry& entry) {
  if (!fs::exists(session.manifest.root / entry.file))
    return entry.file.string() + " is in the roster and does not exist";
  try {
    header_of(session, entry);
    return "";
  } catch (const Error& error) {
    return error.what();
  }
}

struct Contestant {
  Role role;
  WrongHeader header;
  Candidate candidate;
};

void append(std::vector<Job>& jobs, std::vector<Job> more) {
  std::ranges::move(more, std::back_inserter(jobs));
}

/// Only those whose roster entry is sound; a deque, since jobs refer to their candidate.
std::deque<Contestant> contestants(Session& session) {
  std::deque<Contestant> result;
  for (const RosterEntry& entry : session.manifest.roster) {
    if (!check_entry(session, entry).empty()) continue;
    result.push_back({entry.role, header_of(session, entry),
                      Candidate(session, entry.name, entry.object, entry.executable)});
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

std::vector<std::string> check_roster(const Session& session) {
  const Manifest& manifest = session.manifest;
  std::vector<std::string> found;
  for (const RosterEntry& entry : manifest.roster) {
    std::string sentence = check_entry(session, entry);
    if (!sentence.empty()) found.push_back(std::move(sentence));
  }
  std::error_code failed;
  for (const auto& item : fs::directory_iterator(manifest.wrong, failed)) {
    const fs::path file = fs::relative(item.path(), manifest.root);
    const auto is_named = [&file](const RosterEntry& entry) { return entry.file == file; };
    if (item.path().extension() == ".md" || std::ranges::any_of(manifest.roster, is_named)) continue;
    found.push_back(file.string() + " is named by no pattern of the roster in spec.json");
  }
  return found;
}

Validated validate(Session& session, std::size_t times) {
  Validated validated{.exercise = session.spec.exercise,
                      .rows = {},
                      .roster = check_roster(session),
                      .times = times,
                      .unequal = {}};
  std::deque<Contestant> all = contestants(session);
  const fs::path stub = session.file_to_fill_in();
  all.push_front({Role::stub, {}, Candidate(session, "stub", stub)});

  // The stub's tests have to wait for the compiler; the others keep the machine busy meanwhile.
  std::vector<Job> jobs{all.front().candidate.compile_job()};
  for (std::size_t i = 1; i < all.size(); ++i) append(jobs, all[i].candidate.jobs());
  validated.interrupted = !run_tests(std::move(jobs), session);
  if (!validated.interrupted) validated.interrupted = !run_tests(all.front().candidate.jobs(), session);
  if (!validated.interrupted && times > 1) validated.interrupted = !repeat(all, session, validated);

  for (const Contestant& contestant : all) {
    Graded graded = contestant.candidate.graded();
    auto found = unmet(contestant.role, contestant.header, graded);
    validated.rows.push_back({contestant.role, contestant.header, std::move(graded), std::move(found)});
  }
  return validated;
}

}  // namespace corokit::moulinette
