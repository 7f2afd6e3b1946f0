#include "running/printable.hpp"

#include <nlohmann/json.hpp>

namespace corokit::moulinette {

std::string printable(std::string text) {
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
  }
  const std::string valid =
      nlohmann::json(std::move(text)).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  return nlohmann::json::parse(valid).get<std::string>();
}

std::string shortened(const std::string& text) {
  constexpr std::size_t kLongest = 1200;
  if (text.size() <= kLongest) return text;
  return printable(text.substr(0, kLongest * 3 / 4)) + " […] " +
         printable(text.substr(text.size() - kLongest / 4));
}

}  // namespace corokit::moulinette
