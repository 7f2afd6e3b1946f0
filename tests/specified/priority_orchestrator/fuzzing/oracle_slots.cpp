// How many tasks run at once: never more than there are workers, and no fewer while tasks wait.
#include "oracle.hpp"

#include <algorithm>
#include <utility>

namespace corokit::specified::fuzzing {
namespace {

class Slots {
 public:
  Slots(const Scenario& scenario, const Seen& seen) : scenario_(scenario), seen_(seen) {
    for (std::size_t place = 0; place < seen.runs.size(); ++place)
      if (seen.runs[place].begun) runs_.emplace_back(scenario, seen, place);
  }

  void judge(Findings& found) {
    too_many(found);
    const bool may_be_idle = !scenario_.interrupts && std::ranges::any_of(runs_, &Run::has_deadlines);
    if ((scenario_.steals || scenario_.workers == 1) && !may_be_idle) idle(found);
  }

 private:
  void too_many(Findings& found) const {
    std::vector<std::pair<int, int>> changes;  // (order, by how much)
    for (const Run& run : runs_)
      for (const SeenTask& task : run.seen.tasks)
        for (const InSlot& slot : task.slots) {
          changes.emplace_back(slot.from.order, 1);
          if (slot.to) changes.emplace_back(slot.to.order, -1);
        }
    std::ranges::sort(changes);
    int busy = 0;
    int most = 0;
    for (const auto& [order, by] : changes) most = std::max(most, busy += by);
    if (most <= scenario_.workers) return;
    found.push_back({Promise::order, "too many tasks run at once",
                     std::to_string(scenario_.workers) + " at most", std::to_string(most)});
  }

  /// Looks at all times between which nothing happens.
  void idle(Findings& found) const {
    std::vector<Duration> times;
    for (const Run& run : runs_) {
      times.push_back(run.seen.begun.time);
      if (run.over()) times.push_back(run.over().time);
      for (std::size_t task = 0; task < run.size(); ++task) {
        times.push_back(run.arrival(task));
        for (const InSlot& slot : run.seen.tasks[task].slots) {
          times.push_back(slot.from.time);
          if (slot.to) times.push_back(slot.to.time);
        }
      }
    }
    if (seen_.cancelled) times.push_back(seen_.cancelled.time);
    std::ranges::sort(times);
    times.erase(std::unique(times.begin(), times.end()), times.end());
    for (std::size_t i = 0; i < times.size(); ++i) {
      const Duration to = i + 1 < times.size() ? times[i + 1] : kNever;
      if (busy(times[i], to) >= scenario_.workers) continue;
      for (const Run& run : runs_)
        for (std::size_t task = 0; task < run.size(); ++task)
          if (could_run(run, task, times[i], to)) {
            found.push_back({promise(run.plan.tasks[task]), "a task waits while a worker is free",
                             run.name(task) + " in a slot " + at(times[i]),
                             to == kNever ? "never" : "not before " + at(to).substr(3)});
            return;
          }
    }
  }

  int busy(Duration from, Duration to) const {
    int number = 0;
    for (const Run& run : runs_)
      for (const SeenTask& task : run.seen.tasks)
        for (const InSlot& slot : task.slots)
          if (slot.from.time <= from && (slot.to ? slot.to.time >= to && slot.to.time > from : true))
            ++number;
    return number;
  }

  bool could_run(const Run& run, std::size_t task, Duration from, Duration to) const {
    const SeenTask& seen = run.seen.tasks[task];
    if (run.seen.begun.time > from || (run.over() && run.over().time < to) || run.arrival(task) > from)
      return false;
    if (!seen.started() && seen_.cancelled && seen_.cancelled.time <= from) return false;
    if (seen.gone && seen.gone.time <= from) return false;
    return std::ranges::none_of(seen.slots, [&](const InSlot& slot) {
      return slot.from.time <= from && (!slot.to || slot.to.time > from);
    });
  }

  Promise promise(const PlannedTask& waiting) const {
    if (runs_.size() > 1 && !scenario_.runs[1].is_last) return Promise::order;
    if (std::ranges::any_of(runs_, &Run::has_deadlines)) return Promise::giving_way;
    return scenario_.workers == 1 || waiting.release > Duration(0) ? Promise::ageing : Promise::stealing;
  }

  const Scenario& scenario_;
  const Seen& seen_;
  std::vector<Run> runs_;
};

}  // namespace

void judge_slots(const Scenario& scenario, const Seen& seen, Findings& found) {
  Slots(scenario, seen).judge(found);
}

}  // namespace corokit::specified::fuzzing
