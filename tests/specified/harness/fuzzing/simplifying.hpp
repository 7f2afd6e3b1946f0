#pragma once
#include <corokit/time/clock.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <functional>
#include <utility>
#include <vector>

namespace corokit::specified::fuzzing {

/// The ways in which a scenario is made simpler: delta debugging of its lists, and simpler entries of its tables. What says
/// how a scenario looks derives from it.
template <class Scenario>
class Simplifying {
 public:
  using Fails = std::function<bool(const Scenario&)>;

  Simplifying(Scenario& scenario, const Fails& fails) : scenario_(scenario), fails_(fails) {}

 protected:
  /// Makes a change, and keeps it if the scenario still fails. Returns: whether it does.
  template <class Change>
  bool try_to(const Change& change) {
    Scenario changed = scenario_;
    change(changed);
    if (changed == scenario_ || !fails_(changed)) return false;
    scenario_ = std::move(changed);
    return true;
  }

  /// Makes a list shorter, which `list_of` finds in a scenario.
  ///
  /// Source: A. Zeller and R. Hildebrandt, "Simplifying and isolating failure-inducing input".
  template <class ListOf>
  void fewer(const ListOf& list_of) {
    for (std::size_t length = list_of(scenario_).size(); length > 0; length /= 2)
      for (std::size_t begin = 0; begin < list_of(scenario_).size();)
        if (!try_to([&](Scenario& changed) {
              auto& list = list_of(changed);
              const auto first = list.begin() + static_cast<std::ptrdiff_t>(begin);
              list.erase(first, first + static_cast<std::ptrdiff_t>(std::min(length, list.size() - begin)));
            }))
          begin += length;
  }

  /// Tries what comes earlier in the table of a time: the first entry, the multiple of 10 ms that is nearest, half of the
  /// way, and the one before.
  template <class TimeOf>
  void simpler_time(const std::vector<Duration>& table, const TimeOf& time_of) {
    const auto place_of = [&table](Duration time) { return std::ranges::find(table, time) - table.begin(); };
    const Duration time = time_of(scenario_);
    const auto place = place_of(time);
    const auto round = place_of(std::chrono::round<std::chrono::milliseconds>(time / 10) * 10);
    for (const auto simpler : {std::ptrdiff_t{0}, round, place / 2, place - 1})
      if (simpler >= 0 && simpler < place &&
          try_to([&](Scenario& changed) { time_of(changed) = table[static_cast<std::size_t>(simpler)]; }))
        return;
  }

  Scenario& scenario_;

 private:
  const Fails& fails_;
};

}  // namespace corokit::specified::fuzzing
