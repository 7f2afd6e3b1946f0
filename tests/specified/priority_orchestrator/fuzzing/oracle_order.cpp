// In which order the tasks of a run get their slots, as long as no deadline is at risk: rules 2 and 3.
#include "oracle.hpp"

#include <algorithm>
#include <tuple>

namespace corokit::specified::fuzzing {
namespace {

class Order {
 public:
  explicit Order(const Run& run) : run_(run) {}

  /// On one worker, each start is judged.
  void judge_each(Findings& found) const {
    for (std::size_t task = 0; task < run_.size(); ++task) {
      const Moment started = run_.seen.tasks[task].started();
      const Moment& cancelled = run_.all.cancelled;
      if (!started || (cancelled && cancelled.time <= started.time)) continue;
      if (!never_at_risk(run_, started.time, started.time)) continue;
      for (std::size_t other = 0; other < run_.size(); ++other)
        if (other != task && waits(run_, other, started.time) && !has_given_way(other) &&
            forbids(task, other, started.time))
          return add(task, other, started, is_aged(other, started.time), found);
    }
  }

  /// On several workers, tasks start in order.
  void judge_all(Findings& found) const {
    std::vector<std::size_t> sorted(run_.size());
    for (std::size_t task = 0; task < run_.size(); ++task) sorted[task] = task;
    std::ranges::sort(sorted, {}, [this](std::size_t task) { return urgency(task); });
    for (std::size_t i = 0; i + 1 < sorted.size(); ++i) {
      const Moment first = run_.seen.tasks[sorted[i]].started();
      const Moment next = run_.seen.tasks[sorted[i + 1]].started();
      if (!next || (first && first.time <= next.time)) continue;
      const bool has_ended = (run_.over() && run_.over().time == next.time) ||
                             (run_.all.cancelled && run_.all.cancelled.time == next.time);
      if (first || !has_ended) return add(sorted[i + 1], sorted[i], next, false, found);
    }
  }

 private:
  std::tuple<unsigned, Duration, std::uint32_t> urgency(std::size_t task) const {
    const PlannedTask& plan = run_.plan.tasks[task];
    return {plan.priority, plan.estimate, id_of(run_.plan, task)};
  }
  Duration aged_from(std::size_t task) const {
    return run_.arrival(task) + run_.plan.tasks[task].priority * run_.scenario.ageing_step;
  }
  bool is_aged(std::size_t task, Duration time) const { return aged_from(task) < time; }
  bool has_given_way(std::size_t task) const {
    return run_.seen.tasks[task].slots.size() > 1 || run_.seen.tasks[task].gave_way;
  }

  /// Whether `task` must not start at a time while `other` waits. If two events coincide, either order is legal.
  bool forbids(std::size_t task, std::size_t other, Duration time) const {
    if (aged_from(task) == time || aged_from(other) == time) return false;
    if (is_aged(other, time)) return !is_aged(task, time) || aged_from(other) < aged_from(task);
    return !is_aged(task, time) && urgency(other) < urgency(task);
  }

  void add(std::size_t task, std::size_t other, const Moment& started, bool aged, Findings& found) const {
    found.push_back({aged ? Promise::ageing : Promise::order,
                     aged ? "a task starts before one that has waited for too long"
                          : "a task starts before a more urgent one",
                     run_.name(other) + " before " + run_.name(task), run_.name(task) + " " + at(started)});
  }

  const Run& run_;
};

}  // namespace

void judge_order(const Run& run, Findings& found) {
  if (run.scenario.workers == 1)
    Order(run).judge_each(found);
  else if (run.is_alone() && run.is_exact() && !run.has_deadlines() && !run.has_releases() &&
           run.scenario.ageing_step == Scenario::kNoAgeing)
    Order(run).judge_all(found);
}

}  // namespace corokit::specified::fuzzing
