#include "fuzzing/testing/legal_behaviour.hpp"

#include "fuzzing/oracle.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace corokit::specified::fuzzing {
namespace {

using Kind = OrchestratorError::Kind;

/// What a run does that the test does not see.
struct Inside {
  std::vector<TaskResult> results;
  std::vector<std::size_t> ended;  // tasks that are gone, and whose permits are not back yet
  std::size_t completed = 0;
  bool over = false;
  bool notices_late = false;
};

class Behaviour {
 public:
  Behaviour(const Scenario& scenario, const Choice& choose)
      : scenario_(scenario),
        choose_(choose),
        inside_(scenario.runs.size()),
        permits_{scenario.limit, scenario.limit} {
    for (const PlannedRun& run : scenario.runs) {
      SeenRun& added = seen_.runs.emplace_back();
      added.tasks.resize(run.tasks.size());
      for (std::size_t i = 0; i < run.tasks.size(); ++i)
        added.tasks[i].text = "agent " + std::to_string(i) + ".";
    }
  }

  Seen play() {
    for (;;) {
      std::vector<std::function<void()>> actions;
      collect(actions);
      if (!actions.empty()) {
        actions[actions.size() < 2 ? 0 : choose_(actions.size())]();
        continue;
      }
      if (next_ == Duration::max()) return std::move(seen_);
      time_ = std::exchange(next_, Duration::max());
    }
  }

 private:
  Moment moment() { return {time_, ++order_}; }

  /// Returns: whether a time has come; if it has not, it is a time to go on to.
  bool is_due(Duration time) {
    if (time > time_) next_ = std::min(next_, time);
    return time <= time_;
  }

  void collect(std::vector<std::function<void()>>& actions) {
    next_ = Duration::max();
    if (scenario_.cancel && !seen_.cancelled && is_due(*scenario_.cancel))
      actions.push_back([this] { cancel(); });
    for (std::size_t run = 0; run < inside_.size(); ++run) collect(run, actions);
  }

  void collect(std::size_t run, std::vector<std::function<void()>>& actions) {
    const PlannedRun& plan = scenario_.runs[run];
    SeenRun& seen = seen_.runs[run];
    Inside& inside = inside_[run];
    if (inside.over) return;
    if (plan.dropped && is_due(*plan.dropped)) actions.push_back([this, run] { drop(run); });
    if (!seen.begun) {
      if (is_due(plan.begin)) actions.push_back([this, run] { begin(run); });
      return;
    }
    if (plan.tasks.empty()) return actions.push_back([this, run] { give(run, std::vector<TaskResult>{}); });
    if (is_due(seen.begun.time + plan.timeout)) actions.push_back([this, run] { pass_deadline(run); });
    for (std::size_t task = 0; task < plan.tasks.size(); ++task) collect(run, task, actions);
    for (std::size_t i = 0; i < inside.ended.size(); ++i)
      actions.push_back([this, run, i] { complete(run, i); });
    if (may_start(run)) actions.push_back([this, run] { start(run); });
    if (ends(run)) actions.push_back([this, run] { end(run); });
  }

  void collect(std::size_t run, std::size_t place, std::vector<std::function<void()>>& actions) {
    SeenTask& task = seen_.runs[run].tasks[place];
    const PlannedTask& plan = scenario_.runs[run].tasks[place];
    if (!task.started || task.gone) return;
    const Moment& cancelled = cancellation(run);
    if (plan.listens && cancelled && !task.told) {
      actions.push_back([this, &task] { task.told = moment(); });
      if (task.started.time + plan.work > time_) return;
    }
    if (is_due(task.told ? cancelled.time + plan.clean_up : task.started.time + plan.work))
      actions.push_back([this, run, place, &task] {
        task.gone = moment();
        inside_[run].ended.push_back(place);
      });
  }

  Moment cancellation(std::size_t run) const { return cancellation_of(scenario_, seen_, run); }
  int& permits_of(std::size_t run) { return permits_[orchestrator_of(scenario_, run)]; }

  std::size_t started(std::size_t run) const {
    return static_cast<std::size_t>(std::ranges::count_if(
        seen_.runs[run].tasks, [](const SeenTask& task) { return static_cast<bool>(task.started); }));
  }

  void cancel() {
    seen_.cancelled = moment();
    for (std::size_t run = 0; run < inside_.size(); ++run)
      if (cancellation(run)) inside_[run].notices_late = choose_(2) == 1;
  }

  void begin(std::size_t run) {
    seen_.runs[run].begun = moment();
    if (cancellation(run)) inside_[run].notices_late = choose_(2) == 1;
  }

  bool may_start(std::size_t run) {
    return permits_of(run) > 0 && !cancellation(run) && started(run) < scenario_.runs[run].tasks.size();
  }

  void start(std::size_t run) {
    const std::size_t place = started(run);
    SeenTask& task = seen_.runs[run].tasks[place];
    --permits_of(run);
    task.started = moment();
    task.calls = 1;
    task.id = static_cast<std::uint32_t>(place);
  }

  void complete(std::size_t run, std::size_t which) {
    Inside& inside = inside_[run];
    const std::size_t place = inside.ended[which];
    const SeenTask& task = seen_.runs[run].tasks[place];
    inside.ended.erase(inside.ended.begin() + static_cast<std::ptrdiff_t>(which));
    ++inside.completed;
    ++permits_of(run);
    if (scenario_.runs[run].tasks[place].answers != Answers::exception) {
      const auto took = std::chrono::floor<std::chrono::milliseconds>(task.gone.time - task.started.time);
      inside.results.emplace_back(task.id, task.text, static_cast<std::uint64_t>(took.count()));
    } else if (!cancellation(run)) {
      fail(run, Kind::task_failed, "it threw: " + task.text);
    }
  }

  /// Whether nothing is left to wait for.
  bool ends(std::size_t run) {
    const Inside& inside = inside_[run];
    if (inside.completed < started(run)) return false;
    const bool waits = started(run) < scenario_.runs[run].tasks.size();
    if (!waits) return true;
    const bool has_free_permit = permits_of(run) > 0;
    return cancellation(run) && (!inside.notices_late || has_free_permit);
  }

  void end(std::size_t run) {
    if (cancellation(run)) return fail(run, Kind::cancelled, "cancelled");
    give(run, std::move(inside_[run].results));
  }

  void pass_deadline(std::size_t run) {
    const bool says_cancelled = cancellation(run) && choose_(2) == 1;
    fail(run, says_cancelled ? Kind::cancelled : Kind::timeout, "too late");
  }

  void drop(std::size_t run) {
    seen_.runs[run].dropped = moment();
    drop_tasks(run);
  }

  void drop_tasks(std::size_t run) {
    inside_[run].over = true;
    for (SeenTask& task : seen_.runs[run].tasks) {
      if (!task.started || task.gone) continue;
      task.gone = moment();
      ++permits_of(run);
    }
    permits_of(run) += static_cast<int>(inside_[run].ended.size());
  }

  void fail(std::size_t run, Kind kind, std::string message) {
    drop_tasks(run);
    finish(run, Err<OrchestratorError>(OrchestratorError(kind, std::move(message))));
  }

  void give(std::size_t run, std::vector<TaskResult> results) {
    inside_[run].over = true;
    finish(run, std::move(results));
  }

  void finish(std::size_t run, MatrixOrchestrator::Results results) {
    seen_.runs[run].returned = moment();
    seen_.runs[run].results = std::move(results);
  }

  const Scenario& scenario_;
  const Choice& choose_;
  Seen seen_;
  std::vector<Inside> inside_;
  int permits_[2];
  Duration time_{0};
  Duration next_ = Duration::max();
  int order_ = 0;
};

}  // namespace

Seen behave(const Scenario& scenario, const Choice& choose) {
  return Behaviour(scenario, choose).play();
}

void for_each_behaviour(const Scenario& scenario, const std::function<void(const Seen&)>& with) {
  std::vector<std::pair<std::size_t, std::size_t>> path;  // choice and bound, depth first
  do {
    std::size_t depth = 0;
    with(behave(scenario, [&](std::size_t bound) {
      if (depth == path.size()) path.emplace_back(0, bound);
      return path[depth++].first;
    }));
    while (!path.empty() && path.back().first + 1 == path.back().second) path.pop_back();
    if (!path.empty()) ++path.back().first;
  } while (!path.empty());
}

}  // namespace corokit::specified::fuzzing
