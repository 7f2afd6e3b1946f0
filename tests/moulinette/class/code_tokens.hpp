#pragma once
#include <compare>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace corokit::moulinette {

/// A token of a program without what can be changed and leaves the program as it is. All names of variables, functions
/// and types have one kind, and so have all numbers, and all texts.
struct CodeToken {
  std::uint32_t kind = 0;  // equal tokens have equal kinds
  std::uint32_t line = 0;  // counts from 1
};

/// Reads a program so that it can be compared. Left out are comments, layout, #include and other directives (but the
/// text of a #define is read), braces, access specifiers, qualifiers as in `std::`, attributes, and specifiers that
/// change little, such as `const` and `inline`. Any text is allowed; the tokens after the first `most` are left out.
std::vector<CodeToken> code_tokens(std::string_view source, std::size_t most);

/// Returns: what a text in Markdown shows as code: between fences, or indented by four blanks.
std::string code_of_markdown(std::string_view text);

}  // namespace corokit::moulinette
