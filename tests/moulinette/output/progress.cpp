#include "output/progress.hpp"

#include <fmt/format.h>
#include <cstdio>

namespace corokit::moulinette {

Progress::Progress(bool shown, std::size_t total) : shown_(shown), total_(total) {}

Progress::~Progress() {
  if (shown_ && done_) fmt::print(stderr, "\r\033[K");
}

void Progress::ended(const std::string& name) {
  ++done_;
  if (!shown_) return;
  fmt::print(stderr, "\r\033[K[{}/{}] {:.60}", done_, total_, name);
  std::fflush(stderr);
}

}  // namespace corokit::moulinette
