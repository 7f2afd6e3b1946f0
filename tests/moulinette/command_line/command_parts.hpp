#pragma once
#include "command_line/commands.hpp"

#include <nlohmann/json_fwd.hpp>
#include <string>

namespace corokit::moulinette {

inline constexpr int kInterrupted = 130;  // the status that a shell reports after SIGINT

/// Returns: the exercise of this name. Throws: Error if there is none.
Exercise find_exercise(const Request& request, const std::string& name);

/// Writes to standard output. Throws: Error if that fails.
void print(const std::string& text);
inline void print(const char* text) {
  print(std::string(text));
}
void print(const nlohmann::ordered_json& json);

/// Returns: the path of the solution: `file`, or that of the file that the student fills in.
/// Throws: Error if that cannot be a solution.
std::filesystem::path submission(const Session& session, const std::optional<std::string>& file);

}  // namespace corokit::moulinette
