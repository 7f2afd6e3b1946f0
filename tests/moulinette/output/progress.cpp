#include "output/progress.hpp"

#include <fmt/format.h>
#include <cstdio>

namespace corokit::moulinette {

namespace {

/// Instead of the line before. The terminal may be gone.
void show(const std::string& line) {
  static_cast<void>(std::fputs(("\r\033[K" + line).c_str(), stderr));
  static_cast<void>(std::fflush(stderr));
}

}  // namespace

Progress::Progress(bool shown, std::size_t total) : shown_(shown), total_(total) {}

Progress::~Progress() {
  if (shown_ && done_) show("");
}

void Progress::ended(const std::string& name) {
  ++done_;
  if (!shown_) return;
  show(fmt::format("[{}/{}] {:.60}", done_, total_, name));
}

}  // namespace corokit::moulinette
