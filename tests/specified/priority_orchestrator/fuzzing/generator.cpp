#include "generator.hpp"

#include <fuzzing/numbers.hpp>
#include <fuzzing/tables.hpp>

#include <algorithm>
#include <chrono>

namespace corokit::specified::fuzzing {
namespace {

/// How many of eight scenarios about a promise have a feature.
struct InEight {
  std::size_t two_runs, not_exact, no_stealing, ageing, releases, deadlines, no_preemption, steps, cancelled,
      ended;
};

constexpr InEight in_eight(Promise focus) {
  switch (focus) {
    case Promise::order:
      return {.two_runs = 3,
              .not_exact = 3,
              .no_stealing = 2,
              .ageing = 1,
              .releases = 1,
              .deadlines = 1,
              .no_preemption = 1,
              .steps = 2,
              .cancelled = 0,
              .ended = 0};
    case Promise::ageing:
      return {.two_runs = 1,
              .not_exact = 4,
              .no_stealing = 2,
              .ageing = 7,
              .releases = 7,
              .deadlines = 1,
              .no_preemption = 2,
              .steps = 2,
              .cancelled = 0,
              .ended = 0};
    case Promise::stealing:
      return {.two_runs = 0,
              .not_exact = 6,
              .no_stealing = 4,
              .ageing = 1,
              .releases = 2,
              .deadlines = 1,
              .no_preemption = 2,
              .steps = 2,
              .cancelled = 0,
              .ended = 0};
    case Promise::deadlines:
    case Promise::giving_way:
      return {.two_runs = 0,
              .not_exact = 1,
              .no_stealing = 2,
              .ageing = 3,
              .releases = 3,
              .deadlines = 8,
              .no_preemption = 2,
              .steps = 7,
              .cancelled = 0,
              .ended = 0};
    case Promise::cancellation:
      return {.two_runs = 2,
              .not_exact = 4,
              .no_stealing = 2,
              .ageing = 2,
              .releases = 5,
              .deadlines = 3,
              .no_preemption = 2,
              .steps = 5,
              .cancelled = 6,
              .ended = 1};
    case Promise::timeout:
      break;
  }
  return {.two_runs = 2,
          .not_exact = 4,
          .no_stealing = 2,
          .ageing = 2,
          .releases = 3,
          .deadlines = 3,
          .no_preemption = 2,
          .steps = 5,
          .cancelled = 1,
          .ended = 7};
}

/// Whether any task of a scenario is such a one.
template <class Is>
bool any_task(const Scenario& scenario, const Is& is) {
  return std::ranges::any_of(scenario.runs,
                             [&](const PlannedRun& run) { return std::ranges::any_of(run.tasks, is); });
}

bool is_exact(const PlannedTask& task) {
  return task.work == task.estimate;
}

}  // namespace

/// Where each part of a scenario is among the numbers. It reads a scenario from them, or writes them down.
class Layout : private Numbers<Scenario> {
 public:
  Layout(const Generator& generator, const Scenario* wanted, Choose choose)
      : Numbers(wanted, std::move(choose)), of_(generator), in_eight_(in_eight(generator.focus_)) {}

  Scenario walk() {
    Scenario scenario;
    const bool has_two_runs =
        has(in_eight_.two_runs, [](const Scenario& wanted) { return wanted.runs.size() > 1; });
    scenario.workers = from(of_.workers_, [](const Scenario& wanted) { return wanted.workers; });
    scenario.steals = !has(in_eight_.no_stealing, [](const Scenario& wanted) { return !wanted.steals; });
    if (has(in_eight_.ageing,
            [](const Scenario& wanted) { return wanted.ageing_step != Scenario::kNoAgeing; }))
      scenario.ageing_step =
          from(of_.ageing_steps_, [](const Scenario& wanted) { return wanted.ageing_step; });
    choose_features();
    if (has_deadlines_) {
      scenario.interrupts =
          !has(in_eight_.no_preemption, [](const Scenario& wanted) { return !wanted.interrupts; });
      scenario.margin = from(of_.margins_, [](const Scenario& wanted) { return wanted.margin; });
    }
    if (has(in_eight_.cancelled, [](const Scenario& wanted) { return wanted.cancel.has_value(); }))
      scenario.cancel = from(of_.cancels_, [](const Scenario& wanted) { return *wanted.cancel; });
    for (std::size_t place = 0; place < (has_two_runs ? 2U : 1U); ++place)
      scenario.runs.push_back(run(place));
    return scenario;
  }

 private:
  /// Whether a scenario has a feature. `wanted`: whether the one does whose numbers are looked for.
  template <class Wanted>
  bool has(std::size_t in_eight, const Wanted& wanted) {
    const std::size_t number =
        one_of(9, [&](const Scenario& scenario) { return wanted(scenario) ? 1U : 0U; });
    return number > 0 && number <= std::max<std::size_t>(in_eight, 1);
  }

  void choose_features() {
    is_exact_ = !has(in_eight_.not_exact, [](const Scenario& wanted) {
      return any_task(wanted, [](const PlannedTask& task) { return !is_exact(task); });
    });
    has_releases_ = has(in_eight_.releases, [](const Scenario& wanted) {
      return any_task(wanted, [](const PlannedTask& task) { return task.release > Duration(0); });
    });
    has_deadlines_ = has(in_eight_.deadlines, [](const Scenario& wanted) {
      return any_task(wanted, [](const PlannedTask& task) { return task.deadline.has_value(); }) ||
             !wanted.interrupts;
    });
    has_steps_ = has(in_eight_.steps, [](const Scenario& wanted) {
      return any_task(wanted, [](const PlannedTask& task) { return task.step > Duration(0); });
    });
    mix_ = one_of(6, [](const Scenario& wanted) {
      std::size_t mix = 0;
      any_task(wanted, [&mix](const PlannedTask& task) {
        mix = std::max(mix, static_cast<std::size_t>(task.answers));
        return false;
      });
      return mix;
    });
  }

  PlannedRun run(std::size_t place) {
    const auto wanted_run = [place](const Scenario& wanted) -> const PlannedRun& {
      return wanted.runs[place];
    };
    PlannedRun run;
    if (has((in_eight_.ended + 1) / 3,
            [&](const Scenario& wanted) { return wanted_run(wanted).dropped.has_value(); }))
      run.dropped = from(of_.cancels_, [&](const Scenario& wanted) { return *wanted_run(wanted).dropped; });
    run.timeout = of_.timeouts_.front();
    if (has(in_eight_.ended,
            [&](const Scenario& wanted) { return wanted_run(wanted).timeout != of_.timeouts_.front(); }))
      run.timeout = from(of_.timeouts_, [&](const Scenario& wanted) { return wanted_run(wanted).timeout; });
    run.begin = from(of_.begins_, [&](const Scenario& wanted) { return wanted_run(wanted).begin; });
    const int size = from(of_.sizes_, [&](const Scenario& wanted) {
      return static_cast<int>(wanted_run(wanted).tasks.size());
    });
    for (int i = 0; i < size; ++i)
      run.tasks.push_back(task([&, i](const Scenario& wanted) -> const PlannedTask& {
        return wanted_run(wanted).tasks[static_cast<std::size_t>(i)];
      }));
    return run;
  }

  template <class Wanted>
  PlannedTask task(const Wanted& of) {
    PlannedTask task;
    task.priority = 1 + static_cast<unsigned>(
                            one_of(10, [&](const Scenario& wanted) { return of(wanted).priority - 1; }));
    task.estimate = task.work =
        from(of_.durations_, [&](const Scenario& wanted) { return of(wanted).estimate; });
    if (!is_exact_) task.work = from(of_.durations_, [&](const Scenario& wanted) { return of(wanted).work; });
    if (has_releases_ &&
        one_of(2, [&](const Scenario& wanted) { return of(wanted).release > Duration(0) ? 1U : 0U; }) == 1)
      task.release = from(of_.releases_, [&](const Scenario& wanted) { return of(wanted).release; });
    if (has_deadlines_ &&
        one_of(2, [&](const Scenario& wanted) { return of(wanted).deadline ? 1U : 0U; }) == 1)
      task.deadline = from(of_.deadlines_, [&](const Scenario& wanted) { return *of(wanted).deadline; });
    if (mix_ == 1 || mix_ == 2) {
      const std::size_t answers =
          one_of(8, [&](const Scenario& wanted) { return static_cast<std::size_t>(of(wanted).answers); });
      if (answers <= mix_) task.answers = static_cast<Answers>(answers);
    }
    if (has_steps_) task.step = from(of_.steps_, [&](const Scenario& wanted) { return of(wanted).step; });
    if (task.step > Duration(0)) return task;
    task.listens = one_of(4, [&](const Scenario& wanted) { return of(wanted).listens ? 1U : 0U; }) == 1;
    if (task.listens)
      task.clean_up = from(of_.clean_ups_, [&](const Scenario& wanted) { return of(wanted).clean_up; });
    return task;
  }

  const Generator& of_;
  const InEight in_eight_;
  bool is_exact_ = true;
  bool has_releases_ = false;
  bool has_deadlines_ = false;
  bool has_steps_ = false;
  std::size_t mix_ = 0;
};

namespace {

std::vector<Duration> without_zero(std::vector<Duration> table) {
  std::erase(table, Duration(0));
  return table;
}

std::vector<Duration> zero_first(std::vector<Duration> table) {
  std::stable_partition(table.begin(), table.end(), [](Duration time) { return time == Duration(0); });
  return table;
}

std::vector<int> workers_for(Promise focus, Range range) {
  const bool is_about_one =
      focus == Promise::ageing || focus == Promise::deadlines || focus == Promise::giving_way;
  std::vector<int> all = numbers_within(range, is_about_one ? 3 * (range.high - range.low) : 2);
  if (focus == Promise::stealing) std::erase(all, 1);
  return all;
}

}  // namespace

Generator::Generator(const Ranges& ranges, Promise focus)
    : focus_(focus),
      workers_(workers_for(focus, ranges.workers)),
      sizes_(numbers_within(ranges.tasks, 8)),
      durations_(without_zero(durations_within(ranges.duration_ms))),
      releases_(without_zero(durations_within(ranges.release_ms))),
      deadlines_(durations_within(ranges.deadline_ms)),
      clean_ups_(durations_within(ranges.clean_up_ms)),
      margins_(durations_within(ranges.margin_ms)),
      ageing_steps_(without_zero(durations_within(ranges.ageing_step_ms))),
      steps_{Duration(0)},
      timeouts_(timeouts_within(ranges.timeout_ms)),
      begins_(zero_first(durations_within(ranges.begin_ms))),
      cancels_(durations_within(ranges.cancel_ms)) {
  for (const int tenths : {2, 7})  // two that are equal in whole milliseconds
    durations_.emplace_back(std::chrono::microseconds(10'000 + 100 * tenths));
  for (const int step : {10, 1, 2, 5, 7}) steps_.emplace_back(std::chrono::milliseconds(step));
}

Scenario Generator::make(const Choose& choose) const {
  return Layout(*this, nullptr, [&choose](std::size_t bound, std::size_t) { return choose(bound); }).walk();
}

Values Generator::numbers_of(const Scenario& scenario) const {
  Values numbers;
  Layout(*this, &scenario, [&numbers](std::size_t, std::size_t wanted) {
    numbers.push_back(wanted);
    return wanted;
  }).walk();
  return numbers;
}

}  // namespace corokit::specified::fuzzing
