#include "policies.hpp"

#include "runner.hpp"

#include <fmt/format.h>
#include <cstdint>
#include <utility>

namespace corokit::bench {
namespace {

using Form = Figure::Form;
using TestedPolicies = std::vector<TestedPolicy>;

struct Shape {
  Durations durations;
  const char* name;
};
constexpr Shape kShapes[] = {{Durations::exponential, "exponential"},
                             {Durations::bimodal, "bimodal"},
                             {Durations::heavy_tailed, "heavy-tailed"}};

struct Error {
  double factor;
  const char* name;
};
constexpr Error kErrors[] = {{1, "exact"}, {2, "off by up to 2x"}, {4, "off by up to 4x"}};

const TestedPolicies& five() {
  static const TestedPolicies all = {kFifo, kShortest, kPriority, kDeadline, kCombined};
  return all;
}

const TestedPolicies& everybody() {
  static const TestedPolicies all = {kFifo,
                                     without_stealing(kFifo),
                                     kShortest,
                                     without_stealing(kShortest),
                                     kPriority,
                                     without_stealing(kPriority),
                                     kDeadline,
                                     without_preemption(kDeadline),
                                     without_stealing(kDeadline),
                                     kCombined,
                                     without_preemption(kCombined),
                                     without_stealing(kCombined)};
  return all;
}

LoadShape shape_of(Durations durations, double utilisation) {
  LoadShape shape;
  shape.durations = durations;
  shape.utilisation = utilisation;
  return shape;
}
LoadShape all_at_once(Durations durations) {
  LoadShape shape = shape_of(durations, 1);
  shape.utilisation.reset();
  return shape;
}

/// Returns: a series for each policy, with a value for each x.
template <class Xs, class Value>
std::vector<Series> series_of(const TestedPolicies& policies, const Xs& xs, Value value) {
  std::vector<Series> all;
  for (const TestedPolicy& policy : policies) {
    Series series{policy.name, {}};
    for (const auto& x : xs) series.values.push_back(value(policy, x));
    all.push_back(std::move(series));
  }
  return all;
}

Figure by_shape(std::string title, std::string y_title) {
  Figure figure;
  figure.title = std::move(title);
  figure.y_title = std::move(y_title);
  figure.x_title = "durations";
  for (const Shape& shape : kShapes) figure.x.emplace_back(shape.name);
  return figure;
}

Figure turnaround(Runner& runner) {
  Figure figure =
      by_shape("The order of service decides how long the average task takes", "mean turnaround, s");
  figure.series = series_of(five(), kShapes, [&](const TestedPolicy& policy, const Shape& shape) {
    return runner(shape_of(shape.durations, 0.9), policy).mean_turnaround;
  });
  figure.lesson =
      "Shortest job first beats first come, first served on every kind of load, and by more the more the "
      "durations differ: a short task that waits behind a long one costs the most. EDF and the combined "
      "policy may interrupt a running task, which pays where a few tasks are very long.";
  return figure;
}

Figure longest_wait(Runner& runner) {
  Figure figure = by_shape("The price of reordering: the longest wait", "longest wait for a first slot, s");
  figure.series = series_of(five(), kShapes, [&](const TestedPolicy& policy, const Shape& shape) {
    return runner(shape_of(shape.durations, 0.9), policy).longest_wait;
  });
  figure.lesson =
      "The same loads, seen by the unluckiest task: every policy but FIFO makes some task wait longer than "
      "its turn. Compare with the plot before: a better mean is paid for by a longer wait at the end of the "
      "queue.";
  return figure;
}

Figure makespan(Runner& runner) {
  Figure figure =
      by_shape("When the last task is over, if all arrive at once", "makespan divided by a lower bound");
  figure.series = series_of(five(), kShapes, [&](const TestedPolicy& policy, const Shape& shape) {
    const LoadShape load = all_at_once(shape.durations);
    return runner(load, policy).makespan / runner.least_makespan(load);
  });
  figure.lesson =
      "No schedule is better than 1: all workers are busy to the end, or the longest task runs from the very "
      "beginning. As long as no worker is idle the order hardly matters. It matters where a few tasks are "
      "very long: shortest job first leaves them for the end, and then one worker runs while the others have "
      "nothing to do.";
  return figure;
}

Figure wrong_estimates(Runner& runner) {
  Figure figure;
  figure.title = "Estimates that are wrong";
  figure.x_title = "estimates";
  figure.y_title = "mean slowdown (turnaround divided by duration)";
  for (const Error& error : kErrors) figure.x.emplace_back(error.name);
  figure.series = series_of(five(), kErrors, [&](const TestedPolicy& policy, const Error& error) {
    LoadShape load = all_at_once(Durations::heavy_tailed);
    load.estimate_error = error.factor;
    return runner(load, policy).mean_slowdown;
  });
  figure.lesson =
      "Only shortest job first depends on the estimates for its order, so it suffers most when they are "
      "wrong. It still does better than the others: a rough guess of which tasks are short is worth a lot.";
  return figure;
}

Figure stealing(Runner& runner) {
  Figure figure;
  figure.title = "What work stealing improves, and when";
  figure.x_title = "estimates";
  figure.y_title = "mean turnaround, s";
  for (const Error& error : kErrors) figure.x.emplace_back(error.name);
  const TestedPolicies policies = {kFifo, without_stealing(kFifo), kCombined, without_stealing(kCombined)};
  figure.series = series_of(policies, kErrors, [&](const TestedPolicy& policy, const Error& error) {
    LoadShape load = shape_of(Durations::exponential, 0.8);
    load.estimate_error = error.factor;
    return runner(load, policy).mean_turnaround;
  });
  figure.lesson =
      "Tasks are assigned to the workers' queues once, by their estimates. First come, first served with "
      "exact estimates keeps the queues level, and there is nothing to steal. As soon as the estimates are "
      "wrong, or the order is not that of arrival, one queue is long while another is empty; stealing levels "
      "them.";
  return figure;
}

constexpr double kUtilisations[] = {0.5, 0.6, 0.7, 0.8, 0.9, 0.95};

Figure by_load(std::string title, std::string y_title) {
  Figure figure;
  figure.form = Form::lines;
  figure.title = std::move(title);
  figure.x_title = "load";
  figure.y_title = std::move(y_title);
  for (const double load : kUtilisations) figure.x.push_back(fmt::format("{:.0f} %", 100 * load));
  return figure;
}

Figure misses(Runner& runner) {
  Figure figure = by_load("Deadlines that could have been met, and were not", "deadlines missed, %");
  const TestedPolicies policies = {
      kFifo,     kShortest, kPriority, without_preemption(kDeadline), without_preemption(kCombined),
      kDeadline, kCombined};
  figure.series = series_of(policies, kUtilisations, [&](const TestedPolicy& policy, double utilisation) {
    return runner.feasible(shape_of(Durations::bimodal, utilisation), policy).missed;
  });
  figure.lesson =
      "Every load here can be scheduled without a miss: EDF does it. A policy that ignores deadlines misses "
      "more and more of them as the load grows. The combined policy serves by priority until a deadline is "
      "at risk, and misses next to none; without preemption it comes too late where a long task holds the "
      "slot.";
  return figure;
}

Figure preemptions(Runner& runner) {
  Figure figure =
      by_load("What meeting them costs: tasks that are interrupted", "preemptions per 1,000 tasks");
  figure.series =
      series_of({kDeadline, kCombined}, kUtilisations, [&](const TestedPolicy& policy, double load) {
        return runner.feasible(shape_of(Durations::bimodal, load), policy).preemptions;
      });
  figure.lesson =
      "The deadlines of the plot before are met at this price: the busier the workers are, the more often "
      "the only way to meet a deadline is to interrupt a running task. The task keeps its progress and goes "
      "on later. Only a deadline interrupts a task: FIFO, SJF and priority would be at 0 here.";
  return figure;
}

Figure by_size(Runner& runner, bool quick) {
  std::vector<std::size_t> sizes = {100, 316, 1000, 3162};
  if (!quick) sizes.push_back(10'000);
  Figure figure;
  figure.form = Form::lines;
  figure.title = "The more tasks arrive at once, the more the order matters";
  figure.x_title = "tasks";
  figure.y_title = "mean turnaround, s";
  figure.log_y = true;
  for (const std::size_t size : sizes) figure.x.push_back(std::to_string(size));
  figure.series = series_of(five(), sizes, [&](const TestedPolicy& policy, std::size_t size) {
    LoadShape load = all_at_once(Durations::heavy_tailed);
    load.tasks = size;
    return runner(load, policy).mean_turnaround;
  });
  figure.lesson =
      "Both axes are logarithmic: parallel lines mean that a policy stays better by the same factor. The "
      "order counts most when all tasks arrive at once, since each task waits for all tasks before it.";
  return figure;
}

Table everything(Runner& runner, std::string title, const LoadShape& load) {
  Table table;
  table.title = std::move(title);
  table.columns = {"mean, s",         "p99, s",    "slowdown",   "makespan, s",
                   "longest wait, s", "missed, %", "preemptions"};
  for (const TestedPolicy& policy : everybody()) {
    const Metrics m = runner(load, policy);
    table.rows.push_back({policy.name,
                          {m.mean_turnaround, m.p99_turnaround, m.mean_slowdown, m.makespan, m.longest_wait,
                           m.missed, m.preemptions}});
  }
  return table;
}

std::vector<Table> all_tables(Runner& runner) {
  std::vector<Table> tables;
  for (const Shape& shape : kShapes)
    for (const bool poisson : {true, false})
      for (const double error : {1.0, 4.0}) {
        LoadShape load = poisson ? shape_of(shape.durations, 0.8) : all_at_once(shape.durations);
        load.estimate_error = error;
        tables.push_back(everything(runner,
                                    fmt::format("{}, {}, estimates {}", shape.name,
                                                poisson ? "Poisson arrivals at 80 %" : "all at once",
                                                error == 1 ? "exact" : "off by up to 4x"),
                                    load));
      }
  return tables;
}

}  // namespace

Part compare_policies(bool quick, const std::function<void(const std::string&)>& progress) {
  const std::size_t repeats = quick ? 2 : 10;
  Runner runner(repeats);
  Runner large(quick ? 1 : 3);
  Part part;
  part.title = "Orchestrator policies, in virtual time";
  part.intro = fmt::format(
      "PriorityOrchestrator runs generated loads in a simulation: 1,000 tasks on 4 workers, of 200 ms on "
      "average, half of them with a deadline that can be met; each number is the mean of {} loads, the same "
      "for all. Tasks that arrive over time are given to it in one call, each with its release time: it "
      "neither starts nor counts a task before. At 80 % load the tasks need 80 % of the workers' time.",
      repeats);
  progress("policies: turnaround");
  part.figures.push_back(turnaround(runner));
  part.figures.push_back(longest_wait(runner));
  part.figures.push_back(makespan(runner));
  progress("policies: estimates and stealing");
  part.figures.push_back(wrong_estimates(runner));
  part.figures.push_back(stealing(runner));
  progress("policies: deadlines");
  part.figures.push_back(misses(runner));
  part.figures.push_back(preemptions(runner));
  progress("policies: sizes");
  part.figures.push_back(by_size(large, quick));
  progress("policies: all tables");
  part.tables = all_tables(runner);
  return part;
}

}  // namespace corokit::bench
