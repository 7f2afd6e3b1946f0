#include "class/html.hpp"

#include "class/page_style.hpp"
#include "running/outcome_words.hpp"

#include <fmt/format.h>
#include <simulation/terminal_text.hpp>

namespace corokit::moulinette {
namespace {

/// Returns: the colour of a word of a report, as a class of the style.
std::string_view tone(std::string_view word) {
  if (word == "passed") return "good";
  if (word == "missing" || word == "interrupted") return "quiet";
  return "bad";
}

}  // namespace

std::string escaped(std::string_view text) {
  std::string html;
  const std::vector<std::string> lines = explorer::printable_lines(text);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (i > 0) html += '\n';
    for (const char c : lines[i]) {
      if (c == '&')
        html += "&amp;";
      else if (c == '<')
        html += "&lt;";
      else if (c == '>')
        html += "&gt;";
      else if (c == '"')
        html += "&quot;";
      else if (c == '\'')
        html += "&#39;";
      else
        html += c;
    }
  }
  return html;
}

std::string address(std::string_view path) {
  static constexpr std::string_view kPlain = "/._-~";
  std::string url;
  for (const char c : path) {
    const auto byte = static_cast<unsigned char>(c);
    const bool is_plain =
        byte < 0x80 && (std::isalnum(byte) != 0 || kPlain.find(c) != std::string_view::npos);
    url += is_plain ? std::string(1, c) : fmt::format("%{:02X}", byte);
  }
  return url;
}

std::string html_page(Language language, std::string_view title, std::string_view body,
                      std::string_view script) {
  return fmt::format(
      "<!DOCTYPE html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
      "'unsafe-inline'{}\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta name=\"color-scheme\" content=\"light dark\">\n<title>{}</title>\n<style>\n{}</style>\n</head>\n"
      "<body>\n<main>\n{}</main>\n{}</body>\n</html>\n",
      language == Language::french ? "fr" : "en", script.empty() ? "" : "; script-src 'unsafe-inline'",
      escaped(title), kPageStyle, body,
      script.empty() ? std::string() : fmt::format("<script>\n{}</script>\n", script));
}

std::string badge(const Words& words, std::string_view word) {
  return fmt::format("<span class=\"badge {}\">{}</span>", tone(word),
                     escaped(outcome_in(words.language(), std::string(word))));
}

}  // namespace corokit::moulinette
