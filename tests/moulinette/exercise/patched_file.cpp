#include "exercise/patched_file.hpp"

#include <sstream>

namespace corokit::moulinette {

bool PatchedFile::is(std::string_view file) const {
  if (name.empty() || !file.ends_with(name)) return false;
  const std::string_view folders = file.substr(0, file.size() - name.size());
  return folders.empty() || folders.ends_with('/');
}

PatchedFile patched_file(std::string_view patch) {
  constexpr std::string_view kLabel = "--- a/";
  std::istringstream lines{std::string(patch)};
  int number = 0;
  for (std::string line; std::getline(lines, line);) {
    ++number;
    if (!line.starts_with(kLabel)) continue;
    const std::string name = line.substr(kLabel.size());
    return {name.substr(0, name.find_first_of("\t\r")), number};  // a time may follow
  }
  return {};
}

}  // namespace corokit::moulinette
