#pragma once
#include "class/code_tokens.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace corokit::moulinette {

/// The number of a run of tokens, and where the run begins.
struct Fingerprint {
  std::uint64_t hash = 0;
  std::size_t at = 0;
};

/// Returns: a number for each run of `length` tokens; none if there are fewer tokens.
std::vector<std::uint64_t> gram_hashes(const std::vector<CodeToken>& tokens, std::size_t length);

/// Chooses some of the numbers: in each window of `window` of them the smallest, and of equal ones the last. So two texts
/// that have `window + length - 1` tokens in common in a row have a fingerprint in common.
///
/// Source: Schleimer, Wilkerson, Aiken: Winnowing: Local Algorithms for Document Fingerprinting, SIGMOD 2003.
std::vector<Fingerprint> winnow(const std::vector<std::uint64_t>& hashes, std::size_t window);

/// Tokens that are alike in two texts.
struct Tile {
  std::size_t one = 0;  // where they begin
  std::size_t other = 0;
  std::size_t length = 0;
};

/// A text, as it is compared.
struct Print {
  std::vector<CodeToken> tokens;
  std::vector<std::uint64_t> grams;
  std::vector<Fingerprint> fingerprints;  // by their numbers; without those that are nobody's own
  std::vector<bool> own;                  // for each token
  std::size_t own_tokens = 0;
};

/// Covers two texts with tiles of at least `least` tokens, the longest first. No token is in two tiles.
///
/// Returns: the tiles in the order of the first text.
std::vector<Tile> tiles(const Print& one, const Print& other, std::size_t least);

}  // namespace corokit::moulinette
