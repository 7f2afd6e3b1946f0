#include "draws.hpp"

#include <tuple>

namespace corokit::specified {

Ids draw_ids(Check& check, int count) {
  std::set<std::uint32_t> found;
  while (found.size() < static_cast<std::size_t>(count))
    found.insert(static_cast<std::uint32_t>(check.draw(0, INT32_MAX)) * 2U +
                 static_cast<std::uint32_t>(check.draw(0, 1)));
  Ids all(found.begin(), found.end());
  shuffle(check, all);
  return all;
}

Tasks draw_tasks(Check& check, int count, int longest_ms) {
  Tasks tasks;
  for (const std::uint32_t id : draw_ids(check, count)) {
    const auto priority = static_cast<unsigned>(check.draw(1, 10));
    tasks.emplace_back(id, priority, draw_odd(check, 1, longest_ms));
  }
  return tasks;
}

WorkOf draw_work(Check& check, const Tasks& tasks) {
  std::map<std::uint32_t, Duration> work;
  for (const PrioritizedTask& task : tasks) work[task.id] = draw_odd(check, 0, 10);
  return [work](const PrioritizedTask& task) { return work.at(task.id); };
}

bool is_more_urgent(const PrioritizedTask& a, const PrioritizedTask& b) {
  return std::tuple(a.priority, a.estimated_duration, a.id) <
         std::tuple(b.priority, b.estimated_duration, b.id);
}

Tasks in_order(Tasks tasks) {
  std::sort(tasks.begin(), tasks.end(), is_more_urgent);
  return tasks;
}

Ids ids(const Tasks& tasks) {
  Ids all;
  for (const PrioritizedTask& task : tasks) all.push_back(task.id);
  return all;
}

Ids without(const Tasks& tasks, const Ids& others) {
  Ids found;
  for (const PrioritizedTask& task : tasks)
    if (std::find(others.begin(), others.end(), task.id) == others.end()) found.push_back(task.id);
  std::sort(found.begin(), found.end());
  return found;
}

}  // namespace corokit::specified
