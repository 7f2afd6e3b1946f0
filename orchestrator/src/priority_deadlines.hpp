#pragma once
#include <corokit/orchestrator/estimates.hpp>
#include <corokit/orchestrator/latest_start.hpp>
#include <corokit/orchestrator/priority_orchestrator.hpp>

#include <algorithm>
#include <vector>

#include "priority_policy.hpp"
#include "priority_ranking.hpp"

namespace corokit::detail {

/// What Deadlines knows of a job. Other code reads only the task, and sets only `used` and `group`.
struct DueJob {
  explicit DueJob(PrioritizedTask given) : task(std::move(given)) {}

  enum class State { absent, waiting, running };

  PrioritizedTask task;
  Duration used{0};       // how long the job has had a slot so far
  std::size_t group = 0;  // the group that it belongs to
  std::size_t place = 0;  // its place in the group, in the order of the deadlines
  State state = State::absent;
  RankKey rank{};                     // its key among the running jobs
  Instant asked_at = Instant::max();  // when it was asked to give way; max if it was not
};

/// Decides by the deadlines which job has to run now, and which running job has to give way.
///
/// Jobs belong to groups, each of which has its own workers: with work stealing there is one group for all workers,
/// without it one for each worker. `Job` derives from DueJob and has ask(), which asks the job to give way.
///
/// Thread-safety: one thread.
/// Complexity: O(log n) amortised for each change of a job.
template <class Job>
class Deadlines {
 public:
  /// Requires: the `group` of each job is set; the jobs outlive this.
  Deadlines(const PrioritySettings& options, const std::vector<Job*>& jobs, std::size_t groups,
            std::size_t workers)
      : options_(options), patience_(options.margin), alarms_(groups, kNever) {
    std::vector<std::vector<Job*>> members(groups);
    for (Job* job : jobs) {
      if (!job->task.deadline) continue;
      members[job->group].push_back(job);
      ++to_come_;
    }
    for (auto& group : members) groups_.emplace_back(std::move(group), workers / groups, options.comparisons);
  }

  /// A job arrives.
  void arrive(const Job& job) {
    if (!job.task.deadline) return;
    longest_ = std::max(longest_, job.task.estimated_duration);
    --to_come_;
  }

  /// A job waits for a slot from now on.
  void wait(Job& job, Instant time) {
    if (!uses_deadlines() || !job.task.deadline || is_hopeless(job, time)) return;
    Group& group = groups_[job.group];
    job.state = Job::State::waiting;
    group.latest.wait(job.place, *job.task.deadline, work_left(job));
    group.waiting.insert(key(job), job);
    look_again(job.group);
  }

  /// A job has got a slot.
  void run(Job& job, Instant time) {
    if (!uses_deadlines()) return;
    Group& group = groups_[job.group];
    if (job.state == Job::State::waiting) {
      group.waiting.erase(key(job));
      group.latest.run(job.place);
      job.state = Job::State::running;
    }
    const bool counts = job.task.deadline && !is_hopeless(job, time);
    job.rank = {counts ? ticks(*job.task.deadline) : kNever, job.task.priority, job.task.id};
    group.running.insert(job.rank, job);
    look_again(job.group);
  }

  /// A job neither waits for a slot nor has one any more.
  void leave(Job& job, Instant time) {
    if (!uses_deadlines()) return;
    Group& group = groups_[job.group];
    if (job.asked_at != Instant::max()) {
      patience_ = std::max(patience_, time - job.asked_at);
      job.asked_at = Instant::max();
      --group.asked;
    }
    group.running.erase(job.rank);
    if (job.state == Job::State::waiting) group.waiting.erase(key(job));
    if (job.state != Job::State::absent) group.latest.forget(job.place);
    job.state = Job::State::absent;
    look_again(job.group);
  }

  /// Learns from a job that is over, and had a slot for `took`.
  void learn(const Job& job, Duration took) {
    estimates_.learn(job.task.priority, job.task.estimated_duration, took);
    // The estimates are applied to all jobs again when the number of finished jobs has grown by half. Together this
    // costs O(n).
    if (++over_ < next_correction_) return;
    next_correction_ = over_ + over_ / 2 + 1;
    for (std::size_t i = 0; i < groups_.size(); ++i) correct(i);
  }

  /// A worker of the group is free, and would run `candidate`.
  /// Returns: the job that has to run instead; null if none has to.
  Job* must_run(std::size_t index, const Job& candidate, Instant time) {
    forget_hopeless(index, time);
    const Group& group = groups_[index];
    if (group.waiting.empty()) return nullptr;
    // how long it would take until the candidate gives way
    const Duration blocks = options_.preemption ? patience() : std::max(patience(), work_left(candidate));
    return start_by(group) - ticks(blocks) <= ticks(time) ? &group.waiting.first() : nullptr;
  }

  /// Asks running jobs to give way wherever a deadline is at risk.
  void ask(Instant time) {
    if (!options_.preemption) return;
    while (next_look() <= time) {
      const std::size_t index = alarms_.least();
      forget_hopeless(index, time);
      Group& group = groups_[index];
      if (start_by(group) - ticks(patience()) > ticks(time)) continue;  // the job at risk was hopeless
      while (group.has_less_urgent()) group.ask_least_urgent(time);
      alarms_.set(index, kNever);  // until something changes in this group
    }
  }

  /// Returns: when to call ask() again, if nothing changes before.
  Instant next_look() const {
    const LatestStart::Time alarm = alarms_[alarms_.least()];
    return alarm == kNever || !options_.preemption ? Instant::max() : Instant(Duration(alarm) - patience());
  }

 private:
  static constexpr LatestStart::Time kNever = LatestStart::kNever;
  static LatestStart::Time ticks(Instant time) {
    return std::min(time.time_since_epoch().count(), kNever - 1);
  }
  static LatestStart::Time ticks(Duration duration) { return duration.count(); }
  static RankKey key(const Job& job) { return {ticks(*job.task.deadline), job.task.id, 0}; }

  struct Group {
    Group(std::vector<Job*> members, std::size_t workers, std::uint64_t* comparisons)
        : jobs(std::move(members)), latest(jobs.size(), workers), waiting(comparisons), running(comparisons) {
      std::sort(jobs.begin(), jobs.end(),
                [less = Sooner{comparisons}](const Job* a, const Job* b) { return less(key(*a), key(*b)); });
      for (std::size_t i = 0; i < jobs.size(); ++i) jobs[i]->place = i;
    }

    /// Returns: true if a less urgent running job can be asked to give way for a waiting job that has no room yet.
    bool has_less_urgent() const {
      if (running.empty() || asked >= waiting.size()) return false;
      const LatestStart::Time due = running.last().rank[0];
      // Jobs with a deadline are asked one at a time: the next waiting job may be less urgent than they are.
      return due > ticks(*waiting.first().task.deadline) && (due == kNever || asked == 0);
    }
    void ask_least_urgent(Instant time) {
      Job& job = running.last();
      running.erase(job.rank);
      job.asked_at = time;
      ++asked;
      job.ask();
    }

    std::vector<Job*> jobs;  // the jobs with a deadline, in the order of the deadlines
    LatestStart latest;
    Ranking<Job> waiting;  // in the order of the deadlines
    Ranking<Job> running;  // the least urgent comes last; jobs that were asked to give way are not in it
    std::size_t asked = 0;
  };

  bool uses_deadlines() const { return options_.policy == PriorityPolicy::combined || is_always_at_risk(); }
  bool is_always_at_risk() const { return options_.policy == PriorityPolicy::deadline; }
  /// A deadline that has passed puts no job at risk.
  bool is_hopeless(const Job& job, Instant time) const {
    return *job.task.deadline <= time && !is_always_at_risk();
  }

  void forget_hopeless(std::size_t index, Instant time) {
    Group& group = groups_[index];
    while (!group.waiting.empty() && is_hopeless(group.waiting.first(), time)) {
      Job& job = group.waiting.first();
      group.waiting.erase(key(job));
      group.latest.forget(job.place);
      job.state = Job::State::absent;
      look_again(index);
    }
  }

  LatestStart::Time start_by(const Group& group) const {
    if (group.waiting.empty()) return kNever;
    return is_always_at_risk() ? 0 : group.latest.get();
  }
  /// Returns: how long before the last moment a deadline counts as at risk.
  Duration patience() const { return patience_ + (to_come_ > 0 ? longest_ : Duration(0)); }
  void look_again(std::size_t index) { alarms_.set(index, start_by(groups_[index])); }

  /// The work left, by the corrected estimate. An eighth is always left of a job that takes longer than expected.
  Duration work_left(const Job& job) const {
    const Duration work = estimates_.cautious(job.task.priority, job.task.estimated_duration);
    return std::max(work - job.used, work / 8);
  }

  void correct(std::size_t index) {
    Group& group = groups_[index];
    group.latest.rebuild([&](std::size_t i) {
      const Job& job = *group.jobs[i];
      LatestStart::Demand demand;
      demand.counts = job.state != Job::State::absent;
      demand.waits = job.state == Job::State::waiting;
      demand.due = *job.task.deadline;
      demand.work = work_left(job);
      return demand;
    });
    look_again(index);
  }

  const PrioritySettings options_;
  Duration patience_;    // the longest time that a job took to give way, and at least the margin
  Duration longest_{0};  // the longest estimate of jobs with a deadline so far: another such job may arrive
  std::size_t to_come_ = 0;  // the number of jobs with a deadline that have not arrived
  Estimates estimates_;
  std::vector<Group> groups_;
  // When the first job of each group has to start; kNever if there is no need to look.
  Extremes<LatestStart::Time> alarms_;
  std::size_t over_ = 0;             // the number of jobs that are over
  std::size_t next_correction_ = 1;  // the value of over_ at which the estimates are applied again
};

}  // namespace corokit::detail
