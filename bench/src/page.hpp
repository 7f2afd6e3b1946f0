#pragma once
#include "report.hpp"

#include <fstream>
#include <string>

namespace corokit::bench {

/// Returns: the contents of a file.
/// Throws: std::runtime_error, with a message that says `what` the file is, if it is empty or cannot be read.
std::string read_file(const std::string& path, const char* what);

/// The page with the plots. The page is opened before the measurements begin, so that an error shows at once.
///
/// Throws: std::runtime_error if the page cannot be written, or Chart.js is missing.
class Page {
 public:
  explicit Page(const std::string& path);
  /// Writes the page, and prints on stderr where it is.
  void write(const Report& report);

 private:
  const std::string path_, page_, library_;
  std::ofstream file_;
};

}  // namespace corokit::bench
