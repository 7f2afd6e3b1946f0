// Compares the order of PriorityOrchestrator with that of a slow oracle, which knows only the rules; and tests the bound of
// ageing, and the cost.
#include <corokit/explore_test.hpp>

#include <cmath>
#include <random>

#include "support/chosen.hpp"
#include "support/trace.hpp"

namespace corokit {
namespace {

using namespace test;

constexpr Duration kStep = 5ms;     // the time between two checkpoints
constexpr Duration kMargin = 10ms;  // PriorityOptions::margin
constexpr Duration kAgeing = 60ms;

/// Calculates the order for one worker and right estimates: it applies the rules of the header to all tasks for every
/// decision.
class Oracle {
 public:
  Oracle(const TaskList& tasks, Instant begin) : time_(begin) {
    for (const PrioritizedTask& task : tasks)
      waiting_.push_back(Waiting{task, task.estimated_duration, begin});
  }

  std::vector<Trace::Start> run() {
    while (!waiting_.empty()) {
      const auto next = pick();
      Waiting job = *next;
      waiting_.erase(next);
      const bool goes_on = !starts_.empty() && starts_.back().id == job.task.id;
      if (!goes_on) starts_.push_back({job.task.id, time_});
      if (!work(job)) waiting_.push_back(job);
    }
    return starts_;
  }

 private:
  struct Waiting {
    PrioritizedTask task;
    Duration left;
    Instant arrival;
  };
  using Place = std::vector<Waiting>::iterator;

  bool has_hope(const Waiting& job) const { return job.task.deadline && *job.task.deadline > time_; }

  /// Returns: whether a waiting task misses its deadline if the tasks with deadlines run from then on, in the order of
  ///   their deadlines.
  bool is_at_risk(Instant from, std::vector<Waiting> due = {}) const {
    std::copy_if(waiting_.begin(), waiting_.end(), std::back_inserter(due),
                 [this](const Waiting& job) { return has_hope(job); });
    std::sort(due.begin(), due.end(), by_deadline);
    for (const Waiting& job : due)
      if ((from += job.left) >= *job.task.deadline && is_waiting(job)) return true;
    return false;
  }
  bool is_waiting(const Waiting& job) const {
    return std::any_of(waiting_.begin(), waiting_.end(),
                       [&job](const Waiting& other) { return other.task.id == job.task.id; });
  }
  static bool by_deadline(const Waiting& a, const Waiting& b) {
    return std::pair(*a.task.deadline, a.task.id) < std::pair(*b.task.deadline, b.task.id);
  }
  static Instant overdue(const Waiting& job) { return job.arrival + kAgeing * job.task.priority; }

  Place earliest() {
    return std::min_element(waiting_.begin(), waiting_.end(), [this](const Waiting& a, const Waiting& b) {
      if (has_hope(a) != has_hope(b)) return has_hope(a);
      return has_hope(a) && by_deadline(a, b);
    });
  }
  Place pick() {
    if (is_at_risk(time_ + kMargin)) return earliest();
    const auto oldest = std::min_element(waiting_.begin(), waiting_.end(), [](const auto& a, const auto& b) {
      return std::pair(overdue(a), a.task.id) < std::pair(overdue(b), b.task.id);
    });
    if (overdue(*oldest) <= time_) return oldest;
    return std::min_element(waiting_.begin(), waiting_.end(), [](const auto& a, const auto& b) {
      return std::tuple(a.task.priority, a.left, a.task.id) < std::tuple(b.task.priority, b.left, b.task.id);
    });
  }

  /// Runs a job until it is over, or has been asked to give way and is at a checkpoint.
  /// Returns: whether the job is over.
  bool work(Waiting& job) {
    // A deadline counts if it was ahead at the start.
    const std::vector<Waiting> running(has_hope(job) ? 1 : 0, job);
    bool is_asked = false;
    for (; job.left > kStep; job.left -= kStep) {
      if (is_asked) return false;
      // Deadlines end in 250 µs, see random_tasks(), and looks do not: ten looks a step see each risk in time.
      for (int i = 0; i < 10; ++i) {
        time_ += kStep / 10;
        is_asked = is_asked || is_asked_to_give_way(running);
      }
    }
    if (is_asked) return false;
    time_ += job.left;
    return true;
  }
  bool is_asked_to_give_way(const std::vector<Waiting>& running) {
    const auto first = earliest();
    if (first == waiting_.end() || !has_hope(*first) || !is_at_risk(time_ + kMargin, running)) return false;
    return running.empty() || *first->task.deadline < *running.front().task.deadline;
  }

  Instant time_;
  std::vector<Waiting> waiting_;
  std::vector<Trace::Start> starts_;
};

template <class Random>
TaskList random_tasks(Random random, std::size_t count, Instant begin) {
  const auto below = [&random](unsigned limit) { return static_cast<unsigned>(random() % limit); };
  TaskList tasks;
  while (tasks.size() < count) {
    const auto id = static_cast<std::uint32_t>(tasks.size());
    PrioritizedTask task(id, 1 + below(10), std::chrono::milliseconds(1 + below(40)));
    if (below(2) == 0) task.deadline = begin + std::chrono::milliseconds(1 + below(400)) + 250us;
    tasks.push_back(task);
  }
  std::shuffle(tasks.begin(), tasks.end(), random);
  return tasks;
}

COROKIT_EXPLORE(PriorityOrchestratorOrder, IsThatOfAnOracleWithOneWorkerAndRightEstimates,
                .search = explorer::Search::random, .schedules = 300) {
  const Instant begin = now();
  const TaskList tasks = random_tasks(Chosen{}, 2 + explorer::choose(15), begin);
  PriorityOptions options = with_ageing(kAgeing);
  options.margin = kMargin;
  Trace trace;
  const PriorityOrchestrator orchestrator(1, options);
  const auto results = co_await orchestrator.run_with_priority(tasks, worker(trace, kStep));
  EXPECT_TRUE(results);
  const std::vector<Trace::Start> legal = Oracle(tasks, begin).run();
  EXPECT_EQ(trace.starts.size(), legal.size());
  for (std::size_t i = 0; i < std::min(legal.size(), trace.starts.size()); ++i) {
    EXPECT_EQ(trace.starts[i].id, legal[i].id) << "at " << i;
    EXPECT_EQ(trace.starts[i].time, legal[i].time) << "at " << i;
  }
}

TEST(PriorityOrchestratorAgeing, TheLeastUrgentStartsAlthoughUrgentOnesKeepComing) {
  const auto body = [](Policy policy, bool is_in_time) -> Task<void> {
    Trace trace;
    const Instant begin = now();
    TaskList tasks;
    for (std::uint32_t id = 1; id <= 100; ++id)
      tasks.emplace_back(id, 1, 10ms, std::nullopt, begin + 10ms * static_cast<int>(id - 1));
    tasks.emplace_back(0, 10, 10ms);
    PriorityOptions options = with_ageing(30ms);
    const PriorityResults results =
        co_await PolicyOrchestrator(1, policy, options).run_with_priority(tasks, stubborn(trace));
    EXPECT_EQ(of(0, results).started - begin <= 10 * 30ms + 10ms, is_in_time);
    EXPECT_EQ(trace.order().back() == 0u, !is_in_time);
  };
  EXPECT_TRUE(sim::run(sim::Options{.seed = 1}, body(Policy::combined, true)));
  EXPECT_TRUE(sim::run(sim::Options{.seed = 1}, body(Policy::priority, false)));
}

/// Checks that no task starts later than the header promises. `queue_of` is the queue that each task was assigned to.
void expect_within_bound(const TaskList& tasks, const std::map<std::uint32_t, Duration>& work, Duration step,
                         Instant begin, const PriorityResults& results,
                         const std::map<std::uint32_t, std::size_t>& queue_of) {
  Duration longest{0};
  for (const auto& [id, took] : work) longest = std::max(longest, took);
  const auto overdue = [step](const PrioritizedTask& task) {
    return std::pair(step * task.priority, task.id);
  };
  for (const PrioritizedTask& task : tasks) {
    Duration ahead{0};
    for (const PrioritizedTask& other : tasks)
      if (queue_of.at(other.id) == queue_of.at(task.id) && overdue(other) < overdue(task))
        ahead += work.at(other.id);
    EXPECT_LE(of(task.id, results).started - begin, step * task.priority + ahead + longest) << task.id;
  }
}

COROKIT_EXPLORE(PriorityOrchestratorAgeing, NoTaskStartsLaterThanTheBoundWithAndWithoutStealing,
                .search = explorer::Search::random, .schedules = 100) {
  TaskList tasks = random_tasks(Chosen{}, 60, now());
  std::map<std::uint32_t, Duration> work;  // up to four times as long as estimated, or a quarter
  for (PrioritizedTask& task : tasks) {
    task.deadline.reset();
    work[task.id] = task.estimated_duration * static_cast<int>(1 + Chosen::below(16)) / 4;
  }
  const Duration step = std::chrono::milliseconds(1 + Chosen::below(60));
  const std::size_t workers = 1 + explorer::choose(4);
  std::map<std::uint32_t, std::size_t> queue_of;
  for (const bool is_stealing : {false, true}) {
    Trace trace;
    const PriorityOrchestrator orchestrator(workers, with_ageing(step));
    orchestrator.enable_work_stealing(is_stealing);
    const Instant begin = now();
    const auto work_of = [&work](const PrioritizedTask& task) { return work.at(task.id); };
    const PriorityResults results =
        co_await orchestrator.run_with_priority(tasks, worker(trace, kStep, work_of));
    if (!is_stealing)
      for (const PriorityResult& result : *results) queue_of[result.task_id] = result.worker;
    expect_within_bound(tasks, work, step, begin, results, queue_of);
  }
}

TEST(PriorityOrchestratorOrder, EqualTasksRunInTheOrderOfTheirIds) {
  in_simulation([]() -> Task<void> {
    Trace trace;
    TaskList tasks = alike(30, 5, 5ms);
    std::reverse(tasks.begin(), tasks.end());
    EXPECT_TRUE(co_await PriorityOrchestrator(1).run_with_priority(tasks, stubborn(trace)));
    Ids expected(30);
    for (std::uint32_t id = 0; id < 30; ++id) expected[id] = id;
    EXPECT_EQ(trace.order(), expected);
  });
}

/// Returns: the comparisons in a run of `count` random tasks, divided by n log2 n.
double comparisons(std::size_t count, std::size_t workers, bool is_stealing) {
  std::uint64_t counter = 0;
  const auto body = [&]() -> Task<void> {
    std::mt19937 random(7);
    Trace trace;
    PriorityOptions options;
    options.comparisons = &counter;
    const PriorityOrchestrator orchestrator(workers, options);
    orchestrator.enable_work_stealing(is_stealing);
    EXPECT_TRUE(co_await orchestrator.run_with_priority(random_tasks(random, count, now()), stubborn(trace)));
  };
  const auto ended = sim::run(sim::Options{.max_steps = 10'000'000}, body());
  EXPECT_TRUE(ended) << ended.error().message;
  const auto n = static_cast<double>(count);
  return static_cast<double>(counter) / (n * std::log2(n));
}

TEST(PriorityOrchestratorOrder, Costs12TimesNLogNComparisonsAtMostUpToTenThousandTasks) {
  for (const std::size_t count : {10u, 100u, 1'000u, 10'000u})
    for (const std::size_t workers : {1u, 16u, 10'000u})
      for (const bool is_stealing : {true, false}) {
        const double factor = comparisons(count, workers, is_stealing);
        EXPECT_GT(factor, 0.1);  // it does count
        EXPECT_LE(factor, 12) << count << " tasks, " << workers << " workers";
      }
}

}  // namespace
}  // namespace corokit
