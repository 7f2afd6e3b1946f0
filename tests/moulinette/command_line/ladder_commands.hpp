#pragma once
#include "command_line/commands.hpp"
#include "verdict/verdict.hpp"

namespace corokit::moulinette {

// The student's way along the ladder. Each command returns the exit status of the program, and throws Error.

/// Shows the ladder, where the student stands, and what is next.
int next_command(const Request& request);

/// Remembers a verdict, if it counts, and whether a hint was taken that is new. It says after a pass where the student stands; with --json, it says nothing.
void remember_verdict(const Request& request, const Session& session, const Graded& graded,
                      const std::filesystem::path& source, bool takes_hint);

}  // namespace corokit::moulinette
