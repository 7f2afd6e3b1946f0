#pragma once
// What is drawn anew for each schedule, so that no answer can be written into a solution.
#include "noted_orchestrator.hpp"

namespace corokit::specified {

/// `subject` in the schedule that plays the subject's scenario; elsewhere a number from `low` to `high`.
inline int either(Check& check, int subject, int low, int high) {
  const int drawn = check.draw(low, high);
  return check.is_subject() ? subject : drawn;
}
/// Whole milliseconds.
inline Duration draw_ms(Check& check, int low, int high) {
  return 1ms * check.draw(low, high);
}
/// A duration that has no other's whole milliseconds: sums of such durations are hardly ever equal.
inline Duration draw_odd(Check& check, int low_ms, int high_ms) {
  return draw_ms(check, low_ms, high_ms - 1) + 1ns * check.draw(1, 999'999);
}

/// The unit of a scenario's times: 1 ms in the subject's, and on threads, where time is real.
inline Duration draw_unit(Check& check) {
  const Duration drawn = draw_odd(check, 1, 4);
  return check.is_subject() || !in_virtual_time() ? 1ms : drawn;
}

template <class T>
void shuffle(Check& check, std::vector<T>& all) {
  for (std::size_t left = all.size(); left > 1; --left)
    std::swap(all[left - 1], all[static_cast<std::size_t>(check.draw(0, static_cast<int>(left) - 1))]);
}

/// Different ids from the whole range, in any order.
Ids draw_ids(Check& check, int count);
/// Tasks of all priorities with odd estimates of at most `longest_ms`.
Tasks draw_tasks(Check& check, int count, int longest_ms);
/// Work that has nothing to do with the estimates, at most 10 ms for each task.
WorkOf draw_work(Check& check, const Tasks& tasks);

/// Rule 3: the smallest priority number, then the shortest estimate, then the smallest id.
bool is_more_urgent(const PrioritizedTask& a, const PrioritizedTask& b);
/// The tasks in the order of rule 3.
Tasks in_order(Tasks tasks);
Ids ids(const Tasks& tasks);
/// The ids of the tasks that are not in `others`, ascending.
Ids without(const Tasks& tasks, const Ids& others);

}  // namespace corokit::specified
