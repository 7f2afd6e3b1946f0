#include "generator.hpp"

#include <fuzzing/numbers.hpp>
#include <fuzzing/tables.hpp>

#include <algorithm>

namespace corokit::specified::fuzzing {

/// Where each part of a scenario is among the numbers. It reads a scenario from them, or writes them down.
class Layout : private Numbers<Scenario> {
 public:
  Layout(const Generator& generator, const Scenario* wanted, Choose choose)
      : Numbers(wanted, std::move(choose)), generator_(generator) {}

  Scenario walk() {
    Scenario scenario;
    const Promise focus = generator_.focus_;
    const bool often_two = focus == Promise::limit || focus == Promise::order;
    const std::size_t runs = one_of(often_two ? 4 : 8, [](const Scenario& wanted) {
      return wanted.runs.size() == 1 ? 0U : (wanted.shares ? 1U : 3U);
    });
    scenario.limit = from(generator_.limits_, [](const Scenario& wanted) { return wanted.limit; });
    scenario.shares = runs != 3;
    is_coarse_ =
        one_of(2, [this](const Scenario& wanted) { return has_only_coarse_times(wanted) ? 0U : 1U; }) == 0;
    mix_ = one_of(focus == Promise::shutdown ? 3 : 6, [](const Scenario& wanted) { return mix_of(wanted); });
    cancel(scenario);
    scenario.runs.emplace_back();
    run(scenario.runs[0], 0);
    if (runs < 1 || runs > 3) return scenario;
    scenario.runs.emplace_back();
    run(scenario.runs[1], 1);
    return scenario;
  }

 private:
  /// How many of the tasks may answer otherwise than with a text: 0, none; 1, with an error string; 2, also throw.
  static std::size_t mix_of(const Scenario& scenario) {
    std::size_t mix = 0;
    for (const PlannedRun& run : scenario.runs)
      for (const PlannedTask& task : run.tasks)
        mix = std::max<std::size_t>(mix, static_cast<std::size_t>(task.answers));
    return mix;
  }

  /// A time. If times are coarse it is one of few, so that many things happen in one moment.
  template <class Wanted>
  Duration time(const std::vector<Duration>& table, const Wanted& wanted) {
    return first_of(table, is_coarse_ ? kCoarse : table.size(), wanted);
  }

  bool has_only_coarse_times(const Scenario& scenario) const {
    const auto is_coarse = [](const std::vector<Duration>& table, Duration time) {
      return std::ranges::find(table, time) - table.begin() < static_cast<std::ptrdiff_t>(kCoarse);
    };
    bool coarse = !scenario.cancel || is_coarse(generator_.cancels_, *scenario.cancel);
    for (const PlannedRun& run : scenario.runs) {
      coarse = coarse && (!run.dropped || is_coarse(generator_.cancels_, *run.dropped));
      for (const PlannedTask& task : run.tasks)
        coarse = coarse && is_coarse(generator_.works_, task.work) &&
                 is_coarse(generator_.clean_ups_, task.clean_up);
    }
    return coarse;
  }

  void cancel(Scenario& scenario) {
    const Promise focus = generator_.focus_;
    const bool often = focus == Promise::cancellation || focus == Promise::shutdown;
    const std::size_t in_five = often ? 4 : (focus == Promise::timeout ? 3 : 1);
    const std::size_t is_cancelled =
        one_of(5, [](const Scenario& wanted) { return wanted.cancel ? 1U : 0U; });
    if (is_cancelled == 0 || is_cancelled > in_five) return;
    scenario.cancel = time(generator_.cancels_, [](const Scenario& wanted) { return *wanted.cancel; });
  }

  void run(PlannedRun& run, std::size_t place) {
    const auto wanted_run = [place](const Scenario& wanted) -> const PlannedRun& {
      return wanted.runs[place];
    };
    const bool is_about_ends = generator_.focus_ == Promise::timeout;
    const std::size_t is_dropped = one_of(
        is_about_ends ? 3 : 12, [&](const Scenario& wanted) { return wanted_run(wanted).dropped ? 1U : 0U; });
    if (is_dropped == 1)
      run.dropped =
          time(generator_.cancels_, [&](const Scenario& wanted) { return *wanted_run(wanted).dropped; });
    run.timeout =
        from(generator_.timeouts_, [&](const Scenario& wanted) { return wanted_run(wanted).timeout; });
    if (!is_about_ends || run.dropped) {  // two of three have no timeout that passes
      const std::size_t passes = one_of(3, [&](const Scenario& wanted) {
        return wanted_run(wanted).timeout == generator_.timeouts_.front() ? 0U : 2U;
      });
      if (passes < 2) run.timeout = generator_.timeouts_.front();
    }
    if (place > 0)
      run.begin = from(generator_.begins_, [&](const Scenario& wanted) { return wanted_run(wanted).begin; });
    const int size = from(generator_.sizes_, [&](const Scenario& wanted) {
      return static_cast<int>(wanted_run(wanted).tasks.size());
    });
    for (int i = 0; i < size; ++i) {
      const auto wanted_task = [&, i](const Scenario& wanted) -> const PlannedTask& {
        return wanted_run(wanted).tasks[static_cast<std::size_t>(i)];
      };
      run.tasks.push_back(task(wanted_task));
    }
  }

  template <class Wanted>
  PlannedTask task(const Wanted& wanted_task) {
    PlannedTask task;
    task.work = time(generator_.works_, [&](const Scenario& wanted) { return wanted_task(wanted).work; });
    if (mix_ > 0 && mix_ <= 2) {
      const std::size_t answers = one_of(
          8, [&](const Scenario& wanted) { return static_cast<std::size_t>(wanted_task(wanted).answers); });
      if (answers <= mix_) task.answers = static_cast<Answers>(answers);
    }
    const std::size_t listens =
        one_of(3, [&](const Scenario& wanted) { return wanted_task(wanted).listens ? 1U : 0U; });
    task.listens = listens == 1;
    if (task.listens)
      task.clean_up =
          time(generator_.clean_ups_, [&](const Scenario& wanted) { return wanted_task(wanted).clean_up; });
    return task;
  }

  const Generator& generator_;
  static constexpr std::size_t kCoarse = 6;  // the first entries of a table
  std::size_t mix_ = 0;
  bool is_coarse_ = false;
};

Generator::Generator(const Ranges& ranges, Promise focus)
    : focus_(focus),
      limits_(numbers_within(ranges.limit, focus == Promise::order ? 0 : 4)),
      sizes_(numbers_within(ranges.tasks, 12)),
      works_(durations_within(ranges.duration_ms)),
      clean_ups_(durations_within(ranges.clean_up_ms)),
      timeouts_(timeouts_within(ranges.timeout_ms)),
      begins_(durations_within(ranges.begin_ms)),
      cancels_(durations_within(ranges.cancel_ms)) {}

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
