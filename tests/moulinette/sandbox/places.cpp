#include "sandbox/places.hpp"

#include <link.h>
#include <unistd.h>
#include <algorithm>
#include <cstdlib>
#include <sstream>

namespace corokit::moulinette {
namespace fs = std::filesystem;
namespace {

void add(std::vector<fs::path>& places, const fs::path& place) {
  std::error_code failed;
  if (!place.empty() && fs::exists(place, failed) && std::ranges::find(places, place) == places.end())
    places.push_back(place);
}

bool is_below(const fs::path& file, const fs::path& folder) {
  return std::ranges::mismatch(folder, file).in1 == folder.end();
}

// Called for each library of this program. They are those of the compiler that made it.
int add_place_of(dl_phdr_info* info, std::size_t, void* places) {
  std::error_code failed;
  const fs::path file = fs::canonical(info->dlpi_name, failed);
  if (!failed && info->dlpi_name[0] == '/')
    add(*static_cast<std::vector<fs::path>*>(places), file.parent_path());
  return 0;
}

}  // namespace

const std::vector<fs::path>& library_places() {
  static const std::vector<fs::path> places = [] {
    std::vector<fs::path> found;
    dl_iterate_phdr(&add_place_of, &found);
    for (const char* folder : {"/lib", "/lib64", "/usr/lib64", "/etc/ld.so.cache"}) add(found, folder);
    return found;
  }();
  return places;
}

std::vector<fs::path> compiler_places(const fs::path& compiler) {
  std::vector<fs::path> places;
  for (const char* folder : {"/bin", "/lib", "/lib32", "/lib64", "/libx32", "/usr/bin", "/usr/include",
                             "/usr/lib", "/usr/lib32", "/usr/lib64", "/usr/libx32", "/usr/libexec",
                             "/usr/local/include", "/etc/alternatives", "/etc/ld.so.cache", "/dev/null"})
    add(places, folder);
  std::error_code failed;
  const fs::path program = fs::canonical(compiler, failed);
  const bool is_known =
      std::ranges::any_of(places, [&](const fs::path& place) { return is_below(program, place); });
  if (!failed && !is_known) add(places, program.parent_path().parent_path());
  return places;
}

fs::path find_program(const std::string& name) {
  const char* path = std::getenv("PATH");
  std::istringstream folders(path ? path : "/usr/bin:/bin");
  for (std::string folder; std::getline(folders, folder, ':');) {
    fs::path program = fs::path(folder) / name;
    if (program.is_absolute() && access(program.c_str(), X_OK) == 0) return program;
  }
  return {};
}

fs::path kit_sources() {
  return COROKIT_SOURCES;
}

fs::path box_init() {
  return COROKIT_BOX_INIT;
}

}  // namespace corokit::moulinette
