#pragma once
#include <filesystem>
#include <string>

namespace corokit::moulinette {

/// A temporary folder under TMPDIR. The destructor removes it with everything in it.
class Workspace {
 public:
  /// Throws: Error if no folder can be made, or if files cannot be written.
  Workspace();
  Workspace(const Workspace&) = delete;
  Workspace& operator=(const Workspace&) = delete;
  ~Workspace();

  const std::filesystem::path& path() const noexcept { return path_; }
  /// Makes a folder in it, if there is none of this name.
  std::filesystem::path make_folder(const std::string& name) const;

 private:
  std::filesystem::path path_;
};

}  // namespace corokit::moulinette
