#include "output/language.hpp"

#include <cctype>
#include <cstdlib>

namespace corokit::moulinette {
namespace {

/// Whether a locale is French: "fr", "fr_FR.UTF-8".
bool is_french(std::string_view locale) noexcept {
  return locale.starts_with("fr") &&
         (locale.size() == 2 || !std::isalpha(static_cast<unsigned char>(locale[2])));
}

}  // namespace

Language choose_language(std::string_view asked) noexcept {
  for (const char* variable : {"COROKIT_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"}) {
    if (!asked.empty()) break;
    if (const char* value = std::getenv(variable)) asked = value;
  }
  return is_french(asked) ? Language::french : Language::english;
}

}  // namespace corokit::moulinette
