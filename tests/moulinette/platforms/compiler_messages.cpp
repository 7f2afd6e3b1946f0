#include "platforms/compiler_messages.hpp"

#include "platforms/text.hpp"

#include <array>
#include <charconv>
#include <optional>
#include <sstream>
#include <utility>

namespace corokit::moulinette {
namespace {

using Level = CompilerMessage::Level;

/// Takes a number off the end of a text: "x.cpp:12" becomes "x.cpp". Returns: 0 if there is none.
std::size_t take_number(std::string_view& text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos || colon == 0) return 0;
  const char* const end = text.data() + text.size();
  std::size_t number = 0;
  const auto [after, failed] = std::from_chars(text.data() + colon + 1, end, number);
  if (failed != std::errc() || after != end) return 0;
  text = text.substr(0, colon);
  return number;
}

/// Takes the option off the end of a text: "unused [-Wunused]" becomes "unused".
std::string take_option(std::string& text) {
  const std::size_t begin = text.rfind(" [-W");
  if (begin == std::string::npos || !text.ends_with(']')) return "";
  std::string option = text.substr(begin + 2, text.size() - begin - 3);
  if (option.find(' ') != std::string::npos) return "";
  text.resize(begin);
  return option;
}

/// Returns: the message in a line "FILE:LINE:COLUMN: warning: TEXT [-WOPTION]", in which numbers and option may be missing.
std::optional<CompilerMessage> message_in(std::string_view line) {
  constexpr std::array<std::pair<std::string_view, Level>, 3> kLevels{
      {{"error: ", Level::error}, {"warning: ", Level::warning}, {"note: ", Level::note}}};
  if (line.empty() || line.front() == ' ') return std::nullopt;  // it quotes the source
  CompilerMessage message;
  for (const std::string_view of_linker : {"undefined reference to ", "multiple definition of "}) {
    const std::size_t at = line.find(of_linker);
    if (at == std::string_view::npos) continue;
    message.text = line.substr(at);
    return message;
  }
  std::size_t first = std::string_view::npos;
  for (const auto& [word, level] : kLevels) {
    const std::size_t at = line.find(word);
    if (at >= first || (at > 0 && line[at - 1] != ' ')) continue;
    first = at;
    message.level = level;
    message.text = line.substr(at + word.size());
  }
  if (first == std::string_view::npos) return std::nullopt;
  std::string_view place = line.substr(0, first);
  if (place.ends_with("fatal ")) place.remove_suffix(6);
  if (place.ends_with(": ")) place.remove_suffix(2);
  message.option = take_option(message.text);
  const std::size_t last = take_number(place);
  const std::size_t before = take_number(place);
  message.line = before > 0 ? before : last;
  message.column = before > 0 ? last : 0;
  if (message.line > 0) message.file = place;
  return message;
}

}  // namespace

std::vector<CompilerMessage> compiler_messages(std::string_view output) {
  std::vector<CompilerMessage> all;
  std::istringstream lines(plain(output));
  for (std::string line; std::getline(lines, line);) {
    std::optional<CompilerMessage> message = message_in(line);
    if (!message) continue;
    if (message->level == Level::note && !all.empty()) {
      all.back().notes.push_back(*std::move(message));
    } else {
      all.push_back(*std::move(message));
    }
  }
  return all;
}

}  // namespace corokit::moulinette
