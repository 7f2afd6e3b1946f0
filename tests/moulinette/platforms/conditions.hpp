#pragma once
#include "output/language.hpp"

#include <nlohmann/json_fwd.hpp>
#include <string>

namespace corokit::moulinette {

/// Returns: `"sandbox"` and `"norm_level"` of a graded implementation, for programs; null where it was not run in a sandbox.
nlohmann::ordered_json conditions(const nlohmann::ordered_json& graded);

/// Returns: the same for people, a line each: the level of the sandbox, and what a weaker one lets a hostile file do; how the
/// norm could read the file, and why not better.
std::string conditions_in_words(const nlohmann::ordered_json& graded, Language language);

}  // namespace corokit::moulinette
