#pragma once
#include <string>
#include <vector>

namespace corokit::peers {

/// A program that knows some of the workloads, in a given environment.
struct Program {
  std::string name;
  std::string path;
  std::vector<std::string> environment;
  bool is_tokio = false;
  std::vector<std::string> workloads;  ///< as it lists them

  bool has(const std::string& workload) const;
};

/// Everybody who can be run here, ours first. Throws: std::runtime_error if ours or tokio cannot.
std::vector<Program> find_programs();

/// A workload in a mode, by the name of its metrics without suffix.
struct Job {
  std::string workload;
  std::string mode;  ///< mt or ct
  std::string name() const { return workload + "." + mode; }
};

/// All that ours knows and `only`, a regular expression, finds in the name. Throws: std::regex_error.
std::vector<Job> find_jobs(const Program& ours, const std::string& only);

}  // namespace corokit::peers
