#pragma once
// Generates sets of tasks whose deadlines can all be met: earliest deadline first meets them.
#include <corokit/orchestrator/priority_orchestrator.hpp>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <map>
#include <random>
#include <vector>

namespace corokit::test {

/// The parameters of a set.
struct LoadShape {
  std::size_t tasks = 200;
  std::size_t workers = 1;
  /// The share of the workers' time that the tasks take. If they arrive at once: the share of the time before a
  /// deadline that the tasks due by then take.
  double load = 0.9;
  bool is_at_once = true;    ///< if false, the tasks arrive as a Poisson process
  double with_deadline = 1;  ///< the share of the tasks that have a deadline
  double wrong_by = 1;       ///< estimates are wrong by up to this factor, either way
  std::uint64_t seed = 1;
};

/// A task, and how long it takes.
struct LoadTask {
  PrioritizedTask task;
  Duration work;
};

/// Generates one set.
class LoadGenerator {
 public:
  explicit LoadGenerator(const LoadShape& shape) : shape_(shape), random_(shape.seed) {}

  /// Returns: the tasks of a run that begins at `begin`.
  std::vector<LoadTask> make(Instant begin) {
    std::vector<LoadTask> tasks;
    Duration arrival{0};
    for (std::uint32_t id = 0; id < shape_.tasks; ++id) {
      const Duration work = draw_work();
      if (!shape_.is_at_once)
        arrival +=
            scale(kMeanWork, -std::log(1 - unit()) / shape_.load / static_cast<double>(shape_.workers));
      const unsigned priority = 1 + static_cast<unsigned>(random_() % 10);
      PrioritizedTask task(id, priority, draw_estimate(work));
      if (!shape_.is_at_once) task.release = begin + arrival;
      if (unit() < shape_.with_deadline) task.deadline = begin + arrival + work + scale(work, 1 + 7 * unit());
      tasks.push_back(LoadTask{task, work});
    }
    if (shape_.is_at_once) spread_deadlines(tasks, begin);
    while (stretch_missed(tasks, begin)) {
    }
    return tasks;
  }

 private:
  static constexpr Duration kMeanWork = std::chrono::milliseconds(40);

  double unit() { return std::uniform_real_distribution<double>(0, 1)(random_); }
  static Duration scale(Duration duration, double factor) {
    return Duration(static_cast<Duration::rep>(static_cast<double>(duration.count()) * factor));
  }
  /// Draws from a bimodal distribution around kMeanWork: many tasks are short, a few are long.
  Duration draw_work() {
    const Duration mean = unit() < 0.8 ? kMeanWork / 2 : kMeanWork * 3;
    return std::max<Duration>(scale(mean, 0.5 + unit()), std::chrono::milliseconds(1));
  }
  Duration draw_estimate(Duration work) {
    const double factor = std::pow(shape_.wrong_by, 2 * unit() - 1);
    return std::clamp(scale(work, factor), PriorityOrchestrator::kMinDuration,
                      PriorityOrchestrator::kMaxDuration);
  }

  /// Sets the deadlines of tasks that arrive at once: the work due by each deadline takes `load` of the time until then.
  void spread_deadlines(std::vector<LoadTask>& tasks, Instant begin) {
    std::vector<LoadTask*> order;
    for (LoadTask& task : tasks)
      if (task.task.deadline) order.push_back(&task);
    std::shuffle(order.begin(), order.end(), random_);
    Duration demand{0};
    for (LoadTask* task : order) {
      demand += task->work;
      const Duration due = std::max(demand / static_cast<std::int64_t>(shape_.workers), task->work);
      task->task.deadline = begin + scale(due, 1 / shape_.load);
    }
  }

  /// Calculates a preemptive schedule by earliest deadline first. A deadline that it misses moves to the end of its
  /// task.
  /// Returns: whether it missed a deadline.
  bool stretch_missed(std::vector<LoadTask>& tasks, Instant begin) const {
    struct Part {
      LoadTask* task;
      Duration left;
    };
    std::vector<LoadTask*> arrivals;
    for (LoadTask& task : tasks)
      if (task.task.deadline) arrivals.push_back(&task);
    const auto release = [begin](const LoadTask* task) { return task->task.release.value_or(begin); };
    std::sort(arrivals.begin(), arrivals.end(), [&](auto* a, auto* b) { return release(a) < release(b); });
    std::multimap<Instant, Part> ready;
    bool any_missed = false;
    Instant time = begin;
    for (std::size_t next = 0; next < arrivals.size() || !ready.empty();) {
      if (ready.empty()) time = std::max(time, release(arrivals[next]));
      for (; next < arrivals.size() && release(arrivals[next]) <= time; ++next)
        ready.emplace(*arrivals[next]->task.deadline, Part{arrivals[next], arrivals[next]->work});
      Duration step = next < arrivals.size() ? release(arrivals[next]) - time : Duration::max();
      std::size_t machines = 0;
      for (auto it = ready.begin(); it != ready.end() && machines < shape_.workers; ++it, ++machines)
        step = std::min(step, it->second.left);
      time += step;
      machines = 0;
      for (auto it = ready.begin(); it != ready.end() && machines < shape_.workers; ++machines) {
        it->second.left -= step;
        LoadTask& task = *it->second.task;
        if (it->second.left > Duration(0)) {
          ++it;
          continue;
        }
        if (time > *task.task.deadline) {
          task.task.deadline = time;
          any_missed = true;
        }
        it = ready.erase(it);
      }
    }
    return any_missed;
  }

  LoadShape shape_;
  std::mt19937_64 random_;
};

}  // namespace corokit::test
