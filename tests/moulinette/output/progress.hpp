#pragma once
#include <cstddef>
#include <string>

namespace corokit::moulinette {

/// Shows on one line of the terminal how many jobs have ended. The destructor removes the line.
///
/// Thread-safety: one thread at a time.
class Progress {
 public:
  /// Prints nothing unless `shown`.
  Progress(bool shown, std::size_t total);
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  ~Progress();

  void ended(const std::string& name);

 private:
  bool shown_;
  std::size_t total_;
  std::size_t done_ = 0;
};

}  // namespace corokit::moulinette
