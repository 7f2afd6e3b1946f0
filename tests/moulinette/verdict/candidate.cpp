#include "verdict/candidate.hpp"

#include "building/compile.hpp"
#include "error.hpp"
#include "report/progress.hpp"

#include <fmt/format.h>
#include <algorithm>
#include <iterator>
#include <thread>

namespace corokit::moulinette {
namespace fs = std::filesystem;
namespace {

std::size_t cores() {
  return std::max(1U, std::thread::hardware_concurrency());
}

// A test spends most of its time asleep, on the thread pool; in simulation it is short. So those of one solution run all
// at once even on two cores.
constexpr std::size_t kTestsACore = 8;

bool run_with_progress(std::vector<Job> jobs, std::size_t at_once, Session& session) {
  Progress progress(session.output.progress, jobs.size());
  return run_jobs(std::move(jobs), at_once, session.interrupt,
                  [&progress](const std::string& name) { progress.ended(name); });
}

}  // namespace

Candidate::Candidate(Session& session, std::string name, fs::path object, fs::path executable)
    : session_(&session),
      name_(std::move(name)),
      object_(std::move(object)),
      executable_(std::move(executable)),
      runs_(session.spec.tests.size()) {}

Candidate::Candidate(Session& session, std::string name, fs::path source)
    : session_(&session),
      name_(std::move(name)),
      source_(std::move(source)),
      runs_(session.spec.tests.size()) {}

fs::path Candidate::folder(const std::string& name) const {
  return session_->workspace.make_folder(fmt::format("{}/{}", fs::path(name_).stem().string(), name));
}

Job Candidate::compile_job() {
  return {name_ + ": compiling", [this] {
            Compiled made = compile(source_, session_->manifest, session_->spec.limits,
                                    session_->output.colour, folder("compiled"), session_->interrupt);
            compiled_ = made.done || made.interrupted;
            compiler_message_ = std::move(made.message);
            symbols_ = std::move(made.symbols);
            executable_ = std::move(made.executable);
          }};
}

std::vector<Job> Candidate::jobs() {
  std::vector<Job> jobs;
  if (!compiled_) return jobs;
  jobs.push_back({name_ + ": norm", [this] {
                    norm_ = find_forbidden(symbols_ ? *symbols_ : read_symbols(object_),
                                           session_->spec.forbidden);
                  }});
  std::ranges::move(test_jobs(runs_, 0), std::back_inserter(jobs));
  return jobs;
}

std::vector<Job> Candidate::test_jobs(std::vector<TestRun>& runs, std::size_t again) {
  std::vector<Job> jobs;
  if (!compiled_) return jobs;
  for (std::size_t i = 0; i < runs.size(); ++i) {
    const TestSpec& test = session_->spec.tests[i];
    jobs.push_back(
        {name_ + ": " + test.name, [this, &run = runs[i], &test, again] { run = play(test, again); }});
  }
  return jobs;
}

TestRun Candidate::play(const TestSpec& test, std::size_t again) const {
  const fs::path place = folder(fmt::format("{}.{}", test.name, again));
  TestRun run =
      run_test(executable_, test, session_->spec, session_->manifest.sanitized, place, session_->interrupt);
  std::error_code ignored;  // the workspace is removed in the end
  fs::remove_all(place, ignored);
  return run;
}

Graded Candidate::graded() const {
  return compiled_ ? score(session_->spec, name_, runs_, norm_)
                   : not_compiled(session_->spec, name_, compiler_message_);
}

bool run_compilations(std::vector<Job> jobs, Session& session) {
  return run_with_progress(std::move(jobs), cores(), session);
}

bool run_tests(std::vector<Job> jobs, Session& session) {
  return run_with_progress(std::move(jobs), kTestsACore * cores(), session);
}

Graded grade(Session& session, const fs::path& source) {
  Candidate candidate(session, source.string(), source);
  if (run_compilations({candidate.compile_job()}, session)) run_tests(candidate.jobs(), session);
  return candidate.graded();
}

}  // namespace corokit::moulinette
