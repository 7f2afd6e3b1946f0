#pragma once
#include <cerrno>
#include <cstring>
#include <string>

namespace corokit::moulinette {

/// Returns: what a value of errno says of a file that could not be written, as sentences: if the disk is full, also what to do.
inline std::string why_not_written(int error) {
  const bool is_full = error == ENOSPC || error == EDQUOT;
  return std::string(std::strerror(error)) + "." +
         (is_full ? "\nMake room there or name another place, then give the same command again." : "");
}

}  // namespace corokit::moulinette
