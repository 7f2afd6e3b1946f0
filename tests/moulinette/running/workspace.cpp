#include "running/workspace.hpp"

#include "error.hpp"

#include <fmt/format.h>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>

namespace corokit::moulinette {
namespace fs = std::filesystem;

Workspace::Workspace() {
  const char* asked = std::getenv("TMPDIR");
  const std::string folder = asked && *asked ? asked : "/tmp";
  std::string name = folder + "/moulinette.XXXXXX";
  if (!mkdtemp(name.data())) {
    throw broken(
        fmt::format("Cannot make a folder in {}: {}.\nPoint TMPDIR to a folder that you can write to.",
                    folder, std::strerror(errno)));
  }
  path_ = name;
  // A full disk accepts folders and refuses the contents of files.
  std::ofstream probe(path_ / "probe");
  probe << std::string(4096, ' ') << std::flush;
  std::error_code ignored;
  fs::remove(path_ / "probe", ignored);
  if (probe) return;
  fs::remove_all(path_, ignored);
  throw broken(fmt::format(
      "Cannot write in {}: is the disk full?\nFree some space, or point TMPDIR elsewhere.", folder));
}

Workspace::~Workspace() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

fs::path Workspace::make_folder(const std::string& name) const {
  fs::path folder = path_ / name;
  std::error_code failed;
  fs::create_directories(folder, failed);
  if (failed) throw broken(fmt::format("Cannot make the folder {}: {}.", folder.string(), failed.message()));
  return folder;
}

}  // namespace corokit::moulinette
