#pragma once
#include <corokit/io/descriptor.hpp>

#include <filesystem>
#include <string>

namespace corokit::moulinette {

/// A temporary folder under TMPDIR. The destructor removes it with everything in it; of a program that was killed, the
/// next one removes it, and kills the processes that still have it as their TMPDIR.
class Workspace {
 public:
  /// Throws: Error if no folder can be made, if files cannot be written, or if programs cannot be run there.
  Workspace();
  Workspace(const Workspace&) = delete;
  Workspace& operator=(const Workspace&) = delete;
  ~Workspace();

  /// Returns: its path, which is absolute.
  const std::filesystem::path& path() const noexcept { return path_; }
  /// Makes a folder in it, if there is none of this name.
  std::filesystem::path make_folder(const std::string& name) const;

 private:
  std::filesystem::path path_;
  io::Descriptor lock_;  // of the folder: locked while its owner lives
};

}  // namespace corokit::moulinette
