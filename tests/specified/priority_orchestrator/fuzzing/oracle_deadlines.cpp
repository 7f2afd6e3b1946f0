// Deadlines: rule 1, who gives way to whom, and which deadlines must be met.
#include "oracle.hpp"

#include <algorithm>

namespace corokit::specified::fuzzing {
namespace {

constexpr Duration kMillisecond = std::chrono::milliseconds(1);
constexpr int kMostCorrection = 4;

/// What ends in a moment counts in it.
bool is_over(const SeenTask& seen, Duration time) {
  return seen.gone && seen.gone.time < time;
}

/// How long a task has had a slot until a time.
Duration in_slot(const SeenTask& seen, Duration time) {
  Duration sum{0};
  for (const InSlot& slot : seen.slots)
    if (slot.from.time < time) sum += (slot.to ? std::min(slot.to.time, time) : time) - slot.from.time;
  return sum;
}

/// Returns: tasks in the order of their deadlines.
std::vector<std::size_t> by_deadline(const Run& run, std::vector<std::size_t> tasks) {
  std::ranges::stable_sort(tasks, {}, [&run](std::size_t task) { return run.deadline(task); });
  return tasks;
}

class Deadlines {
 public:
  Deadlines(const Run& run, Findings& found) : run_(run), found_(found) {
    for (std::size_t task = 0; task < run.size(); ++task) {
      const PlannedTask& plan = run.plan.tasks[task];
      longest_ = std::max(longest_, plan.step > Duration(0) ? plan.step : plan.work);
    }
  }

  void judge() {
    for (std::size_t task = 0; task < run_.size(); ++task)
      for (std::size_t turn = 0; turn < run_.seen.tasks[task].slots.size(); ++turn) {
        if (run_.scenario.workers == 1 && run_.is_exact() && !is_cut_short()) judge_turn(task, turn);
        judge_way(task, turn);
      }
    if (run_.has_results() && must_meet_all()) judge_met();
  }

 private:
  /// Whether a task may take less than its estimate.
  bool is_cut_short() const {
    return run_.all.cancelled && std::ranges::any_of(run_.plan.tasks, &PlannedTask::listens);
  }

  /// Rule 1.
  void judge_turn(std::size_t task, std::size_t turn) {
    const Duration time = run_.seen.tasks[task].slots[turn].from.time;
    const Moment& cancelled = run_.all.cancelled;  // from then on, some that wait never start
    if ((cancelled && cancelled.time <= time) || !surely_at_risk(run_, time)) return;
    std::size_t first = task;
    for (std::size_t other = 0; other < run_.size(); ++other)
      if (run_.deadline(other) > time && run_.deadline(other) != kNever && waits(run_, other, time) &&
          (run_.deadline(first) <= time || run_.deadline(other) < run_.deadline(first)))
        first = other;
    if (first == task) return;
    found_.push_back({Promise::deadlines, "the earliest deadline does not go first while one is at risk",
                      run_.name(first) + " " + at(time), run_.name(task)});
  }

  /// A task that waits for another slot has given way: somebody with an earlier deadline took its own.
  void judge_way(std::size_t task, std::size_t turn) {
    const SeenTask& seen = run_.seen.tasks[task];
    const bool is_last = turn + 1 == seen.slots.size();
    if (is_last && !seen.gave_way) return;
    const Duration time = seen.slots[turn].to.time;
    if (is_last && seen.gone && seen.gone.time == time) return;
    const Duration asked = time - longest_;
    if (!run_.scenario.interrupts || never_at_risk(run_, asked, time)) {
      found_.push_back({Promise::giving_way,
                        run_.scenario.interrupts ? "a task gives way though no deadline is at risk"
                                                 : "a task gives way though preemption is off",
                        run_.name(task) + " keeps its slot", "it gives way " + at(time)});
      return;
    }
    // Whoever arrives, and what is learned, may put an end to the risk between the request and the checkpoint.
    const bool is_due = run_.deadline(task) > time;  // if not, it is one without a deadline
    if (run_.scenario.workers == 1 && run_.is_alone() && run_.is_exact() && !run_.has_releases() && is_due &&
        !passes_between(asked, time))
      judge_who(task, time);
  }

  void judge_who(std::size_t task, Duration time) {
    for (std::size_t other = 0; other < run_.size(); ++other)
      for (const InSlot& slot : run_.seen.tasks[other].slots)
        if (slot.from.time == time && other != task && run_.deadline(other) >= run_.deadline(task) &&
            (!slot.to || slot.to.time > time))
          found_.push_back({Promise::giving_way, "a task gives way to a less urgent one",
                            run_.name(task) + " keeps its slot", run_.name(other) + " has it " + at(time)});
  }

  bool passes_between(Duration from, Duration to) const {
    for (std::size_t task = 0; task < run_.size(); ++task)
      if (run_.deadline(task) >= from && run_.deadline(task) <= to) return true;
    return false;
  }

  /// Whether earliest deadline first meets all, and whoever runs before can give way in time.
  bool must_meet_all() const {
    if (run_.scenario.workers != 1 || !run_.is_alone() || !run_.scenario.interrupts || !run_.is_exact() ||
        is_cut_short() || longest_ > run_.scenario.margin)
      return false;
    std::vector<std::size_t> due;
    for (std::size_t task = 0; task < run_.size(); ++task) {
      if (!run_.plan.tasks[task].deadline) continue;
      if (run_.plan.tasks[task].release > Duration(0)) return false;
      due.push_back(task);
    }
    Duration end = run_.seen.begun.time + kMillisecond;
    for (const std::size_t task : by_deadline(run_, due))
      if ((end += run_.plan.tasks[task].estimate) > run_.deadline(task)) return false;
    return true;
  }

  void judge_met() {
    for (std::size_t task = 0; task < run_.size(); ++task)
      if (run_.seen.tasks[task].gone && run_.seen.tasks[task].gone.time > run_.deadline(task))
        found_.push_back({Promise::deadlines, "a deadline is missed that could be met",
                          run_.name(task) + " is over " + at(run_.deadline(task)),
                          at(run_.seen.tasks[task].gone)});
  }

  const Run& run_;
  Findings& found_;
  Duration longest_{0};  // that a task may take to give way
};

}  // namespace

bool never_at_risk(const Run& run, Duration from, Duration to) {
  Duration longest{0};
  Duration most{0};
  for (const PlannedTask& task : run.plan.tasks) {
    longest = std::max(longest, task.step > Duration(0) ? task.step : std::max(task.work, task.clean_up));
    most = std::max(most, task.estimate);
  }
  std::vector<std::size_t> due;
  for (std::size_t task = 0; task < run.size(); ++task)
    if (run.plan.tasks[task].deadline && !is_over(run.seen.tasks[task], from)) due.push_back(task);
  Duration end = to + std::max(run.scenario.margin, longest) + kMostCorrection * most + kMillisecond;
  for (const std::size_t task : by_deadline(run, due)) {
    end += kMostCorrection * run.plan.tasks[task].estimate + kMillisecond;
    if (run.deadline(task) >= from && end >= run.deadline(task)) return false;
  }
  return true;
}

bool surely_at_risk(const Run& run, Duration time) {
  std::vector<std::size_t> due;
  for (std::size_t task = 0; task < run.size(); ++task) {
    if (run.deadline(task) == time) return false;  // it may have passed
    if (run.deadline(task) > time && run.deadline(task) != kNever && waits(run, task, time))
      due.push_back(task);
  }
  Duration end = time + run.scenario.margin;
  for (const std::size_t task : by_deadline(run, due)) {
    end += run.plan.tasks[task].estimate - in_slot(run.seen.tasks[task], time);
    if (end > run.deadline(task) + std::chrono::microseconds(1)) return true;
  }
  return false;
}

void judge_deadlines(const Run& run, Findings& found) {
  if (run.has_deadlines())
    Deadlines(run, found).judge();
  else
    for (std::size_t task = 0; task < run.size(); ++task)
      if (run.seen.tasks[task].slots.size() > 1)
        found.push_back({Promise::giving_way, "a task gives way though no deadline is at risk",
                         run.name(task) + " keeps its slot",
                         "it gives way " + at(run.seen.tasks[task].slots.front().to)});
}

}  // namespace corokit::specified::fuzzing
