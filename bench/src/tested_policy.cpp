#include "tested_policy.hpp"

#include <corokit/simulation.hpp>
#include <corokit/time/sleep.hpp>

#include <algorithm>
#include <chrono>
#include <limits>
#include <stdexcept>
#include <utility>

namespace corokit::bench {
namespace {

constexpr Duration kBetweenCheckpoints = std::chrono::milliseconds(10);

Task<PriorityExecutor::Answer> work(Duration left, PriorityContext context) {
  while (left > Duration::zero()) {
    const Duration step = std::min(left, kBetweenCheckpoints);
    co_await sleep(step);
    left -= step;
    if (left > Duration::zero()) co_await context.checkpoint();
  }
  co_return std::string();
}

Task<std::vector<Outcome>> run_all(const std::vector<Job>& jobs, const TestedPolicy& policy,
                                   std::size_t workers) {
  PriorityOptions options;
  options.preemption = policy.preemption;
  const detail::PolicyOrchestrator orchestrator(workers, policy.policy, options);
  orchestrator.enable_work_stealing(policy.stealing);

  const Instant start = now();
  std::vector<PrioritizedTask> tasks;
  for (const Job& job : jobs) {
    std::optional<Instant> deadline;
    if (job.deadline) deadline = start + *job.deadline;
    tasks.emplace_back(job.id, job.priority, job.estimate, deadline, start + job.arrival);
  }
  PriorityExecutor executor([&jobs](PrioritizedTask task, PriorityContext context) {
    return work(jobs[task.id].duration, std::move(context));
  });
  auto results = co_await orchestrator.run_with_priority(std::move(tasks), executor);
  if (!results) throw std::runtime_error("the run failed: " + results.error().message);

  std::vector<Outcome> outcomes(jobs.size());
  for (const PriorityResult& result : *results) {
    const Job& job = jobs[result.task_id];
    Outcome& outcome = outcomes[result.task_id];
    outcome.arrival = job.arrival;
    outcome.duration = job.duration;
    outcome.started = result.started - start;
    outcome.ended = result.ended - start;
    outcome.deadline = job.deadline;
    outcome.preemptions = result.preemptions;
  }
  co_return outcomes;
}

}  // namespace

TestedPolicy without_preemption(TestedPolicy policy) {
  policy.name += ", no preemption";
  policy.preemption = false;
  return policy;
}

TestedPolicy without_stealing(TestedPolicy policy) {
  policy.name += ", no stealing";
  policy.stealing = false;
  return policy;
}

std::vector<Outcome> run_load(const std::vector<Job>& jobs, const TestedPolicy& policy, std::size_t workers,
                              std::uint64_t schedule_seed) {
  sim::Options options;
  options.seed = schedule_seed;
  options.max_steps = std::numeric_limits<std::uint32_t>::max();
  auto outcomes = sim::run(options, run_all(jobs, policy, workers));
  if (!outcomes) throw std::runtime_error(policy.name + ": " + outcomes.error().message);
  return std::move(*outcomes);
}

}  // namespace corokit::bench
