#pragma once
#include <corokit/io/descriptor.hpp>

#include <filesystem>
#include <set>

namespace corokit::moulinette {

/// Sees each save of a file, also by an editor that writes another file and renames it. None is missed that comes while
/// nobody looks.
class Saves {
 public:
  /// Requires: the folder of the file exists; the file need not.
  /// Throws: Error if the system does not let us watch it.
  explicit Saves(const std::filesystem::path& file);

  /// Returns: a descriptor that is readable when something happened in the folder; then take() says what.
  int descriptor() const noexcept { return events_.get(); }

  /// Takes what happened since the last call. Returns: whether the file was written, renamed or removed.
  /// Throws: Error if the folder does not exist any more.
  bool take();

 private:
  void watch(const std::filesystem::path& file);

  std::filesystem::path folder_;
  std::set<std::string> names_;  // of the file, and of what it is a link to
  io::Descriptor events_;
};

}  // namespace corokit::moulinette
