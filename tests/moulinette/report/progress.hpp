#pragma once
#include <cstddef>
#include <string>

namespace corokit::moulinette {

/// One line that says how far the work is, on a terminal; silent elsewhere. Gone when it dies.
///
/// Thread-safety: one thread at a time.
class Progress {
 public:
  /// `shown`: whether stderr is a terminal, and nobody asked for silence.
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
