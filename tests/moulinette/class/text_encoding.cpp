#include "class/text_encoding.hpp"

#include <iconv.h>
#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

namespace corokit::moulinette {

std::optional<std::string> utf8_from(const char* encoding, std::string_view text) {
  const iconv_t converter = iconv_open("UTF-8", encoding);
  if (converter == reinterpret_cast<iconv_t>(-1))
    return {};  // NOLINT(performance-no-int-to-ptr): as POSIX has it
  std::string converted;
  std::array<char, 4096> part{};
  auto* from = const_cast<char*>(text.data());  // iconv() only reads it
  std::size_t left = text.size();
  bool is_valid = true;
  while (is_valid && left > 0) {
    const std::size_t before = left;
    char* to = part.data();
    std::size_t room = part.size();
    const bool is_whole = iconv(converter, &from, &left, &to, &room) != static_cast<std::size_t>(-1);
    converted.append(part.data(), part.size() - room);
    is_valid = is_whole || (errno == E2BIG && left < before);
  }
  iconv_close(converter);
  return is_valid ? std::optional(std::move(converted)) : std::nullopt;
}

bool is_utf8(std::string_view text) {
  return utf8_from("UTF-8", text).has_value();
}

std::string utf8_name(std::string name) {
  if (is_utf8(name)) return name;
  // In Latin-1 these bytes are controls, and none is in a name. In DOS code pages they are letters: é, è, à, ü, ö.
  const auto is_of_dos = [](char c) { return (static_cast<unsigned char>(c) & 0xE0U) == 0x80U; };
  const bool is_dos = std::ranges::any_of(name, is_of_dos);
  return utf8_from(is_dos ? "CP850" : "LATIN1", name).value_or(name);
}

}  // namespace corokit::moulinette
