#pragma once
#include <corokit/orchestrator/estimates.hpp>
#include <corokit/orchestrator/latest_start.hpp>
#include <corokit/orchestrator/priority_orchestrator.hpp>

#include <algorithm>
#include <vector>

#include "priority_ranking.hpp"

namespace corokit::detail {

/// What Deadlines keeps of a job. Nobody else touches it, except for the task.
struct DueJob {
  explicit DueJob(PrioritizedTask given) : task(std::move(given)) {}

  enum class Stage { away, waits, runs };

  PrioritizedTask task;
  Duration used{0};       // time in a slot so far
  std::size_t line = 0;   // which one it stands in
  std::size_t place = 0;  // in that line, by deadline
  Stage stage = Stage::away;
  RankKey rank{};                     // among those that run
  Instant asked_at = Instant::max();  // to give way; max if it was not
};

/// Watches over deadlines: says which job has to run now, and which has to give way.
///
/// Jobs stand in lines, each served by its own workers: one line for all while queues may be stolen from,
/// else one for each worker. `Job` derives from DueJob and has `ask()`. Thread-safety: one thread.
/// Complexity: O(log n) amortised for each change of a job.
template <class Job>
class Deadlines {
 public:
  /// Requires: `line` of each job is set; `jobs` outlive this.
  Deadlines(const PriorityOptions& options, const std::vector<Job*>& jobs, std::size_t lines,
            std::size_t workers)
      : options_(options), patience_(options.margin), alarms_(lines, kNever) {
    std::vector<std::vector<Job*>> members(lines);
    for (Job* job : jobs) {
      if (!job->task.deadline) continue;
      members[job->line].push_back(job);
      ++to_come_;
    }
    for (auto& line : members) lines_.emplace_back(std::move(line), workers / lines, options.comparisons);
  }

  /// One of the jobs arrives.
  void arrive(const Job& job) {
    if (!job.task.deadline) return;
    longest_ = std::max(longest_, job.task.estimated_duration);
    --to_come_;
  }

  /// It waits for a slot.
  void wait(Job& job, Instant time) {
    if (!is_watching() || !job.task.deadline || is_hopeless(job, time)) return;
    Line& line = lines_[job.line];
    job.stage = Job::Stage::waits;
    line.latest.wait(job.place, *job.task.deadline, work_left(job));
    line.waiting.insert(key(job), job);
    look_again(job.line);
  }

  /// It has a slot.
  void run(Job& job, Instant time) {
    if (!is_watching()) return;
    Line& line = lines_[job.line];
    if (job.stage == Job::Stage::waits) {
      line.waiting.erase(key(job));
      line.latest.run(job.place);
      job.stage = Job::Stage::runs;
    }
    const bool counts = job.task.deadline && !is_hopeless(job, time);
    job.rank = {counts ? ticks(*job.task.deadline) : kNever, job.task.priority, job.task.id};
    line.running.insert(job.rank, job);
    look_again(job.line);
  }

  /// It does not wait for a slot, nor have one, any more.
  void leave(Job& job, Instant time) {
    if (!is_watching()) return;
    Line& line = lines_[job.line];
    if (job.asked_at != Instant::max()) {
      patience_ = std::max(patience_, time - job.asked_at);
      job.asked_at = Instant::max();
      --line.asked;
    }
    line.running.erase(job.rank);
    if (job.stage == Job::Stage::waits) line.waiting.erase(key(job));
    if (job.stage != Job::Stage::away) line.latest.forget(job.place);
    job.stage = Job::Stage::away;
    look_again(job.line);
  }

  /// Learns from a job that is over.
  void learn(const Job& job, Duration took) {
    estimates_.learn(job.task.priority, job.task.estimated_duration, took);
    // Each time that half as many again are over: so that all corrections together cost O(n).
    if (++over_ < next_correction_) return;
    next_correction_ = over_ + over_ / 2 + 1;
    for (std::size_t i = 0; i < lines_.size(); ++i) correct(i);
  }

  /// Which job of the line has to run now, if instead `candidate` could. Returns: null if none has to.
  Job* must_run(std::size_t index, const Job& candidate, Instant time) {
    forget_hopeless(index, time);
    const Line& line = lines_[index];
    if (line.waiting.empty()) return nullptr;
    // How long it takes until the candidate could be made to give way.
    const Duration blocks = options_.preemption ? patience() : std::max(patience(), work_left(candidate));
    return start_by(line) - ticks(blocks) <= ticks(time) ? &line.waiting.first() : nullptr;
  }

  /// Asks jobs to give way where a deadline is at risk.
  void ask(Instant time) {
    if (!options_.preemption) return;
    while (next_look() <= time) {
      const std::size_t index = alarms_.least();
      forget_hopeless(index, time);
      Line& line = lines_[index];
      if (start_by(line) - ticks(patience()) > ticks(time)) continue;  // it was hopeless
      while (line.has_less_urgent()) line.ask_least_urgent(time);
      alarms_.set(index, kNever);  // until something changes
    }
  }

  /// When to ask() again, if nothing happens.
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

  struct Line {
    Line(std::vector<Job*> members, std::size_t workers, std::uint64_t* comparisons)
        : jobs(std::move(members)), latest(jobs.size(), workers), waiting(comparisons), running(comparisons) {
      std::sort(jobs.begin(), jobs.end(),
                [less = Sooner{comparisons}](const Job* a, const Job* b) { return less(key(*a), key(*b)); });
      for (std::size_t i = 0; i < jobs.size(); ++i) jobs[i]->place = i;
    }

    /// Runs one that should give way, for one that waits and that nobody makes room for yet?
    bool has_less_urgent() const {
      if (running.empty() || asked >= waiting.size()) return false;
      const LatestStart::Time due = running.last().rank[0];
      // Of those that have a deadline, one at a time: the next that waits may be less urgent than they are.
      return due > ticks(*waiting.first().task.deadline) && (due == kNever || asked == 0);
    }
    void ask_least_urgent(Instant time) {
      Job& job = running.last();
      running.erase(job.rank);
      job.asked_at = time;
      ++asked;
      job.ask();
    }

    std::vector<Job*> jobs;  // those with a deadline, in its order
    LatestStart latest;
    Ranking<Job> waiting;  // by deadline
    Ranking<Job> running;  // the least urgent comes last; without those that were asked to give way
    std::size_t asked = 0;
  };

  bool is_watching() const {
    return options_.policy == PriorityOptions::Policy::oracle || is_always_at_risk();
  }
  bool is_always_at_risk() const { return options_.policy == PriorityOptions::Policy::deadline; }
  bool is_hopeless(const Job& job, Instant time) const {
    return *job.task.deadline <= time && !is_always_at_risk();
  }

  void forget_hopeless(std::size_t index, Instant time) {
    Line& line = lines_[index];
    while (!line.waiting.empty() && is_hopeless(line.waiting.first(), time)) {
      Job& job = line.waiting.first();
      line.waiting.erase(key(job));
      line.latest.forget(job.place);
      job.stage = Job::Stage::away;
      look_again(index);
    }
  }

  LatestStart::Time start_by(const Line& line) const {
    if (line.waiting.empty()) return kNever;
    return is_always_at_risk() ? 0 : line.latest.get();
  }
  /// How long before it is too late a deadline counts as at risk.
  Duration patience() const { return patience_ + (to_come_ > 0 ? longest_ : Duration(0)); }
  void look_again(std::size_t index) { alarms_.set(index, start_by(lines_[index])); }

  /// By what was learned; of a job that takes longer than expected, an eighth is always left.
  Duration work_left(const Job& job) const {
    const Duration work = estimates_.cautious(job.task.priority, job.task.estimated_duration);
    return std::max(work - job.used, work / 8);
  }

  void correct(std::size_t index) {
    Line& line = lines_[index];
    line.latest.rebuild([&](std::size_t i) {
      const Job& job = *line.jobs[i];
      LatestStart::Demand demand;
      demand.counts = job.stage != Job::Stage::away;
      demand.waits = job.stage == Job::Stage::waits;
      demand.due = *job.task.deadline;
      demand.work = work_left(job);
      return demand;
    });
    look_again(index);
  }

  const PriorityOptions options_;
  Duration patience_;    // the longest that a job took to give way, at least the margin
  Duration longest_{0};  // by estimate, of those with a deadline that have come: another such may come
  std::size_t to_come_ = 0;
  Estimates estimates_;
  std::vector<Line> lines_;
  Extremes<LatestStart::Time> alarms_;  // of each line: when the first has to start; kNever: not worth a look
  std::size_t over_ = 0;
  std::size_t next_correction_ = 1;
};

}  // namespace corokit::detail
