#pragma once
#include "exercise/json_lines.hpp"

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace corokit::moulinette {

/// Returns: each violation of a JSON schema; none where the document is valid.
std::vector<Complaint> complaints(const nlohmann::json& document, const nlohmann::json& schema);

/// Returns: their sentences, each of which opens with `name`.
std::vector<std::string> violations(const nlohmann::json& document, const nlohmann::json& schema,
                                    const std::string& name);

/// Returns: the schema of the document `name` ("quiz.json"), which is exercises/quiz.schema.json.
nlohmann::json schema_of(const std::string& name);

/// Checks the document `name` against its schema.
///
/// Throws: Error with all violations.
void require_valid(const nlohmann::json& document, const std::string& name);

/// A JSON file, and the lines of its parts.
struct JsonFile {
  std::filesystem::path file;
  nlohmann::json json;
  JsonLines lines;

  /// Returns: "FILE:LINE: sentence".
  std::string located(const Complaint& complaint) const;
};

/// Reads a JSON file, in which comments are allowed.
///
/// Throws: Error if the file cannot be read or is no JSON.
JsonFile read_json_file(const std::filesystem::path& file);
nlohmann::json read_json(const std::filesystem::path& file);

}  // namespace corokit::moulinette
