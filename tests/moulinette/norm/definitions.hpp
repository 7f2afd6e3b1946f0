#pragma once
#include <filesystem>
#include <string>
#include <unordered_map>
#include <vector>

namespace corokit::moulinette {

/// What everybody else in a program defines: the objects and archives that a solution is linked with, and the shared
/// libraries.
class Definitions {
 public:
  Definitions() = default;
  /// Reads the files among the arguments of a linker's command.
  explicit Definitions(const std::vector<std::string>& link_arguments);

  /// Whether somebody defines this symbol, be it weakly.
  bool has(const std::string& symbol) const;
  /// Whether an object or an archive defines it once and for all.
  bool has_strong(const std::string& symbol) const;
  /// Whether a shared library defines it: the C library, the C++ library.
  static bool is_in_library(const std::string& symbol);

 private:
  std::unordered_map<std::string, bool> is_strong_;  // by symbol
};

}  // namespace corokit::moulinette
