#pragma once
#include <string>
#include <string_view>

namespace corokit::moulinette {

/// Returns: a C++ text with spaces for its comments, so that every line keeps its number.
std::string without_comments(std::string_view text);

/// Returns: a C++ text without comments, attributes that say what may be unused, and spaces that mean nothing: so two texts
///   of one declaration are the same.
std::string squeezed(std::string_view text);

}  // namespace corokit::moulinette
