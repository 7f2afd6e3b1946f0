#include "class/digest.hpp"

#include <sha2.h>
#include <array>

namespace corokit::moulinette {

std::string digest(std::string_view text) {
  std::array<char, SHA256_DIGEST_STRING_LENGTH> hex{};
  SHA256Data(reinterpret_cast<const std::uint8_t*>(text.data()), text.size(), hex.data());
  return hex.data();
}

Digest& Digest::add(std::string_view text) {
  digests_ += digest(text);
  return *this;
}

}  // namespace corokit::moulinette
