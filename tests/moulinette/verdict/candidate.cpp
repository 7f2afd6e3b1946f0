#include "verdict/candidate.hpp"

#include "error.hpp"
#include "output/progress.hpp"
#include "running/rung_run.hpp"
#include "verdict/second_look.hpp"

#include <fmt/format.h>
#include <algorithm>
#include <thread>

namespace corokit::moulinette {
namespace fs = std::filesystem;
namespace {

std::size_t cores() {
  return std::max(1U, std::thread::hardware_concurrency());
}

// In simulation a test is short, and on the thread pool it sleeps most of the time. Two cores therefore run all tests
// of a solution at once.
constexpr std::size_t kTestsPerCore = 8;

bool run_with_progress(const Jobs& jobs, std::size_t at_once, Session& session) {
  Progress progress(session.output.progress, jobs.size());
  return jobs.run(at_once, session.interrupt, [&progress](const std::string& name) { progress.ended(name); });
}

void keep(const fs::path& executable, const fs::path& kept) {
  std::error_code failed;
  fs::remove(kept, failed);
  fs::copy_file(executable, kept, failed);
  if (failed) throw broken(fmt::format("Cannot write {}: {}.", kept.string(), failed.message()));
}

/// A new folder in the workspace, of one job of one implementation.
fs::path make_folder(const Session& session, const std::string& implementation, const std::string& job) {
  return session.workspace.make_folder(fmt::format("{}/{}", implementation, job));
}

}  // namespace

Candidate::Candidate(Session& session, std::string name, fs::path object, fs::path executable, fs::path right)
    : session_(&session),
      limits_(session.spec.limits),
      name_(std::move(name)),
      place_(name_),
      object_(std::move(object)),
      executable_(std::move(executable)),
      right_(std::move(right)) {}

Candidate::Candidate(Session& session, std::string name, fs::path source)
    : session_(&session),
      limits_(session.spec.limits),
      name_(std::move(name)),
      place_("submission"),
      source_(std::move(source)) {}

void Candidate::add_compilation(Jobs& jobs) {
  if (source_.empty()) return;  // the build has done it
  admission_ = jobs.add(name_ + ": compiling", [session = session_, place = place_, source = source_] {
    return admit(source, session->manifest, session->spec, session->output.colour,
                 make_folder(*session, place, "compiled"), session->interrupt);
  });
}

bool Candidate::is_executable() const noexcept {
  return source_.empty() || (admission_ && admission_->compiled.done);
}

void Candidate::add_norm(Jobs& jobs) {
  if (!right_.empty()) {
    norm_ = jobs.add(name_ + ": norm", [session = session_, right = right_, object = object_] {
      return check_built(right, object, session->manifest, session->spec, session->interrupt);
    });
  } else if (source_.empty() && !object_.empty()) {
    norm_ = jobs.add(name_ + ": norm", [session = session_, object = object_]() -> NormRead {
      return {.findings = check_object(object, session->manifest, session->spec.norm, session->interrupt)};
    });
  }
}

void Candidate::add_checks(Jobs& jobs) {
  if (!is_executable()) return;
  add_norm(jobs);
  for (const TestSpec& test : session_->spec.tests) runs_.push_back(add_test(jobs, test, session_->play, 0));
}

void Candidate::add_kept(Jobs& jobs, const Runs& runs) {
  add_norm(jobs);
  for (std::size_t i = 0; i < runs.size(); ++i)
    runs_.push_back(jobs.add(fmt::format("{}: {}, kept", name_, session_->spec.tests[i].name),
                             [run = runs[i].value_or(TestRun())] { return run; }));
}

void Candidate::add_explorations(Jobs& jobs) {
  if (session_->spec.is_rung) return;  // the tests are explored themselves
  for (const TestSpec& test : session_->spec.tests) {
    explored_.push_back(jobs.add(name_ + ": " + test.name + ", explored",
                                 [&test, session = session_, place = place_, played = program()] {
                                   TestProgram program = played;
                                   program.folder = make_folder(*session, place, test.name + ".explored");
                                   return explore(program, session->spec.exercise, test, session->interrupt);
                                 }));
  }
}

TestProgram Candidate::program() const {
  const bool is_rung = session_->spec.is_rung;
  TestProgram program{.executable = is_rung ? session_->manifest.explorer : executable(),
                      .folder = {},
                      .limits = limits_,
                      .sanitized = session_->manifest.sanitized,
                      .trusted = source_.empty()};
  if (!is_rung || program.trusted) return program;
  program.explored = admission_->compiled.sources;
  program.explored.push_back(executable());
  return program;
}

fs::path Candidate::executable() const {
  return admission_ ? admission_->compiled.executable : executable_;
}

JobResult<TestRun> Candidate::add_test(Jobs& jobs, const TestSpec& test, const Schedules& play,
                                       std::size_t repetition) const {
  Compiled compiled;
  if (admission_) compiled = admission_->compiled;
  return jobs.add(name_ + ": " + test.name, [=, session = session_, place = place_, played = program(),
                                             loaded = executable(), &test] {
    TestProgram program = played;
    program.folder = make_folder(*session, place, fmt::format("{}.{}", test.name, repetition));
    TestRun run = session->spec.is_rung
                      ? run_rung_test({program, loaded}, session->spec.exercise, test, session->interrupt)
                      : run_test(program, test, play, session->interrupt);
    if (!compiled.original.empty()) run.output = naming_original(std::move(run.output), compiled);
    std::error_code ignored;  // the workspace is removed in the end
    fs::remove_all(program.folder, ignored);
    return run;
  });
}

std::vector<JobResult<TestRun>> Candidate::repeat_tests(Jobs& jobs, std::size_t repetition,
                                                        bool is_right) const {
  std::vector<JobResult<TestRun>> again(runs_.size());
  for (std::size_t i = 0; i < runs_.size(); ++i) {
    const TestRun first = runs_[i].value_or_default();
    if (first.outcome == Outcome::passed && !is_right) continue;
    Schedules play = session_->play;
    play.only = first.outcome == Outcome::passed ? 0 : first.seed.value_or(0);
    again[i] = add_test(jobs, session_->spec.tests[i], play, repetition);
  }
  return again;
}

JobResult<TestRun> Candidate::repeat_test(Jobs& jobs, std::size_t test, std::size_t repetition) const {
  return add_test(jobs, session_->spec.tests[test], session_->play, repetition);
}

std::optional<Replayed> Candidate::replay(const ReplayToken& token) const {
  if (!is_executable()) return {};
  TestProgram played = program();
  played.folder = make_folder(*session_, place_, "replay");
  if (!session_->spec.is_rung) return moulinette::replay(played, token, session_->interrupt);
  return replay_rung({played, executable()}, token, session_->test_or_part(token.part), session_->interrupt);
}

void Candidate::keep_executable(const fs::path& place) const {
  if (is_executable()) keep(executable(), place);
}

std::chrono::milliseconds Candidate::compilation_time() const {
  return admission_ ? admission_->compiled.processor : std::chrono::milliseconds();
}

Graded Candidate::judged() const {
  if (admission_ && !admission_->norm.findings.empty())
    return refused(session_->spec, name_, admission_->norm);
  if (admission_ && !admission_->compiled.done && !admission_->compiled.interrupted)
    return not_compiled(session_->spec, name_, admission_->compiled.message);
  std::vector<TestRun> runs;
  for (const JobResult<TestRun>& run : runs_) runs.push_back(run.value_or_default());
  runs.resize(session_->spec.tests.size());  // a test that did not run was interrupted
  Graded graded =
      score(session_->spec, name_, std::move(runs), admission_ ? admission_->norm : norm_.value_or_default());
  graded.seed = session_->play.seed;
  for (std::size_t i = 0; i < explored_.size(); ++i)
    graded.tests[i].explored = explored_[i].value_or_default();
  if (admission_) graded.compiler = admission_->compiled.message;
  return graded;
}

Graded Candidate::graded() const {
  Graded graded = judged();
  if (!source_.empty()) graded.sandbox = sandbox().level;
  return graded;
}

bool run_compilations(const Jobs& jobs, Session& session) {
  return run_with_progress(jobs, cores(), session);
}

bool run_tests(const Jobs& jobs, Session& session) {
  return run_with_progress(jobs, std::min(kTestsPerCore * cores(), most_processes()), session);
}

namespace {

Candidate candidate(Session& session, const fs::path& source) {
  if (const RosterEntry* entry = session.find_in_roster(source))
    return {session, entry->name, entry->object, entry->executable};
  return {session, source.string(), source};
}

}  // namespace

Replay replay(Session& session, const fs::path& source, const ReplayToken& token) {
  Candidate played = candidate(session, source);
  Jobs compilation;
  played.add_compilation(compilation);
  if (!run_compilations(compilation, session)) return {played.graded(), {}};
  return {played.graded(), played.replay(token)};
}

Graded grade(Session& session, const fs::path& source) {
  Candidate played = candidate(session, source);
  Jobs compilation;
  played.add_compilation(compilation);
  if (run_compilations(compilation, session)) {
    Jobs checks;
    played.add_checks(checks);
    run_tests(checks, session);
    if (!session.kept.empty()) played.keep_executable(session.kept);
  }
  Graded graded = played.graded();
  look_again(graded, session, source);
  return graded;
}

}  // namespace corokit::moulinette
