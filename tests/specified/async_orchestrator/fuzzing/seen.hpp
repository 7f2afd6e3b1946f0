#pragma once
// What happened in a scenario, for the oracle to judge.
#include <fuzzing/moment.hpp>

#include <corokit/orchestrator/matrix_orchestrator.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace corokit::specified::fuzzing {

struct SeenTask {
  std::string text;      // that it answers, or throws
  std::uint32_t id = 0;  // that it was called with
  int calls = 0;
  Moment started;
  Moment told;  // saw its token cancelled
  Moment gone;  // finished or dropped
};

struct SeenRun {
  Moment begun;     // was awaited
  Moment returned;  // or threw
  Moment dropped;
  std::vector<SeenTask> tasks;                         // in the order of submission
  std::optional<MatrixOrchestrator::Results> results;  // if it returned
  std::string threw;                                   // what it threw instead
};

struct Seen {
  std::vector<SeenRun> runs;
  Moment cancelled;
};

}  // namespace corokit::specified::fuzzing
