// Delta debugging of scenarios: fewer runs and tasks first, then simpler numbers.
#include "generator.hpp"

#include <fuzzing/simplifying.hpp>

#include <algorithm>
#include <chrono>

namespace corokit::specified::fuzzing {

namespace {

/// Returns: the multiple of 10 ms in a table that is nearest to a time.
Duration nearest(const std::vector<Duration>& table, Duration time) {
  Duration best = table.front();
  for (const Duration one : table)
    if (one % std::chrono::milliseconds(10) == Duration(0) &&
        std::chrono::abs(one - time) < std::chrono::abs(best - time))
      best = one;
  return best;
}

}  // namespace

/// Tries to make one scenario simpler in each way once.
class Simpler : private Simplifying<Scenario> {
 public:
  Simpler(const Generator& generator, Scenario& scenario, const Fails& fails)
      : Simplifying(scenario, fails), generator_(generator) {}

  /// Returns: whether the scenario is simpler now.
  bool pass() {
    const Scenario before = scenario_;
    fewer_runs();
    for (std::size_t run = 0; run < scenario_.runs.size(); ++run) {
      fewer([run](Scenario & scenario) -> auto& { return scenario.runs[run].tasks; });
      fewer_tasks_before_cancel(run);
    }
    fewer_events();
    fewer_permits();
    while (all_in_half_the_time()) {
    }
    for (std::size_t run = 0; run < scenario_.runs.size(); ++run) simpler_run(run);
    if (scenario_.cancel)
      simpler_time(generator_.cancels_, [](Scenario& changed) -> Duration& { return *changed.cancel; });
    return !(scenario_ == before);
  }

 private:
  void fewer_runs() {
    for (const std::size_t without : {1, 0}) {
      if (scenario_.runs.size() < 2) return;
      try_to([without](Scenario& changed) {
        changed.runs.erase(changed.runs.begin() + static_cast<std::ptrdiff_t>(without));
        changed.runs[0].begin = Duration(0);
        changed.shares = true;
      });
    }
    try_to([](Scenario& changed) { changed.shares = true; });
  }

  /// Without one task, and with a cancellation that comes earlier by as much as the task takes.
  void fewer_tasks_before_cancel(std::size_t run) {
    for (std::size_t place = 0; scenario_.cancel && place < scenario_.runs[run].tasks.size();)
      if (!try_to([=, this](Scenario& changed) {
            auto& tasks = changed.runs[run].tasks;
            changed.cancel = nearest(generator_.cancels_, *changed.cancel - tasks[place].work);
            tasks.erase(tasks.begin() + static_cast<std::ptrdiff_t>(place));
          }))
        ++place;
  }

  bool all_in_half_the_time() {
    return try_to([this](Scenario& changed) {
      const auto halve = [](const std::vector<Duration>& table, Duration& time) {
        const Duration half = nearest(table, time / 2);
        if (half < time) time = half;
      };
      if (changed.cancel) halve(generator_.cancels_, *changed.cancel);
      for (PlannedRun& run : changed.runs) {
        halve(generator_.begins_, run.begin);
        if (run.timeout != generator_.timeouts_.front()) halve(generator_.timeouts_, run.timeout);
        if (run.dropped) halve(generator_.cancels_, *run.dropped);
        for (PlannedTask& task : run.tasks) halve(generator_.works_, task.work);
      }
    });
  }

  void fewer_events() {
    try_to([](Scenario& changed) { changed.cancel.reset(); });
    for (std::size_t run = 0; run < scenario_.runs.size(); ++run) {
      try_to([run](Scenario& changed) { changed.runs[run].dropped.reset(); });
      try_to([this, run](Scenario& changed) { changed.runs[run].timeout = generator_.timeouts_.front(); });
      try_to([run](Scenario& changed) { changed.runs[run].begin = Duration(0); });
    }
  }

  void fewer_permits() {
    const int least = generator_.limits_.front();
    for (int less = least; less < scenario_.limit; less += (scenario_.limit - less + 1) / 2)
      if (try_to([less](Scenario& changed) { changed.limit = less; })) return;
  }

  void simpler_run(std::size_t run) {
    // All tasks at once, then each alone.
    simpler_tasks(run, 0, scenario_.runs[run].tasks.size());
    if (scenario_.runs[run].tasks.size() > 1)
      for (std::size_t task = 0; task < scenario_.runs[run].tasks.size(); ++task)
        simpler_tasks(run, task, task + 1);
    simpler_time(generator_.timeouts_,
                 [run](Scenario& changed) -> Duration& { return changed.runs[run].timeout; });
    if (scenario_.runs[run].dropped)
      simpler_time(generator_.cancels_,
                   [run](Scenario& changed) -> Duration& { return *changed.runs[run].dropped; });
  }

  void simpler_tasks(std::size_t run, std::size_t begin, std::size_t end) {
    const auto try_each = [&](const auto& change) {
      return try_to([&](Scenario& changed) {
        for (std::size_t task = begin; task < end; ++task) change(changed.runs[run].tasks[task]);
      });
    };
    try_each([](PlannedTask& task) {
      task.listens = false;
      task.clean_up = Duration(0);
    });
    try_each([](PlannedTask& task) { task.answers = Answers::text; });
    if (end - begin != 1) {
      try_each([this](PlannedTask& task) { task.work = generator_.works_.front(); });
      return;
    }
    simpler_time(generator_.works_,
                 [=](Scenario& changed) -> Duration& { return changed.runs[run].tasks[begin].work; });
    if (scenario_.runs[run].tasks[begin].listens)
      simpler_time(generator_.clean_ups_,
                   [=](Scenario& changed) -> Duration& { return changed.runs[run].tasks[begin].clean_up; });
  }

  const Generator& generator_;
};

bool Generator::simplify(Scenario& scenario, const std::function<bool(const Scenario&)>& fails) const {
  return Simpler(*this, scenario, fails).pass();
}

}  // namespace corokit::specified::fuzzing
