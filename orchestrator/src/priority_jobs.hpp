#pragma once

#include <algorithm>
#include <deque>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "priority_deadlines.hpp"
#include "priority_job.hpp"
#include "priority_rules.hpp"

namespace corokit::detail {

/// The jobs of a run, and everything that is independent of the order of jobs. Implementations derive from it.
///
/// `Job` derives from PriorityJob.
/// Thread-safety: one thread at a time.
template <class Job>
class PriorityJobs {
 public:
  bool is_over() const noexcept { return left_ == 0; }
  /// Returns: the ids of the jobs that gave no result, in ascending order.
  std::vector<std::uint32_t> unfinished() const {
    std::vector<std::uint32_t> ids;
    for (const Job& job : jobs_)
      if (!job.has_result) ids.push_back(job.task.id);
    std::sort(ids.begin(), ids.end());
    return ids;
  }
  /// Aborts the jobs that still run, and waits until they are gone.
  Task<void> abort_and_join() {
    abort();
    for (Job& job : jobs_)
      if (job.work && !job.work->is_finished()) static_cast<void>(co_await *job.work);
  }

 protected:
  /// Assigns each task to a worker, the most urgent task first, always to the worker with the least estimated work.
  PriorityJobs(const PrioritySettings& options, bool is_stealing, std::size_t workers,
               const std::vector<PrioritizedTask>& tasks)
      : rules_(options), left_(tasks.size()) {
    const Instant begin = now();
    for (const PrioritizedTask& task : tasks)
      arrivals_.push_back(
          &jobs_.emplace_back(task, jobs_.size(), std::max(task.release.value_or(begin), begin)));
    const Sooner sooner{options.comparisons};
    std::sort(arrivals_.begin(), arrivals_.end(),
              [&](const Job* a, const Job* b) { return sooner(rules_.urgency(*a), rules_.urgency(*b)); });
    Extremes<Duration> load(workers, Duration(0));
    for (Job* job : arrivals_) {
      job->worker = load.least();
      load.set(job->worker, load[job->worker] + job->left());
      job->group = is_stealing ? 0 : job->worker;
    }
    deadlines_.emplace(options, arrivals_, is_stealing ? 1 : workers, workers);
    std::sort(arrivals_.begin(), arrivals_.end(),
              [](const Job* a, const Job* b) { return a->arrival > b->arrival; });
  }
  PriorityJobs(const PriorityJobs&) = delete;
  PriorityJobs& operator=(const PriorityJobs&) = delete;
  ~PriorityJobs() { abort(); }

  /// Returns: the next job that has arrived, each job once; null if there is none.
  Job* arrival() {
    if (arrivals_.empty() || next_arrival() > now()) return nullptr;
    Job* const job = arrivals_.back();
    arrivals_.pop_back();
    deadlines_->arrive(*job);
    return job;
  }
  Instant next_arrival() const { return arrivals_.empty() ? Instant::max() : arrivals_.back()->arrival; }
  /// Returns: when to look again, if nothing changes before.
  Instant next_look() const { return std::min(deadlines_->next_look(), next_arrival()); }

  /// Lets no more job start. `dequeue(job)` takes a job that waits out of its queue.
  template <class Dequeue>
  void stop(Dequeue dequeue) {
    if (std::exchange(is_stopped_, true)) return;
    arrivals_.clear();
    for (Job& job : jobs_) {
      if (job.is_started) continue;
      if (job.is_waiting) dequeue(job);
      deadlines_->leave(job, now());
      --left_;
    }
  }

  /// A job is over.
  /// Returns: its result, if there is one; or the reason why the run fails. A run that is cancelled does not fail: its
  ///   other jobs may still finish.
  Result<PriorityReport, PriorityError> finish(Job& job, Result<PriorityReport, JoinError> ending,
                                               bool is_cancelled) {
    deadlines_->leave(job, now());
    --left_;
    if (ending && *ending) {
      deadlines_->learn(job, job.slot->used());
      job.has_result = true;
      (*ending)->worker = job.worker;
    }
    job.work.reset();
    job.slot.reset();
    if (ending) return std::move(*ending);
    if (is_cancelled) return PriorityReport();
    return Err<PriorityError>(
        PriorityError(PriorityError::Kind::task_failed,
                      "task " + std::to_string(job.task.id) + ": " + ending.error().message(), job.task.id));
  }

  void abort() noexcept {
    for (Job& job : jobs_)
      if (job.work) job.work->abort();
  }

  const PriorityRules rules_;
  std::deque<Job> jobs_;
  std::vector<Job*> arrivals_;  // the jobs that have not arrived; the next one comes last
  std::optional<Deadlines<Job>> deadlines_;
  std::size_t left_;  // the number of jobs that are not over and may still run
  bool is_stopped_ = false;
};

/// Returns: why a run gave no results: `failure` if there is one, else the cancellation or the timeout.
inline PriorityError why_no_results(std::optional<PriorityError> failure, bool is_cancelled,
                                    std::vector<std::uint32_t> unfinished) {
  using Kind = PriorityError::Kind;
  if (!failure && is_cancelled) failure.emplace(Kind::cancelled, "the orchestrator was cancelled");
  if (!failure) failure.emplace(Kind::timeout, "the global timeout passed before all tasks were done");
  failure->unfinished = std::move(unfinished);
  return std::move(*failure);
}

}  // namespace corokit::detail
