#pragma once
// What happened in a scenario, for the oracle to judge.
#include <corokit/orchestrator/matrix_orchestrator.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace corokit::specified::fuzzing {

/// Something happened: at a time that counts from the beginning, as the `order`-th event of all.
struct Moment {
  Duration time{0};
  int order = 0;  // from 1; 0 if it never happened

  explicit operator bool() const noexcept { return order > 0; }
  /// Both must have happened.
  bool before(const Moment& other) const noexcept { return order < other.order; }
};

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
