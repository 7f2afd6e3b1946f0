#pragma once
#include "norm/admission.hpp"
#include "running/jobs.hpp"
#include "verdict/kept_runs.hpp"
#include "verdict/session.hpp"
#include "verdict/verdict.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace corokit::moulinette {

/// One implementation and the results of its jobs, as far as they have ended.
class Candidate {
 public:
  /// An implementation that the build made: `executable` is linked with the specified tests, the norm reads `object`,
  /// and `right`, the source of a right one; it is empty for others.
  Candidate(Session& session, std::string name, std::filesystem::path object,
            std::filesystem::path executable, std::filesystem::path right = {});
  /// An implementation that add_compilation() compiles.
  Candidate(Session& session, std::string name, std::filesystem::path source);

  void add_compilation(Jobs& jobs);
  /// Sets what its tests may use, instead of the limits of spec.json.
  void allow(const LimitsSpec& limits) { limits_ = limits; }

  /// Adds the tests, and the norm check of what the build made: its own wrong implementations run even if the norm
  /// refuses them. Adds nothing for a submission that did not compile or that the norm refuses.
  void add_checks(Jobs& jobs);
  /// Adds once more what may end otherwise: a test that failed, in the schedule in which it did; and of a right
  /// implementation a test that passed, on the thread pool. (In simulation it passes as it did before.) `repetition` is
  /// a number that no other repetition has. Returns: the results, in the order of the spec; none where nothing is added.
  std::vector<JobResult<TestRun>> repeat_tests(Jobs& jobs, std::size_t repetition, bool is_right) const;

  /// Adds one test once more, as it was played before. `repetition` is a number that no other repetition has.
  JobResult<TestRun> repeat_test(Jobs& jobs, std::size_t test, std::size_t repetition) const;

  /// Adds no checks, but what is known of them.
  void add_kept(Jobs& jobs, const Runs& runs);

  /// Explores each test depth first. Requires: the build made the implementation.
  void add_explorations(Jobs& jobs);

  /// Plays what a token names. Returns: nothing for a submission that did not compile or that the norm refuses.
  std::optional<Replayed> replay(const ReplayToken& token) const;

  /// Copies the executable that was compiled.
  ///
  /// Throws: Error if that fails.
  void keep_executable(const std::filesystem::path& place) const;

  const std::string& name() const noexcept { return name_; }
  /// Returns: the results of the tests, in the order of the spec.
  const std::vector<JobResult<TestRun>>& runs() const noexcept { return runs_; }
  /// Returns: the processor time that the compiler and the linker took of a submission.
  std::chrono::milliseconds compilation_time() const;
  /// Returns: the verdict on the jobs that have ended.
  Graded graded() const;

 private:
  Graded judged() const;
  bool is_executable() const noexcept;
  std::filesystem::path executable() const;  // in a rung, what the explorer loads
  /// The program that plays tests, without the folder.
  TestProgram program() const;
  void add_norm(Jobs& jobs);
  JobResult<TestRun> add_test(Jobs& jobs, const TestSpec& test, const Schedules& play,
                              std::size_t repetition) const;

  Session* session_;
  LimitsSpec limits_;
  std::string name_;
  std::string
      place_;  // its folder in the workspace; the name of a submission ("...cpp") may be no name for a folder
  std::filesystem::path source_, object_, executable_, right_;
  JobResult<Admission> admission_;  // of a submission
  JobResult<NormRead> norm_;        // of an implementation that the build made
  std::vector<JobResult<TestRun>> runs_;
  std::vector<JobResult<Explored>> explored_;  // in the order of the spec; empty if nothing is explored
};

/// Runs jobs and shows their progress. Returns: false if the interrupt came first.
bool run_compilations(const Jobs& jobs, Session& session);
bool run_tests(const Jobs& jobs, Session& session);

/// The verdict on a solution of which one schedule was played; the verdict is there if it was not.
struct Replay {
  Graded graded;
  std::optional<Replayed> replayed;
};

/// Compiles `source` and plays what a token names.
Replay replay(Session& session, const std::filesystem::path& source, const ReplayToken& token);

/// Compiles `source` and runs all tests on it.
Graded grade(Session& session, const std::filesystem::path& source);

}  // namespace corokit::moulinette
