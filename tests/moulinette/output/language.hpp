#pragma once
#include <string_view>

namespace corokit::moulinette {

/// The languages of what students read.
enum class Language { english, french };

/// Returns: the language that `asked` names, "en" or "fr"; if it is empty, that of the user. The launcher hands that on
///   in COROKIT_LANGUAGE, since it sets LC_ALL for the tools; else LC_ALL, LC_MESSAGES and LANG say it.
Language choose_language(std::string_view asked) noexcept;

}  // namespace corokit::moulinette
