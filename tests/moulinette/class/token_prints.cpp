#include "class/token_prints.hpp"

#include <algorithm>
#include <functional>
#include <limits>
#include <tuple>

namespace corokit::moulinette {
namespace {

constexpr std::size_t kMostRepeats = 24;  // a run that a text has more often says nothing

/// Returns: the longest run of equal tokens around a place.
Tile grown(const Print& one, const Print& other, std::size_t at_one, std::size_t at_other) {
  const auto alike = [&](std::size_t i, std::size_t j) { return one.tokens[i].kind == other.tokens[j].kind; };
  std::size_t back = 0;
  while (back < at_one && back < at_other && alike(at_one - back - 1, at_other - back - 1)) ++back;
  std::size_t ahead = 0;
  while (at_one + ahead < one.tokens.size() && at_other + ahead < other.tokens.size() &&
         alike(at_one + ahead, at_other + ahead))
    ++ahead;
  return {at_one - back, at_other - back, back + ahead};
}

/// Returns: the runs around all places where the two have a fingerprint in common.
std::vector<Tile> candidates(const Print& one, const Print& other) {
  std::vector<Tile> found;
  const auto& a = one.fingerprints;
  const auto& b = other.fingerprints;
  for (std::size_t i = 0, j = 0; i < a.size() && j < b.size();) {
    if (a[i].hash != b[j].hash) {
      a[i].hash < b[j].hash ? ++i : ++j;
      continue;
    }
    std::size_t i_end = i;
    std::size_t j_end = j;
    while (i_end < a.size() && a[i_end].hash == a[i].hash) ++i_end;
    while (j_end < b.size() && b[j_end].hash == b[j].hash) ++j_end;
    if (i_end - i <= kMostRepeats && j_end - j <= kMostRepeats) {
      for (std::size_t m = i; m < i_end; ++m)
        for (std::size_t n = j; n < j_end; ++n) found.push_back(grown(one, other, a[m].at, b[n].at));
    }
    i = i_end;
    j = j_end;
  }
  return found;
}

}  // namespace

std::vector<std::uint64_t> gram_hashes(const std::vector<CodeToken>& tokens, std::size_t length) {
  std::vector<std::uint64_t> hashes;
  for (std::size_t begin = 0; begin + length <= tokens.size(); ++begin) {
    std::uint64_t hash = 0;
    for (std::size_t i = begin; i < begin + length; ++i) hash = (hash ^ tokens[i].kind) * 0x9e3779b97f4a7c15;
    hashes.push_back(hash ^ (hash >> 29U));  // the low bits of a product depend on few bits
  }
  return hashes;
}

std::vector<Fingerprint> winnow(const std::vector<std::uint64_t>& hashes, std::size_t window) {
  std::vector<Fingerprint> chosen;
  std::size_t last = std::numeric_limits<std::size_t>::max();
  for (std::size_t begin = 0; begin + window <= hashes.size(); ++begin) {
    std::size_t least = begin;
    for (std::size_t i = begin; i < begin + window; ++i)
      if (hashes[i] <= hashes[least]) least = i;
    if (least != last) chosen.push_back({hashes[least], least});
    last = least;
  }
  return chosen;
}

std::vector<Tile> tiles(const Print& one, const Print& other, std::size_t least) {
  std::vector<Tile> runs = candidates(one, other);
  const auto key = [](const Tile& tile) { return std::tuple(tile.one, tile.other); };
  std::ranges::sort(runs, {}, key);
  const auto are_same = [key](const Tile& a, const Tile& b) { return key(a) == key(b); };
  runs.erase(std::unique(runs.begin(), runs.end(), are_same),
             runs.end());  // around one fingerprint as around the next
  std::ranges::stable_sort(runs, std::ranges::greater(), &Tile::length);

  std::vector<bool> in_one(one.tokens.size());
  std::vector<bool> in_other(other.tokens.size());
  std::vector<Tile> chosen;
  for (const Tile& run : runs) {
    for (std::size_t i = 0; i < run.length;) {
      std::size_t free = 0;
      while (i + free < run.length && !in_one[run.one + i + free] && !in_other[run.other + i + free]) ++free;
      if (free >= least) {
        chosen.push_back({run.one + i, run.other + i, free});
        std::fill_n(in_one.begin() + static_cast<std::ptrdiff_t>(run.one + i), free, true);
        std::fill_n(in_other.begin() + static_cast<std::ptrdiff_t>(run.other + i), free, true);
      }
      i += free + 1;
    }
  }
  std::ranges::sort(chosen, {}, &Tile::one);
  return chosen;
}

}  // namespace corokit::moulinette
