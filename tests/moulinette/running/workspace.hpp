#pragma once
#include <filesystem>
#include <string>

namespace corokit::moulinette {

/// A folder of our own under TMPDIR, gone with everything in it when this dies.
class Workspace {
 public:
  /// Throws Error where no folder can be made, or nothing can be written.
  Workspace();
  Workspace(const Workspace&) = delete;
  Workspace& operator=(const Workspace&) = delete;
  ~Workspace();

  const std::filesystem::path& path() const noexcept { return path_; }
  /// A new folder for one process to run in.
  std::filesystem::path make_folder(const std::string& name) const;

 private:
  std::filesystem::path path_;
};

}  // namespace corokit::moulinette
