#pragma once
#include "verdict/session.hpp"
#include "verdict/verdict.hpp"

#include <string>

namespace corokit::moulinette {

/// The report of `grade --test`: how one test ended, what the solution printed, and the timeline of the schedule.
std::string test_report(const Graded& graded, const Session& session);

/// Returns: the command by which gdb plays the schedule that broke the first test that failed, if one did.
std::string debugger_command(const std::string& executable, const Graded& graded);

}  // namespace corokit::moulinette
