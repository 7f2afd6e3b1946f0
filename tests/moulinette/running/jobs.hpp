#pragma once
#include "process/interrupt.hpp"

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

namespace corokit::moulinette {

/// A piece of work that blocks a thread: compiling, or running a process.
struct Job {
  std::string name;
  std::function<void()> work;
};

/// Is told of each job as it ends.
using JobEnded = std::function<void(const std::string& name)>;

/// Runs all jobs as tasks of a MatrixOrchestrator, started in their order, at most `at_once` at a time. An
/// exception of a job is rethrown once the others have ended.
///
/// Returns: false where the interrupt came first; then some jobs may never have started.
bool run_jobs(std::vector<Job> jobs, std::size_t at_once, Interrupt& interrupt, const JobEnded& ended);

}  // namespace corokit::moulinette
