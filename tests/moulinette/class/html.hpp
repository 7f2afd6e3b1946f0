#pragma once
#include "class/page_words.hpp"

#include <string>
#include <string_view>

namespace corokit::moulinette {

/// Returns: a text that others have written, as a page may show it: no markup, control characters and those that turn the
///   direction of a text written out, bytes that are not UTF-8 replaced. Lines stay.
std::string escaped(std::string_view text);
/// Returns: the path of a file as the address of a link.
std::string address(std::string_view path);

/// Returns: a whole page, which needs nothing but itself. `body` is markup, `title` is text. A `script` may sort a table;
///   the page says all without it.
std::string html_page(Language language, std::string_view title, std::string_view body,
                      std::string_view script = {});

/// Returns: a verdict or an outcome, coloured.
std::string badge(const Words& words, std::string_view word);

}  // namespace corokit::moulinette
