#pragma once
#include <cstdint>
#include <string_view>

namespace corokit::moulinette {

/// Returns: a number that is the same for equal texts, on every machine, and else almost surely another one. `before` is
/// the number of the text before this one.
constexpr std::uint64_t hash_of(std::string_view text, std::uint64_t before = 0xcbf29ce484222325) noexcept {
  for (const char c : text) before = (before ^ static_cast<unsigned char>(c)) * 0x100000001b3;  // FNV-1a
  return before;
}

}  // namespace corokit::moulinette
