#pragma once
// Makes scenarios from numbers below some bounds, and finds the numbers of a scenario: see fuzzing/numbers.hpp.
#include "check.hpp"
#include "promise.hpp"
#include "scenario.hpp"

#include <fuzzing/range.hpp>

#include <cstddef>
#include <functional>
#include <vector>

namespace corokit::specified::fuzzing {

/// What scenarios are drawn from, as spec.json has it.
struct Ranges {
  Range tasks;
  Range workers;
  Range duration_ms;  // of estimates and of work
  Range release_ms;
  Range deadline_ms;
  Range clean_up_ms;
  Range margin_ms;
  Range ageing_step_ms;
  Range timeout_ms;
  Range begin_ms;
  Range cancel_ms;
};

class Generator {
 public:
  /// Returns: a number below the bound.
  using Choose = std::function<std::size_t(std::size_t bound)>;

  /// `focus`: what the scenarios are to show, more often than others.
  Generator(const Ranges& ranges, Promise focus);

  /// Returns: the scenario of the numbers that `choose` gives, one after another.
  Scenario make(const Choose& choose) const;
  /// Returns: the numbers that give a scenario. Requires: make() has made it, or simplify() has tried it.
  Values numbers_of(const Scenario& scenario) const;

  /// Tries simpler scenarios, and keeps what `fails`: without a run, some tasks or an event; then with fewer workers, and
  /// simpler tasks. Returns: whether `scenario` is simpler now; then another call may find more.
  bool simplify(Scenario& scenario, const std::function<bool(const Scenario&)>& fails) const;

 private:
  friend class Layout;
  friend class Simpler;
  using Durations = std::vector<Duration>;

  Promise focus_;
  std::vector<int> workers_;
  std::vector<int> sizes_;  // how many tasks a run has; small numbers come several times
  Durations durations_;
  Durations releases_;
  Durations deadlines_;
  Durations clean_ups_;
  Durations margins_;
  Durations ageing_steps_;
  Durations steps_;
  Durations timeouts_;
  Durations begins_;
  Durations cancels_;
};

}  // namespace corokit::specified::fuzzing
