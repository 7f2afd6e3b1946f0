#pragma once
#include <string_view>

namespace corokit::moulinette {

/// How all pages of a class look, on a wide screen, a narrow one, and in both colour schemes.
extern const std::string_view kPageStyle;

}  // namespace corokit::moulinette
