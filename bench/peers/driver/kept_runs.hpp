#pragma once
#include "metrics.hpp"

#include <cstddef>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace corokit::peers {

/// What a comparison that was interrupted has measured, in a file to which each measurement is added at once. The next
/// comparison of the same programs goes on from there.
class KeptRuns {
 public:
  /// Reads the file. `of`: what is compared; what the file has of anything else is forgotten.
  KeptRuns(std::filesystem::path file, const std::string& of);

  /// Returns: the metrics of a measurement that is known; null if it is not. `name`: the run, the program, the workload.
  const std::vector<Metric>* find(const std::string& name) const;
  /// Adds a measurement. It is no loss if it cannot be written.
  void add(const std::string& name, const std::string& output);
  /// Returns: how many measurements were read.
  std::size_t known() const noexcept { return known_; }
  /// Removes the file: the comparison is complete.
  void finish() noexcept;

 private:
  std::filesystem::path file_;
  std::map<std::string, std::vector<Metric>> runs_;
  std::size_t known_ = 0;
};

}  // namespace corokit::peers
