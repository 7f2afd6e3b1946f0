#pragma once
#include "report.hpp"

#include <fstream>
#include <string>

namespace corokit::bench {

/// All of a file. `what` it is, for the message. Throws: std::runtime_error if it cannot be read, or is empty.
std::string read_file(const std::string& path, const char* what);

/// The page with the plots, opened, and all it needs read, before anything is measured: whoever waited for minutes wants
/// no error then. Throws: std::runtime_error if it cannot be written, or Chart.js is missing.
class Page {
 public:
  explicit Page(const std::string& path);
  /// Writes it, and says on stderr where it is.
  void write(const Report& report);

 private:
  const std::string path_, page_, library_;
  std::ofstream file_;
};

}  // namespace corokit::bench
