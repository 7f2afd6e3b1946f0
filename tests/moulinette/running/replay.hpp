#pragma once
#include "running/outcome.hpp"
#include "running/test_process.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace corokit::explorer {
struct Recording;
}

namespace corokit::moulinette {

/// Something that happened in a schedule.
struct TimelineEvent {
  std::chrono::nanoseconds time{};  // since the schedule began
  std::string task;                 // "task 3"; empty if the event stands for some that are left out
  std::string event;                // "started"
};

/// Names one part of a test under one schedule, for `./moulinette replay`: "toy/counts/17/12.3-40.1".
struct ReplayToken {
  std::string exercise;
  std::string part;  // of a test; the first part has the name of the test
  std::uint64_t schedule = 1;
  std::string moves;  // a token of corokit::explorer; empty: those that the schedule draws, made few

  std::string text() const;
};

/// Returns: none if the text has not the form of a token.
std::optional<ReplayToken> parse_replay_token(std::string_view text);

/// A schedule that was played for people to look at.
struct Replayed {
  Outcome outcome = Outcome::interrupted;
  std::string message;                                   // as that of a TestRun
  std::string moves;                                     // a token of corokit::explorer
  std::uint64_t choices = 0;                             // how many were made
  std::vector<TimelineEvent> told;                       // the moves, in words
  std::vector<TimelineEvent> timeline;                   // what the test notes
  std::shared_ptr<const explorer::Recording> recording;  // null if none came
  bool has_values = false;  // whether the moves decide what the part works on as well
};

/// Plays what a token names, and writes down what happens. If the token has no moves, those of its schedule are made as few
/// as still make it fail. It takes about two seconds, and five at most.
Replayed replay(const TestProgram& program, const ReplayToken& token, const Interrupt& interrupt);

}  // namespace corokit::moulinette
