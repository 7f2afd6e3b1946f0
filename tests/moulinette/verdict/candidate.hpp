#pragma once
#include "running/jobs.hpp"
#include "verdict/graded.hpp"
#include "verdict/session.hpp"

#include <optional>
#include <string>
#include <vector>

namespace corokit::moulinette {

/// One implementation on its way through the tests. Its jobs each write to a place of their own.
class Candidate {
 public:
  /// Already built: `executable` is linked with the specified tests, `object` is what the norm looks into.
  Candidate(Session& session, std::string name, std::filesystem::path object,
            std::filesystem::path executable);
  /// Still to be compiled, by compile_job().
  Candidate(Session& session, std::string name, std::filesystem::path source);

  Job compile_job();
  /// The norm check and the tests; none where it did not compile. They refer to this candidate.
  std::vector<Job> jobs();
  /// The tests alone, into `runs`: one place a test. `again` tells apart what plays at the same time.
  std::vector<Job> test_jobs(std::vector<TestRun>& runs, std::size_t again);
  const std::string& name() const noexcept { return name_; }
  const std::vector<TestRun>& runs() const noexcept { return runs_; }
  /// Once the jobs have ended, or were given up.
  Graded graded() const;

 private:
  TestRun play(const TestSpec& test, std::size_t again) const;
  std::filesystem::path folder(const std::string& name) const;

  Session* session_;
  std::string name_;
  std::filesystem::path source_, object_, executable_;
  bool compiled_ = true;
  std::string compiler_message_;
  std::optional<std::vector<Symbol>> symbols_;  // of what compile_job() compiled
  std::vector<NormFinding> norm_;
  std::vector<TestRun> runs_;
};

/// Runs jobs with the progress line of the session; false where the interrupt came first.
bool run_compilations(std::vector<Job> jobs, Session& session);
bool run_tests(std::vector<Job> jobs, Session& session);

/// `grade`: compiles `source` and plays all tests.
Graded grade(Session& session, const std::filesystem::path& source);

}  // namespace corokit::moulinette
