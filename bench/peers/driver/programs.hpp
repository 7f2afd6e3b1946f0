#pragma once
#include <string>
#include <vector>

namespace corokit::peers {

/// A program that has some of the workloads, and the environment that it runs in.
struct Program {
  std::string name;
  std::string path;
  std::vector<std::string> environment;
  bool is_tokio = false;
  std::vector<std::string> workloads;  ///< those that it lists

  bool has(const std::string& workload) const;
};

/// Returns: all programs that can run here, ours first.
/// Throws: std::runtime_error if ours or tokio's cannot.
std::vector<Program> find_programs();

/// A workload in a mode. Its name is that of its metrics without a suffix.
struct Job {
  std::string workload;
  std::string mode;  ///< mt or ct
  std::string name() const { return workload + "." + mode; }
};

/// Returns: the workloads and modes of our program that are named, as "fib27" or "fib27.mt", and those whose names match
///   the regular expression `only`; all of them if nothing is asked for.
/// Throws: std::regex_error; std::invalid_argument, with what there is, if a name is none.
std::vector<Job> find_jobs(const Program& ours, const std::vector<std::string>& named,
                           const std::string& only);

}  // namespace corokit::peers
