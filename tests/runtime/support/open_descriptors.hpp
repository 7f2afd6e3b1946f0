#pragma once
#include <cstddef>
#include <filesystem>
#include <iterator>

namespace corokit::test {

/// Returns: how many descriptors the process has.
inline std::size_t open_descriptors() {
  const std::filesystem::directory_iterator all("/proc/self/fd");
  return static_cast<std::size_t>(std::distance(begin(all), end(all))) - 1;  // one is that of the folder
}

}  // namespace corokit::test
