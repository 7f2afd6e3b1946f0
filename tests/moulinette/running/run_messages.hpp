#pragma once
#include "output/text_table.hpp"

#include <fmt/format.h>
#include <array>
#include <string>

namespace corokit::moulinette {

/// All that the grader itself says of how a run, the compiler or a second look ended. Reports have it in English.
inline constexpr auto kRunMessages = std::to_array<TextPair>({
#include "running/run_messages.inc"
});
using RunText = TableText<kRunMessages>;

/// Returns: a message in English.
template <class... Values>
std::string run_message(RunText text, const Values&... values) {
  return fmt::format(fmt::runtime(text.in(Language::english)), values...);
}

/// Returns: what run_message() has made, in French, also where more lines come behind it; any other text as it is.
std::string run_message_in_french(const std::string& english);

}  // namespace corokit::moulinette
