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

/// The jobs of a run, with all that does not depend on how they are queued: to be derived from.
///
/// `Job` derives from PriorityJob. Thread-safety: one thread at a time.
template <class Job>
class PriorityJobs {
 public:
  bool is_over() const noexcept { return left_ == 0; }
  /// Those that gave no result, ascending.
  std::vector<std::uint32_t> unfinished() const {
    std::vector<std::uint32_t> ids;
    for (const Job& job : jobs_)
      if (!job.has_result) ids.push_back(job.task.id);
    std::sort(ids.begin(), ids.end());
    return ids;
  }
  /// Ends those that still run, and waits until they are gone.
  Task<void> dismiss() {
    abort();
    for (Job& job : jobs_)
      if (job.work && !job.work->is_finished()) static_cast<void>(co_await *job.work);
  }

 protected:
  /// Gives each task to a worker, the most urgent first, so that all have as much to do: its `worker`.
  PriorityJobs(const PriorityOptions& options, bool is_stealing, std::size_t workers,
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
      job->line = is_stealing ? 0 : job->worker;
    }
    deadlines_.emplace(options, arrivals_, is_stealing ? 1 : workers, workers);
    std::sort(arrivals_.begin(), arrivals_.end(),
              [](const Job* a, const Job* b) { return a->arrival > b->arrival; });
  }
  PriorityJobs(const PriorityJobs&) = delete;
  PriorityJobs& operator=(const PriorityJobs&) = delete;
  ~PriorityJobs() { abort(); }

  /// Returns: the next that has arrived by now, each once; null if there is none.
  Job* arrival() {
    if (arrivals_.empty() || next_arrival() > now()) return nullptr;
    Job* const job = arrivals_.back();
    arrivals_.pop_back();
    deadlines_->arrive(*job);
    return job;
  }
  Instant next_arrival() const { return arrivals_.empty() ? Instant::max() : arrivals_.back()->arrival; }
  /// When to look again, if nothing happens before.
  Instant next_look() const { return std::min(deadlines_->next_look(), next_arrival()); }

  /// From here on only what has started goes on. `dequeue(job)` takes a job that waits out of its queue.
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

  /// A job is over. Returns: its result, if there is one; or why the run fails. Once it is cancelled it does
  /// not: the others may finish all the same.
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
  std::vector<Job*> arrivals_;  // the next comes last
  std::optional<Deadlines<Job>> deadlines_;
  std::size_t left_;  // jobs that are not over, and can be
  bool is_stopped_ = false;
};

/// Why a run gave no results: because of `failure`, or else because it was cancelled, or too late.
inline PriorityError why_no_results(std::optional<PriorityError> failure, bool is_cancelled,
                                    std::vector<std::uint32_t> unfinished) {
  using Kind = PriorityError::Kind;
  if (!failure && is_cancelled) failure.emplace(Kind::cancelled, "the orchestrator was cancelled");
  if (!failure) failure.emplace(Kind::timeout, "the time was up before all tasks were done");
  failure->unfinished = std::move(unfinished);
  return std::move(*failure);
}

}  // namespace corokit::detail
