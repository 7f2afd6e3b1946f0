#include "verdict/validate.hpp"

#include "error.hpp"
#include "exercise/patched_file.hpp"
#include "running/hash.hpp"
#include "verdict/candidate.hpp"
#include "whole_file.hpp"

#include <fmt/format.h>
#include <algorithm>
#include <cctype>

namespace corokit::moulinette {
namespace fs = std::filesystem;
namespace {

WrongHeader header_of(const Session& session, const RosterEntry& entry) {
  if (!is_wrong(entry.role)) return {};
  return load_wrong_header(session.manifest.root, entry.file, session.spec);
}

/// Returns: a sentence on what is wrong with an entry of the roster; empty if nothing is.
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

struct Implementation {
  Role role;
  WrongHeader header;
  Candidate candidate;
  std::uint64_t hash = 0;  // in a rung, of what the explorer loads, or of what that is made of
  bool is_kept = false;    // how its tests end is known
};

/// Adds the headers in a folder.
void find_headers(const fs::path& folder, std::vector<fs::path>& headers) {
  for (const auto& file : fs::directory_iterator(folder))
    if (file.path().extension() == ".hpp") headers.push_back(file.path());
}

/// Returns: the hash of all that the stub is compiled with, but for the compiler, the library, and what belongs to the
///   explorer.
std::uint64_t hash_of_stub(const Session& session) {
  std::vector<fs::path> files = session.manifest.tests;
  find_headers(session.manifest.tests.front().parent_path().parent_path(), files);  // what tests share
  std::uint64_t hash = hash_of(read_file(session.file_to_fill_in()));
  for (const std::string& argument : session.manifest.compile) {
    hash = hash_of(argument + '\n', hash);
    if (!argument.starts_with("-I")) continue;
    for (const auto& folder : fs::directory_iterator(argument.substr(2)))
      if (folder.is_directory() &&
          std::isdigit(static_cast<unsigned char>(folder.path().filename().c_str()[0])) != 0)
        find_headers(folder, files);
  }
  std::erase(files, session.manifest.folder / session.spec.file);
  std::ranges::sort(files);
  for (const fs::path& file : files) hash = hash_of(read_file(file), hash);
  return hash;
}

/// The explorer plays the same shared object alike each time: what is known of it is not played again.
void find_kept(std::vector<Implementation>& all, const KeptRuns& kept, const Session& session, Jobs& jobs) {
  for (Implementation& implementation : all) {
    implementation.hash =
        implementation.role == Role::stub
            ? hash_of_stub(session)
            : hash_of(read_file(session.find_in_roster(implementation.candidate.name())->executable));
    const std::optional<Runs> runs = kept.find(implementation.hash);
    if (!runs) continue;
    implementation.is_kept = true;
    implementation.candidate.add_kept(jobs, *runs);
  }
}

void keep(const std::vector<Implementation>& all, const KeptRuns& kept) {
  for (const Implementation& implementation : all) {
    if (implementation.is_kept) continue;
    Runs runs;
    for (const JobResult<TestRun>& run : implementation.candidate.runs())
      runs.emplace_back(run.value_or_default());
    if (!runs.empty()) kept.keep(implementation.hash, runs);
  }
}

/// The implementations whose entry in the roster is sound.
std::vector<Implementation> implementations(Session& session) {
  std::vector<Implementation> result;
  for (const RosterEntry& entry : session.manifest.roster) {
    if (!check_entry(session, entry).empty()) continue;
    result.push_back({entry.role, header_of(session, entry),
                      Candidate(session, entry.name, entry.object, entry.executable,
                                is_right(entry.role) ? session.manifest.root / entry.file : fs::path())});
  }
  return result;
}

/// One repetition of the tests of one implementation.
struct Repetition {
  const Candidate& candidate;
  std::vector<JobResult<TestRun>> runs;
};

/// Returns: a sentence on a test whose outcome changed when it was repeated; empty if it did not change.
std::string difference(const Candidate& candidate, const TestSpec& test, const TestRun& first,
                       const TestRun& now) {
  if (now.outcome == Outcome::interrupted) return "";
  const bool is_killed = first.outcome != Outcome::passed;
  if (now.outcome == first.outcome && (!is_killed || now.part == first.part)) return "";
  const auto ending = [](const TestRun& run) {
    const bool has_place = run.outcome != Outcome::passed && !run.part.empty();
    return fmt::format("{}{}", word(run.outcome), has_place ? " in " + run.part : "");
  };
  return fmt::format("{}: {} {} first, and {} when played again{}{}", candidate.name(), test.name,
                     ending(first), ending(now), now.message.empty() ? "" : ": ", now.message);
}

/// Repeats all tests. Returns: false if the interrupt came first.
bool repeat(const std::vector<Implementation>& all, Session& session, Validated& validated) {
  std::vector<Repetition> repetitions;
  Jobs jobs;
  for (std::size_t repetition = 1; repetition < validated.times; ++repetition) {
    for (const Implementation& implementation : all)
      repetitions.push_back(
          {implementation.candidate,
           implementation.candidate.repeat_tests(jobs, repetition, !is_wrong(implementation.role))});
  }
  const bool complete = run_tests(jobs, session);
  for (const auto& [candidate, runs] : repetitions) {
    for (std::size_t i = 0; i < runs.size(); ++i) {
      std::string sentence = difference(candidate, session.spec.tests[i],
                                        candidate.runs()[i].value_or_default(), runs[i].value_or_default());
      if (!sentence.empty()) validated.unequal.push_back(std::move(sentence));
    }
  }
  return complete;
}

/// Says which texts the rows are about.
void name_sources(const Session& session, Validated& validated) {
  const Manifest& manifest = session.manifest;
  const auto keep_source = [&](Row& row, const fs::path& file) {
    row.source = file.string();
    validated.sources.emplace(row.source, read_file(manifest.root / file));
  };
  for (Row& row : validated.rows) {
    const auto entry = std::ranges::find(manifest.roster, row.graded.implementation, &RosterEntry::name);
    if (entry == manifest.roster.end()) continue;  // the stub
    row.file = entry->file.string();
    if (entry->file.extension() != ".patch") {
      keep_source(row, entry->file);
      continue;
    }
    row.patch = read_file(manifest.root / entry->file);
    const PatchedFile right = patched_file(row.patch);
    for (const RosterEntry& other : manifest.roster)
      if (!is_wrong(other.role) && right.is(other.file.string())) keep_source(row, other.file);
  }
}

}  // namespace

bool Validated::ok() const noexcept {
  return !interrupted && roster.empty() && unequal.empty() && limits.empty() &&
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
    if (item.path().extension() == ".md" || item.path().filename() == "mutation.json" ||
        std::ranges::any_of(manifest.roster, is_named))
      continue;
    found.push_back(file.string() + " is named by no pattern of the roster in spec.json");
  }
  return found;
}

namespace {

/// Checks what was measured of right implementations, and with half of the memory.
void check_limits(std::vector<Implementation>& all, Session& session, Validated& validated) {
  std::vector<Graded> right;
  std::vector<const Candidate*> candidates;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (!is_right(all[i].role)) continue;
    right.push_back(validated.rows[i].graded);
    candidates.push_back(&all[i].candidate);
  }
  validated.uses = largest_uses(right, session.spec.limits);
  validated.limits = check_uses(right, candidates, session);
  const auto compiled = all.front().candidate.compilation_time();
  if (compiled * kRightTakesAtMost > session.spec.limits.compile)
    validated.limits.push_back(fmt::format(
        "the compiler takes {} ms for the stub: more than half of compile_seconds", compiled.count()));
}

}  // namespace

Validated validate(Session& session, std::size_t times) {
  Validated validated{.exercise = session.spec.exercise,
                      .rows = {},
                      .roster = check_roster(session),
                      .times = times,
                      .unequal = {}};
  std::vector<Implementation> all = implementations(session);
  for (Implementation& implementation : all) {
    if (implementation.role == Role::slow)
      implementation.candidate.allow(for_slow(session.spec.limits));
    else if (!is_wrong(implementation.role))
      implementation.candidate.allow(for_right(session.spec.limits));
  }
  const fs::path stub = session.file_to_fill_in();
  all.insert(all.begin(), {Role::stub, {}, Candidate(session, "stub", stub)});

  // The tests of the stub wait for the compiler; those of the others run meanwhile.
  Jobs jobs;
  std::optional<KeptRuns> kept;
  if (session.spec.is_rung) {
    kept.emplace(session, session.kept_runs(), times > 1);
    find_kept(all, *kept, session, jobs);
  }
  if (!all.front().is_kept) all.front().candidate.add_compilation(jobs);
  for (std::size_t i = 1; i < all.size(); ++i) {
    if (all[i].is_kept) continue;
    all[i].candidate.add_checks(jobs);
    if (is_right(all[i].role)) all[i].candidate.add_explorations(jobs);
  }
  validated.interrupted = !run_tests(jobs, session);
  Jobs stub_jobs;
  if (!all.front().is_kept) all.front().candidate.add_checks(stub_jobs);
  if (!validated.interrupted) validated.interrupted = !run_tests(stub_jobs, session);
  if (kept && !validated.interrupted) keep(all, *kept);
  if (!validated.interrupted && times > 1) validated.interrupted = !repeat(all, session, validated);

  for (const Implementation& implementation : all) {
    Graded graded = implementation.candidate.graded();
    auto found = unmet(implementation.role, implementation.header, graded);
    validated.rows.push_back(
        {implementation.role, implementation.header, std::move(graded), std::move(found)});
  }
  name_sources(session, validated);
  if (!validated.interrupted && !session.spec.is_rung) check_limits(all, session, validated);
  return validated;
}

}  // namespace corokit::moulinette
