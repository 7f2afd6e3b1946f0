#include "exercise/closest.hpp"

#include <fmt/format.h>
#include <algorithm>
#include <cstddef>

namespace corokit::moulinette {
namespace {

/// Returns: how many letters of one text must be changed, left out, added or swapped with the next one to make the other.
std::size_t distance(std::string_view one, std::string_view other) {
  std::vector<std::vector<std::size_t>> steps(one.size() + 1, std::vector<std::size_t>(other.size() + 1));
  for (std::size_t i = 0; i <= one.size(); ++i) {
    for (std::size_t j = 0; j <= other.size(); ++j) {
      if (i == 0 || j == 0) {
        steps[i][j] = i + j;
        continue;
      }
      const std::size_t change = one[i - 1] == other[j - 1] ? 0 : 1;
      steps[i][j] = std::min({steps[i - 1][j] + 1, steps[i][j - 1] + 1, steps[i - 1][j - 1] + change});
      if (i > 1 && j > 1 && one[i - 1] == other[j - 2] && one[i - 2] == other[j - 1])
        steps[i][j] = std::min(steps[i][j], steps[i - 2][j - 2] + 1);
    }
  }
  return steps.back().back();
}

}  // namespace

std::string closest(std::string_view name, const std::vector<std::string>& candidates) {
  constexpr std::size_t kRight = 3;  // one letter in three may be wrong
  std::string best;
  std::size_t least = name.size();
  for (const std::string& candidate : candidates) {
    const std::size_t far = distance(name, candidate);
    if (far >= least || far > std::max(name.size(), candidate.size()) / kRight) continue;
    least = far;
    best = candidate;
  }
  return best;
}

std::string did_you_mean(std::string_view name, const std::vector<std::string>& candidates) {
  const std::string meant = closest(name, candidates);
  return meant.empty() ? "" : fmt::format(": did you mean \"{}\"?", meant);
}

}  // namespace corokit::moulinette
