#pragma once
#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace corokit::moulinette {

/// Checks a JSON document against a JSON schema.
///
/// Each sentence opens with `name` and the path to the place, and says what is expected there:
///     quiz.json/questions/3: "answer" must be a text that matches ^[a-i]$, not "aa"
///
/// Returns: one sentence for each violation; none where the document is valid.
std::vector<std::string> violations(const nlohmann::json& document, const nlohmann::json& schema,
                                    const std::string& name);

/// Checks the document `name` ("quiz.json") against its schema, which is exercises/quiz.schema.json.
///
/// Throws: Error with all violations.
void require_valid(const nlohmann::json& document, const std::string& name);

/// Reads a JSON file, in which comments are allowed.
///
/// Throws: Error if the file cannot be read or is no JSON.
nlohmann::json read_json(const std::filesystem::path& file);

}  // namespace corokit::moulinette
