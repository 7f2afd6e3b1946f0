#pragma once
#include "ladder/ladder.hpp"
#include "output/output_options.hpp"

#include <nlohmann/json_fwd.hpp>
#include <string>

namespace corokit::moulinette {

/// Returns: the ladder as a table, how far the student is, and what to do next.
std::string ladder_report(const Ladder& ladder, const OutputOptions& output);
/// Returns: one line: how many experience points the student has, and what is next.
std::string standing_line(const Ladder& ladder, Language language);
/// Returns: the word of a spec for how far an exercise goes, as reports have it.
std::string tier_in(Language language, const std::string& tier);
nlohmann::ordered_json to_json(const Ladder& ladder, Language language);

}  // namespace corokit::moulinette
