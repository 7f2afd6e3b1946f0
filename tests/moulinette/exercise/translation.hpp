#pragma once
#include "exercise/json_lines.hpp"
#include "exercise/spec.hpp"

#include <nlohmann/json_fwd.hpp>
#include <vector>

namespace corokit::moulinette {

/// Puts the texts of a spec.fr.json in the place of the English ones, for the tests and parts that both have.
void translate(Spec& spec, const nlohmann::json& french);

/// Does the same to the report on a solution, as grade prints it with --json, and to what the norm, and the grader of runs,
/// say in it. What the tests themselves say stays as it is. `french`: a spec that was translated.
void translate(nlohmann::ordered_json& graded, const Spec& french);

/// Returns: where a spec.fr.json says something else than spec.json: names that only one of them has, and other numbers of
///   hints. The places are those of spec.fr.json.
std::vector<Complaint> translation_complaints(const nlohmann::json& english, const nlohmann::json& french);

}  // namespace corokit::moulinette
