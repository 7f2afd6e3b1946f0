#pragma once
#include <fmt/color.h>
#include <string>
#include <string_view>

namespace corokit::moulinette {

/// Colours text, if colours are on.
class Style {
 public:
  explicit Style(bool on) noexcept : on_(on) {}

  std::string good(std::string_view text) const { return in(fg(fmt::terminal_color::green), text); }
  std::string bad(std::string_view text) const { return in(fg(fmt::terminal_color::red), text); }
  std::string soft(std::string_view text) const { return in(fg(fmt::terminal_color::bright_black), text); }
  std::string strong(std::string_view text) const { return in(fmt::emphasis::bold, text); }

 private:
  std::string in(const fmt::text_style& style, std::string_view text) const {
    return on_ ? fmt::format(style, "{}", text) : std::string(text);
  }
  bool on_;
};

}  // namespace corokit::moulinette
