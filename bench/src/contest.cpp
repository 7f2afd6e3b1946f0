#include "contest.hpp"

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

Task<std::vector<Outcome>> conduct(const std::vector<Job>& jobs, const Contender& contender,
                                   std::size_t workers) {
  PriorityOptions options;
  options.policy = contender.policy;
  options.preemption = contender.preemption;
  const PriorityOrchestrator orchestrator(workers, options);
  orchestrator.enable_work_stealing(contender.stealing);

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
  if (!results) throw std::runtime_error("the orchestrator gave up: " + results.error().message);

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

Contender without_preemption(Contender contender) {
  contender.name += ", no preemption";
  contender.preemption = false;
  return contender;
}

Contender without_stealing(Contender contender) {
  contender.name += ", no stealing";
  contender.stealing = false;
  return contender;
}

std::vector<Outcome> play(const std::vector<Job>& jobs, const Contender& contender, std::size_t workers,
                          std::uint64_t schedule_seed) {
  sim::Options options;
  options.seed = schedule_seed;
  options.max_steps = std::numeric_limits<std::uint32_t>::max();
  auto outcomes = sim::run(options, conduct(jobs, contender, workers));
  if (!outcomes) throw std::runtime_error(contender.name + ": " + outcomes.error().message);
  return std::move(*outcomes);
}

}  // namespace corokit::bench
