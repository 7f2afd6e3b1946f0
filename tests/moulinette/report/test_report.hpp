#pragma once
#include "verdict/session.hpp"
#include "verdict/verdict.hpp"

#include <string>
#include <vector>

namespace corokit::moulinette {

/// The report of `grade --test`: how one test ended, what the solution printed, and the timeline of the schedule.
std::string test_report(const Graded& graded, const Session& session);

/// Returns: one line for each event, at most `lines`: without the middle of a long timeline.
std::string timeline_text(const std::vector<TimelineEvent>& timeline, std::size_t lines);

/// Returns: the command by which gdb plays the schedule that broke the first test that failed, if one did.
std::string debugger_command(const std::string& executable, const Graded& graded);

}  // namespace corokit::moulinette
