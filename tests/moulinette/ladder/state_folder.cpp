#include "ladder/state_folder.hpp"

#include <cstdlib>

namespace corokit::moulinette {

std::filesystem::path state_folder() {
  const char* state = std::getenv("XDG_STATE_HOME");
  if (state && *state == '/') return std::filesystem::path(state) / "corokit";
  const char* home = std::getenv("HOME");
  return home && *home == '/' ? std::filesystem::path(home) / ".local/state/corokit"
                              : std::filesystem::path();
}

}  // namespace corokit::moulinette
