#include "mutation/mutate.hpp"

#include "error.hpp"
#include "mutation/notes.hpp"
#include "mutation/object_cache.hpp"
#include "mutation/play.hpp"
#include "verdict/candidate.hpp"
#include "whole_file.hpp"

#include <fmt/format.h>
#include <algorithm>
#include <cctype>
#include <map>
#include <set>

namespace corokit::moulinette {
namespace fs = std::filesystem;
namespace {

/// Makes and plays the mutants of one exercise, step by step.
class Mutation {
 public:
  Mutation(Session& session, const MutateOptions& options)
      : session_(session),
        options_(options),
        cache_(session.manifest, options.cache, session.spec.limits.compile, session.interrupt),
        kept_runs_(session, options.cache, options.again),
        notes_(load_notes(session.manifest.wrong / "mutation.json")) {
    mutated_.exercise = session.spec.exercise;
  }

  Mutated run() {
    inspect();
    make_rows();
    keep_programs_of_rows();
    if (options_.list) return std::move(mutated_);
    mutated_.interrupted = !(compile_right() && compile() && link() && play());
    if (!mutated_.interrupted) conclude();
    return std::move(mutated_);
  }

 private:
  void inspect();
  void make_rows();
  void add_row(std::size_t program, Mutant mutant, std::size_t number);
  bool is_chosen(const MutantRow& row) const;
  bool is_left_out(const MutantKey& mutant);
  void keep_programs_of_rows();
  bool compile_right();
  bool compile();
  void compare();
  bool link();
  bool play_right();
  bool play();
  void conclude();
  void explain(MutantRow& row);
  void find_stale_notes();

  /// Runs a job for each row that is not decided yet, in a folder of its own.
  template <class Work>
  auto add_jobs(Jobs& jobs, const char* what, Work work);

  bool is_complete() const { return options_.only.empty() && options_.every == 1; }

  Session& session_;
  const MutateOptions& options_;
  const ObjectCache cache_;
  const KeptRuns kept_runs_;
  const MutationNotes notes_;
  std::vector<RightProgram> programs_;
  std::vector<Made> right_objects_, right_executables_;  // of the programs
  std::vector<std::size_t> program_;                     // of each row
  std::vector<Made> objects_, executables_;              // of each row
  std::vector<bool> leaves_out_, explains_;              // whether each note names a mutant
  std::vector<TestLimit> limits_;                        // of each test
  Mutated mutated_;
};

void Mutation::inspect() {
  for (const RosterEntry& entry : session_.manifest.roster)
    if (is_right(entry.role)) programs_.push_back(cache_.inspect(session_.manifest.root / entry.file));
}

bool Mutation::is_chosen(const MutantRow& row) const {
  const bool is_number = std::ranges::all_of(options_.only, [](unsigned char c) { return std::isdigit(c); });
  if (options_.only.empty()) return (row.number - 1) % options_.every == 0;
  if (is_number) return std::to_string(row.number) == options_.only;
  return row.name().find(options_.only) != std::string::npos;
}

void Mutation::add_row(std::size_t program, Mutant mutant, std::size_t number) {
  MutantRow row{.number = number, .mutant = std::move(mutant), .reason = {}, .runs = {}};
  row.runs.resize(session_.spec.tests.size());
  for (std::size_t i = 0; i < notes_.equivalent.size(); ++i)
    if (explains(notes_.equivalent[i], row.mutant.key)) explains_[i] = true;
  if (!is_chosen(row)) return;
  mutated_.rows.push_back(std::move(row));
  program_.push_back(program);
}

bool Mutation::is_left_out(const MutantKey& mutant) {
  bool found = false;
  for (std::size_t i = 0; i < notes_.left_out.size(); ++i) {
    if (!leaves_out(notes_.left_out[i], mutant)) continue;
    found = true;
    leaves_out_[i] = true;
  }
  return found;
}

void Mutation::make_rows() {
  leaves_out_.assign(notes_.left_out.size(), false);
  explains_.assign(notes_.equivalent.size(), false);
  std::size_t number = 0;
  for (std::size_t program = 0; program < programs_.size(); ++program) {
    for (const fs::path& file : programs_[program].files) {
      const std::string name = fs::relative(file, session_.manifest.root).string();
      const std::string source = read_file(file);
      std::vector<Mutant> mutants = make_mutants(name, source);
      std::erase_if(mutants, [this](const Mutant& mutant) { return is_left_out(mutant.key); });
      for (Mutant& mutant : thinned(std::move(mutants), notes_.per_line))
        add_row(program, std::move(mutant), ++number);
      mutated_.sources.emplace(name, source);
    }
  }
  if (mutated_.rows.empty() && !is_complete())
    throw misuse(fmt::format("No mutant is named {}.\nSee them with: ./moulinette mutate {} --list",
                             options_.only, session_.spec.exercise));
}

/// Drops the programs of which no mutant was chosen.
void Mutation::keep_programs_of_rows() {
  std::vector<RightProgram> kept;
  for (std::size_t program = 0; program < programs_.size(); ++program) {
    if (std::ranges::find(program_, program) == program_.end()) continue;
    std::ranges::replace(program_, program, kept.size());
    kept.push_back(std::move(programs_[program]));
  }
  programs_ = std::move(kept);
}

template <class Work>
auto Mutation::add_jobs(Jobs& jobs, const char* what, Work work) {
  std::vector<JobResult<Made>> results(mutated_.rows.size());
  for (std::size_t i = 0; i < mutated_.rows.size(); ++i) {
    if (mutated_.rows[i].fate != Fate::not_played) continue;
    results[i] = jobs.add(fmt::format("{} {}", what, mutated_.rows[i].name()), [this, work, i] {
      const fs::path folder = session_.workspace.make_folder(fmt::format("row.{}", i));
      Made made = work(i, folder);
      std::error_code ignored;
      fs::remove_all(folder, ignored);
      return made;
    });
  }
  return results;
}

/// Compiles the right programs, before any mutant: where one does not compile, no mutant says anything.
bool Mutation::compile_right() {
  Jobs jobs;
  std::vector<JobResult<Made>> right;
  for (const RightProgram& program : programs_) {
    right.push_back(jobs.add("compiling " + program.source.filename().string(), [this, &program] {
      return cache_.compile(program, program.source, read_file(program.source),
                            session_.workspace.make_folder(program.source.filename().string()));
    }));
  }
  if (!run_compilations(jobs, session_)) return false;
  std::string refused;
  for (std::size_t i = 0; i < programs_.size(); ++i) {
    right_objects_.push_back(*right[i]);
    if (right[i]->how != Made::How::refused) continue;
    fs::remove(right[i]->file);  // the next run tries again: the cause may be the machine
    refused += fmt::format("{} does not compile:\n{}", programs_[i].source.string(), right[i]->message);
  }
  if (!refused.empty()) throw broken(refused);
  return true;
}

bool Mutation::compile() {
  Jobs jobs;
  const auto results = add_jobs(jobs, "compiling", [this](std::size_t i, const fs::path& folder) {
    const Mutant& mutant = mutated_.rows[i].mutant;
    return cache_.compile(programs_[program_[i]], session_.manifest.root / mutant.key.file, mutant.source,
                          folder);
  });
  if (!run_compilations(jobs, session_)) return false;
  for (const auto& result : results) objects_.push_back(*result);
  compare();
  return true;
}

/// Drops what does not compile, and what is equal to something else once it is compiled.
void Mutation::compare() {
  std::map<std::pair<std::size_t, std::uint64_t>, std::size_t> first;  // the row of each program and object
  for (std::size_t i = 0; i < mutated_.rows.size(); ++i) {
    MutantRow& row = mutated_.rows[i];
    const Made& object = objects_[i];
    if (object.how == Made::How::refused) {
      row.fate = Fate::refused;
      row.reason = object.message;
    } else if (object.hash == right_objects_[program_[i]].hash) {
      row.fate = Fate::equivalent;
      row.reason = "the compiler makes the same of it";
    } else if (const auto [same, is_new] = first.try_emplace({program_[i], object.hash}, i); !is_new) {
      row.fate = Fate::duplicate;
      row.reason =
          fmt::format("the compiler makes the same of number {}", mutated_.rows[same->second].number);
    }
  }
}

bool Mutation::link() {
  Jobs jobs;
  std::vector<JobResult<Made>> right;
  for (std::size_t i = 0; i < programs_.size(); ++i) {
    const std::string name = programs_[i].source.filename().string();
    right.push_back(jobs.add("linking " + name, [this, i, name] {
      return cache_.link(right_objects_[i], session_.workspace.make_folder(name));
    }));
  }
  const auto results = add_jobs(jobs, "linking", [this](std::size_t i, const fs::path& folder) {
    return cache_.link(objects_[i], folder);
  });
  if (!run_compilations(jobs, session_)) return false;
  for (const auto& result : right) right_executables_.push_back(*result);
  for (const auto& result : results) executables_.push_back(result.value_or_default());
  for (std::size_t i = 0; i < executables_.size(); ++i) {
    if (executables_[i].how != Made::How::refused) continue;
    mutated_.rows[i].fate = Fate::refused;
    mutated_.rows[i].reason = executables_[i].message;
  }
  return true;
}

/// Plays the tests on the right programs, one after the other, and sets the limits by what they need.
bool Mutation::play_right() {
  limits_.assign(session_.spec.tests.size(), {});
  for (std::size_t i = 0; i < programs_.size(); ++i) {
    const auto played = play_one_by_one(session_, right_executables_[i].file);
    if (!played) return false;
    for (std::size_t test = 0; test < played->size(); ++test) {
      const Played& one = (*played)[test];
      if (one.run.outcome != Outcome::passed) {
        throw broken(fmt::format("{} is right, but {} {}: {}", programs_[i].source.filename().string(),
                                 session_.spec.tests[test].name, word(one.run.outcome), one.run.message));
      }
      limits_[test].allow(one, session_.spec.limits);
    }
  }
  return true;
}

/// Plays what was not played before.
bool Mutation::play() {
  std::vector<Victim> victims;
  std::vector<std::size_t> row_of;
  for (std::size_t i = 0; i < mutated_.rows.size(); ++i) {
    if (mutated_.rows[i].fate != Fate::not_played) continue;
    if (auto before = kept_runs_.find(executables_[i].hash)) {
      mutated_.rows[i].runs = *std::move(before);
      continue;
    }
    victims.push_back({mutated_.rows[i].name(), executables_[i].file, executables_[i].hash});
    row_of.push_back(i);
  }
  if (victims.empty()) return true;  // their right programs passed before
  if (!play_right()) return false;
  auto runs = play_all(session_, victims, limits_, kept_runs_);
  if (!runs) return false;
  for (std::size_t i = 0; i < row_of.size(); ++i) mutated_.rows[row_of[i]].runs = std::move((*runs)[i]);
  return true;
}

/// Decides on a mutant that was played.
void Mutation::explain(MutantRow& row) {
  std::string killer;
  for (std::size_t test = 0; test < row.runs.size(); ++test)
    if (row.is_killed_by(test) && killer.empty()) killer = session_.spec.tests[test].name;
  row.fate = killer.empty() ? Fate::survived : Fate::killed;
  for (std::size_t i = 0; i < notes_.equivalent.size(); ++i) {
    if (!explains(notes_.equivalent[i], row.mutant.key)) continue;
    if (killer.empty()) {
      row.fate = Fate::equivalent;
      row.reason = notes_.equivalent[i].reason;
    } else {
      mutated_.mistakes.push_back(fmt::format("{} is called equivalent, but {} kills it: {}", row.name(),
                                              killer, row.mutant.key.becomes));
    }
  }
}

void Mutation::find_stale_notes() {
  for (std::size_t i = 0; i < notes_.left_out.size(); ++i) {
    if (!leaves_out_[i]) mutated_.mistakes.push_back(fmt::format("left_out/{}: no mutant is named by it", i));
  }
  for (std::size_t i = 0; i < notes_.equivalent.size(); ++i) {
    if (explains_[i]) continue;
    const EquivalentNote& note = notes_.equivalent[i];
    mutated_.mistakes.push_back(fmt::format("equivalent/{}: no mutant is named by it any more: {} of {}: {}",
                                            i, note.key.kind, note.key.file, note.key.line));
  }
}

void Mutation::conclude() {
  for (MutantRow& row : mutated_.rows)
    if (row.fate == Fate::not_played) explain(row);
  if (options_.only.empty()) find_stale_notes();
  if (!is_complete()) return;
  mutated_.tests = uses_of(session_.spec.tests, mutated_.rows);
  std::set<fs::path> used;
  for (const auto* made : {&right_objects_, &right_executables_, &objects_, &executables_})
    for (const Made& one : *made) used.insert(one.file);
  for (const Made& executable : executables_) used.insert(kept_runs_.file(executable.hash));
  cache_.keep_only(used);
}

}  // namespace

Mutated mutate(Session& session, const MutateOptions& options) {
  return Mutation(session, options).run();
}

}  // namespace corokit::moulinette
