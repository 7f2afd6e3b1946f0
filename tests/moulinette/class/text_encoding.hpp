#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace corokit::moulinette {

/// Whether a text is valid UTF-8.
bool is_utf8(std::string_view text);

/// Returns: a text in UTF-8; none if it is not valid in that encoding, which has the name that iconv knows: "UTF-16LE".
std::optional<std::string> utf8_from(const char* encoding, std::string_view text);

/// Returns: a name in an archive as UTF-8. Where it is not UTF-8, it is taken for that of a DOS code page if it has bytes
///   that Latin-1 uses for no letters, else for Latin-1.
std::string utf8_name(std::string name);

}  // namespace corokit::moulinette
