// Random sets of tasks are run, and an oracle judges whether the order was legal.
#include "noted_orchestrator.hpp"

#include <random>
#include <set>
#include <tuple>

namespace corokit::specified {
namespace {

using Random = std::mt19937_64;

std::uint32_t below(Random& random, std::uint32_t bound) {
  return static_cast<std::uint32_t>(random() % bound);
}

std::tuple<unsigned, Duration, std::uint32_t> urgency(const PrioritizedTask& task) {
  return {task.priority, task.estimated_duration, task.id};
}

Tasks random_tasks(Random& random, std::uint32_t count) {
  Tasks tasks;
  std::set<std::uint32_t> used;
  while (tasks.size() < count) {
    const std::uint32_t id = below(random, 1'000);
    if (used.insert(id).second) tasks.emplace_back(id, 1 + below(random, 10), 1ms * (1 + below(random, 12)));
  }
  return tasks;
}

/// Rules 2 and 3: which of two waiting tasks must not start before the other.
class Ageing {
 public:
  explicit Ageing(Duration step) : step_(step) {}

  /// Whether `chosen` must not start at `time` while `other` waits. If two events coincide, either order is legal.
  bool forbids(const PrioritizedTask& chosen, const PrioritizedTask& other, Instant time) const {
    if (*other.release >= time || other.id == chosen.id) return false;
    const Instant chosen_old = overdue(chosen);
    const Instant other_old = overdue(other);
    if (chosen_old == time || other_old == time) return false;
    if (other_old < time) return chosen_old > time || other_old < chosen_old;
    return chosen_old > time && urgency(other) < urgency(chosen);
  }
  std::string why(const PrioritizedTask& other, Instant time) const {
    return overdue(other) < time ? ", which has waited for too long" : ", which is more urgent";
  }

 private:
  Instant overdue(const PrioritizedTask& task) const { return *task.release + task.priority * step_; }
  Duration step_;
};

/// Checks that each start was legal, with one worker.
void judge(Check& check, const Tasks& tasks, const std::vector<Turn>& turns, const Ageing& rules) {
  std::map<std::uint32_t, PrioritizedTask> waiting;
  for (const PrioritizedTask& task : tasks) waiting.emplace(task.id, task);
  for (const Turn& turn : turns) {
    const PrioritizedTask chosen = waiting.at(turn.id);
    waiting.erase(turn.id);
    check.that(*chosen.release <= turn.time, "task " + show(turn.id) + " starts before its release");
    for (const auto& [id, other] : waiting)
      if (rules.forbids(chosen, other, turn.time))
        check.fail("task " + show(turn.id) + " starts before task " + show(id) + rules.why(other, turn.time));
  }
}

/// Tasks keep arriving, estimates are wrong, and some tasks wait so long that they become overdue.
Task<void> arrivals(Check& check) {
  Random random(static_cast<std::uint64_t>(check.draw(0, INT32_MAX)));
  Recorder recorder(check);
  Tasks tasks = random_tasks(random, 30);
  std::map<std::uint32_t, Duration> work;
  for (PrioritizedTask& task : tasks) {
    task.release = now() + Duration(500us) * below(random, 200);
    work[task.id] = Duration(700us) * (1 + below(random, 12));
  }
  const WorkOf work_of = [&work](const PrioritizedTask& task) { return work.at(task.id); };
  const Duration step = 1ms * (2 + below(random, 10));
  const NotedOrchestrator orchestrator(check, 1, with_ageing(step));
  const Results results =
      co_await orchestrator.run_with_priority(tasks, stubborn(recorder, work_of), kPlenty);
  if (each_once(check, recorder, tasks, results) && in_virtual_time())
    judge(check, tasks, recorder.turns(), Ageing(step));
}

/// With several workers and right estimates, no task starts after a less urgent one.
Task<void> several_workers(Check& check) {
  Random random(static_cast<std::uint64_t>(check.draw(0, INT32_MAX)));
  Recorder recorder(check);
  Tasks tasks = random_tasks(random, 30);
  const int workers = 2 + static_cast<int>(below(random, 4));
  NotedOrchestrator orchestrator(check, workers);
  orchestrator.enable_work_stealing(below(random, 2) == 0);
  const Results results = co_await orchestrator.run_with_priority(tasks, stubborn(recorder), kPlenty);
  check.that(recorder.peak() <= workers, "more tasks run at once than the orchestrator has workers");
  if (!each_once(check, recorder, tasks, results) || !in_virtual_time()) co_return;
  std::sort(tasks.begin(), tasks.end(), [](const auto& a, const auto& b) { return urgency(a) < urgency(b); });
  for (std::size_t i = 1; i < tasks.size(); ++i)
    check.that(of(tasks[i - 1].id, results).started <= of(tasks[i].id, results).started,
               "with " + show(workers) + " workers, task " + show(tasks[i].id) + " starts before task " +
                   show(tasks[i - 1].id) + ", which is more urgent");
}

/// With stealing on, no worker is idle while a task waits, however long tasks take.
Task<void> no_worker_is_idle(Check& check) {
  Random random(static_cast<std::uint64_t>(check.draw(0, INT32_MAX)));
  Recorder recorder(check);
  const Tasks tasks = random_tasks(random, 30);
  std::map<std::uint32_t, Duration> work;
  for (const PrioritizedTask& task : tasks) work[task.id] = Duration(700us) * (1 + below(random, 20));
  const WorkOf work_of = [&work](const PrioritizedTask& task) { return work.at(task.id); };
  const Instant begin = now();
  const NotedOrchestrator orchestrator(check, 3);
  const Results results =
      co_await orchestrator.run_with_priority(tasks, stubborn(recorder, work_of), kPlenty);
  if (!each_once(check, recorder, tasks, results) || !in_virtual_time()) co_return;
  std::multiset<Instant> free{begin, begin, begin};  // when each worker is free again
  for (const Turn& turn : recorder.turns()) {
    check.equal(turn.time - *free.begin(), Duration(0),
                "the time that a worker is idle while task " + show(turn.id) + " waits");
    free.erase(free.begin());
    free.insert(turn.time + work.at(turn.id));
  }
}

/// The orchestrator meets all deadlines that earliest deadline first meets with time to spare.
Task<void> feasible_deadlines(Check& check) {
  Random random(static_cast<std::uint64_t>(check.draw(0, INT32_MAX)));
  Recorder recorder(check);
  Tasks tasks = random_tasks(random, 24);
  Duration demand{0};
  for (std::size_t i = 0; i < 10; ++i) {
    demand += tasks[i].estimated_duration;
    tasks[i].deadline = now() + demand + 25ms + 1ms * below(random, 60);
  }
  const NotedOrchestrator orchestrator(check, 1);
  const Results results = co_await orchestrator.run_with_priority(tasks, worker(recorder, 1ms), kPlenty);
  if (!each_once(check, recorder, tasks, results)) co_return;
  for (const PrioritizedTask& task : tasks)
    check.equal(recorder.worked(task.id), task.estimated_duration, "the work of task " + show(task.id));
  if (!in_virtual_time()) co_return;
  for (const PrioritizedTask& task : tasks)
    check.that(of(task.id, results).deadline != Deadline::missed,
               "task " + show(task.id) + " misses a deadline that earliest deadline first would meet");
}

}  // namespace

COROKIT_SPECIFIED_TEST(legal_orders) {
  check.run(arrivals(check));
  check.run(several_workers(check));
  check.run(no_worker_is_idle(check));
  check.run(feasible_deadlines(check));
}

}  // namespace corokit::specified
