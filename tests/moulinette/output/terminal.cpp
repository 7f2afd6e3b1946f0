#include "output/terminal.hpp"

#include <sys/ioctl.h>
#include <unistd.h>
#include <cstdlib>
#include <string_view>

namespace corokit::moulinette {

bool is_terminal_capable() noexcept {
  const char* terminal = std::getenv("TERM");
  return terminal && *terminal && std::string_view(terminal) != "dumb";
}

std::size_t terminal_width() noexcept {
  constexpr std::size_t kElsewhere = 100;
  winsize size{};
  return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : kElsewhere;
}

}  // namespace corokit::moulinette
