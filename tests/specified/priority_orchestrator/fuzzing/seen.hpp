#pragma once
// What happened in a scenario, for the oracle to judge.
#include <fuzzing/moment.hpp>

#include <corokit/orchestrator/priority_orchestrator.hpp>

#include <optional>
#include <string>
#include <vector>

namespace corokit::specified::fuzzing {

/// From when to when a task had a slot.
struct InSlot {
  Moment from;
  Moment to;  // it never happened as long as the task goes on
};

struct SeenTask {
  std::string text;  // that it answers, or throws
  int calls = 0;
  std::vector<InSlot>
      slots;              // its first one, and another one each time when it had given way and time passed
  bool gave_way = false;  // it waits for another slot
  Moment told;            // saw its token cancelled
  Moment finished;        // is about to answer or to throw
  Moment gone;            // finished or dropped

  Moment started() const { return slots.empty() ? Moment() : slots.front().from; }
};

struct SeenRun {
  Moment begun;     // was awaited
  Moment returned;  // or threw
  Moment dropped;
  std::vector<SeenTask> tasks;                           // in the order of submission
  std::optional<PriorityOrchestrator::Results> results;  // if it returned
  std::string threw;                                     // what it threw instead
};

struct Seen {
  Instant begin{};
  std::vector<SeenRun> runs;
  Moment cancelled;
};

}  // namespace corokit::specified::fuzzing
