// Fewer runs and tasks first, then simpler numbers.
#include "generator.hpp"

#include <fuzzing/simplifying.hpp>

#include <algorithm>

namespace corokit::specified::fuzzing {

/// Tries to make one scenario simpler in each way once.
class Simpler : private Simplifying<Scenario> {
 public:
  Simpler(const Generator& generator, Scenario& scenario, const Fails& fails)
      : Simplifying(scenario, fails), of_(generator) {}

  /// Returns: whether the scenario is simpler now.
  bool pass() {
    const Scenario before = scenario_;
    fewer_runs();
    for (std::size_t run = 0; run < scenario_.runs.size(); ++run)
      fewer([run](Scenario & scenario) -> auto& { return scenario.runs[run].tasks; });
    fewer_settings();
    fewer_workers();
    for (std::size_t run = 0; run < scenario_.runs.size(); ++run) simpler_run(run);
    simpler_times();
    return !(scenario_ == before);
  }

 private:
  void fewer_runs() {
    for (const std::size_t without : {1, 0}) {
      if (scenario_.runs.size() < 2) return;
      try_to([without](Scenario& changed) {
        changed.runs.erase(changed.runs.begin() + static_cast<std::ptrdiff_t>(without));
      });
    }
  }

  void fewer_settings() {
    try_to([](Scenario& changed) { changed.cancel.reset(); });
    try_to([](Scenario& changed) { changed.steals = true; });
    try_to([](Scenario& changed) { changed.interrupts = true; });
    try_to([](Scenario& changed) { changed.ageing_step = Scenario::kNoAgeing; });
    for (std::size_t run = 0; run < scenario_.runs.size(); ++run) {
      try_to([run](Scenario& changed) { changed.runs[run].dropped.reset(); });
      try_to([this, run](Scenario& changed) { changed.runs[run].timeout = of_.timeouts_.front(); });
      try_to([this, run](Scenario& changed) { changed.runs[run].begin = of_.begins_.front(); });
    }
  }

  void fewer_workers() {
    for (int less = of_.workers_.front(); less < scenario_.workers; ++less)
      if (try_to([less](Scenario& changed) { changed.workers = less; })) return;
  }

  void simpler_run(std::size_t run) {
    // All tasks at once, then each alone.
    simpler_tasks(run, 0, scenario_.runs[run].tasks.size());
    if (scenario_.runs[run].tasks.size() > 1)
      for (std::size_t task = 0; task < scenario_.runs[run].tasks.size(); ++task)
        simpler_tasks(run, task, task + 1);
    simpler_time(of_.begins_, [run](Scenario& changed) -> Duration& { return changed.runs[run].begin; });
    simpler_time(of_.timeouts_, [run](Scenario& changed) -> Duration& { return changed.runs[run].timeout; });
    if (scenario_.runs[run].dropped)
      simpler_time(of_.cancels_,
                   [run](Scenario& changed) -> Duration& { return *changed.runs[run].dropped; });
  }

  void simpler_tasks(std::size_t run, std::size_t begin, std::size_t end) {
    const auto try_each = [&](const auto& change) {
      try_to([&](Scenario& changed) {
        for (std::size_t task = begin; task < end; ++task) change(changed.runs[run].tasks[task]);
      });
    };
    try_each([](PlannedTask& task) { task.answers = Answers::text; });
    try_each([](PlannedTask& task) {
      task.listens = false;
      task.clean_up = Duration(0);
    });
    try_each([](PlannedTask& task) { task.step = Duration(0); });
    try_each([](PlannedTask& task) { task.release = Duration(0); });
    try_each([](PlannedTask& task) { task.deadline.reset(); });
    try_each([](PlannedTask& task) { task.work = task.estimate; });
    try_each([this](PlannedTask& task) { task.work = task.estimate = of_.durations_.front(); });
    if (end - begin == 1) simpler_task(run, begin);
  }

  void simpler_task(std::size_t run, std::size_t task) {
    const auto of = [=](Scenario& scenario) -> PlannedTask& { return scenario.runs[run].tasks[task]; };
    for (const unsigned priority : {1U, of(scenario_).priority / 2, of(scenario_).priority - 1})
      if (priority > 0 && priority < of(scenario_).priority)
        try_to([&](Scenario& changed) { of(changed).priority = priority; });
    if (of(scenario_).work == of(scenario_).estimate) {
      for (const Duration time : of_.durations_) {
        if (time == of(scenario_).work) break;
        if (try_to([&](Scenario& changed) { of(changed).work = of(changed).estimate = time; })) break;
      }
    } else {
      simpler_time(of_.durations_, [&](Scenario& changed) -> Duration& { return of(changed).estimate; });
      simpler_time(of_.durations_, [&](Scenario& changed) -> Duration& { return of(changed).work; });
    }
    if (of(scenario_).release > Duration(0))
      simpler_time(of_.releases_, [&](Scenario& changed) -> Duration& { return of(changed).release; });
    if (of(scenario_).deadline)
      simpler_time(of_.deadlines_, [&](Scenario& changed) -> Duration& { return *of(changed).deadline; });
    if (of(scenario_).listens)
      simpler_time(of_.clean_ups_, [&](Scenario& changed) -> Duration& { return of(changed).clean_up; });
    if (of(scenario_).step > Duration(0))
      simpler_time(of_.steps_, [&](Scenario& changed) -> Duration& { return of(changed).step; });
  }

  void simpler_times() {
    if (scenario_.cancel)
      simpler_time(of_.cancels_, [](Scenario& changed) -> Duration& { return *changed.cancel; });
    if (scenario_.ageing_step != Scenario::kNoAgeing)
      simpler_time(of_.ageing_steps_, [](Scenario& changed) -> Duration& { return changed.ageing_step; });
    if (std::ranges::find(of_.margins_, scenario_.margin) != of_.margins_.end())
      simpler_time(of_.margins_, [](Scenario& changed) -> Duration& { return changed.margin; });
  }

  const Generator& of_;
};

bool Generator::simplify(Scenario& scenario, const std::function<bool(const Scenario&)>& fails) const {
  // A run without tasks is none: it gives the error invalid_task.
  const std::function<bool(const Scenario&)> with_tasks = [&fails](const Scenario& simpler) {
    return std::ranges::none_of(simpler.runs, [](const PlannedRun& run) { return run.tasks.empty(); }) &&
           fails(simpler);
  };
  return Simpler(*this, scenario, with_tasks).pass();
}

}  // namespace corokit::specified::fuzzing
