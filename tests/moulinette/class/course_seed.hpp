#pragma once
#include "class/digest.hpp"
#include "running/hash.hpp"

#include <cstdint>
#include <string>

namespace corokit::moulinette {

/// Returns: the seed by which an exercise of this version of the kit is graded for a whole course, in classes and by packed
///   autograders, unless an instructor has chosen one: the same file always gets the same points.
inline std::uint64_t course_seed(const std::string& exercise, const std::string& version) {
  constexpr std::uint64_t kSeeds = 999'999;
  return hash_of(Digest().add("course").add(exercise).add(version).text()) % kSeeds + 1;
}

}  // namespace corokit::moulinette
