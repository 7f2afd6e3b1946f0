#pragma once
#include "running/outcome.hpp"
#include "running/test_process.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace corokit::moulinette {

/// What was played of a part of a test, depth first, with the numbers of the subject.
struct ExploredPart {
  std::string part;
  std::uint64_t schedules = 0;
  std::optional<unsigned> preemptions =
      {};              // all schedules with at most so many were played; none: not even without one
  bool ended = false;  // all with at most 2 preemptions were played
  bool all = false;    // there are no other schedules at all
};

/// What was played of a test, and what that found.
struct Explored {
  Outcome outcome = Outcome::interrupted;
  std::string message;  // as that of a TestRun
  std::string token;    // of the schedule that failed
  std::vector<ExploredPart> parts;
};

/// Plays each part of a test depth first: all schedules with at most 2 preemptions, or as many as take some ten
/// milliseconds.
Explored explore(const TestProgram& program, const std::string& exercise, const TestSpec& test,
                 const Interrupt& interrupt);

}  // namespace corokit::moulinette
