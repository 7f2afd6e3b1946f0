#pragma once
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace corokit::moulinette {

/// Returns: a zip of these files, by name and content, byte for byte as it is given. `is_utf8` is the flag that says what
///   the names are: Python's zipfile and Moodle set it, old systems do not.
inline std::string stored_zip(const std::vector<std::pair<std::string, std::string>>& files,
                              bool is_utf8 = true) {
  const auto number = [](std::uint32_t value, int bytes) {
    std::string text;
    for (int i = 0; i < bytes; ++i) text += static_cast<char>(value >> (8 * i) & 0xFFU);
    return text;
  };
  const auto checksum = [](const std::string& text) {
    std::uint32_t sum = 0xFFFFFFFFU;
    for (const char c : text) {
      sum ^= static_cast<unsigned char>(c);
      for (int i = 0; i < 8; ++i) sum = sum >> 1U ^ (sum & 1U ? 0xEDB88320U : 0U);
    }
    return ~sum;
  };
  std::string zip, directory;
  for (const auto& [name, content] : files) {
    const auto size = static_cast<std::uint32_t>(content.size());
    const std::string entry = number(20, 2) + number(is_utf8 ? 0x800 : 0, 2) + number(0, 2) +
                              number(0x5CA1'6000, 4) + number(checksum(content), 4) + number(size, 4) +
                              number(size, 4) + number(static_cast<std::uint32_t>(name.size()), 2) +
                              number(0, 2);
    const std::string begin = number(static_cast<std::uint32_t>(zip.size()), 4);
    for (const std::string& part : {"PK\1\2" + number(20, 2), entry, number(0, 10), begin, name})
      directory += part;
    for (const std::string& part : {std::string("PK\3\4"), entry, name, content}) zip += part;
  }
  const auto entries = static_cast<std::uint32_t>(files.size());
  return zip + directory + "PK\5\6" + number(0, 4) + number(entries, 2) + number(entries, 2) +
         number(static_cast<std::uint32_t>(directory.size()), 4) +
         number(static_cast<std::uint32_t>(zip.size()), 4) + number(0, 2);
}

}  // namespace corokit::moulinette
