#include "policies.hpp"

#include "lab.hpp"

#include <fmt/format.h>
#include <cstdint>
#include <utility>

namespace corokit::bench {
namespace {

using Form = Figure::Form;
using Contenders = std::vector<Contender>;

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

const Contenders& five() {
  static const Contenders all = {kFifo, kShortest, kPriority, kDeadline, kOracle};
  return all;
}

const Contenders& everybody() {
  static const Contenders all = {kFifo,
                                 without_stealing(kFifo),
                                 kShortest,
                                 without_stealing(kShortest),
                                 kPriority,
                                 without_stealing(kPriority),
                                 kDeadline,
                                 without_preemption(kDeadline),
                                 without_stealing(kDeadline),
                                 kOracle,
                                 without_preemption(kOracle),
                                 without_stealing(kOracle)};
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

/// One series a contender, one value an x.
template <class Xs, class Value>
std::vector<Series> series_of(const Contenders& contenders, const Xs& xs, Value value) {
  std::vector<Series> all;
  for (const Contender& contender : contenders) {
    Series series{contender.name, {}};
    for (const auto& x : xs) series.values.push_back(value(contender, x));
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

Figure turnaround(Lab& lab) {
  Figure figure =
      by_shape("Who is served first decides how long the average task takes", "mean turnaround, s");
  figure.series = series_of(five(), kShapes, [&](const Contender& contender, const Shape& shape) {
    return lab(shape_of(shape.durations, 0.9), contender).mean_turnaround;
  });
  figure.lesson =
      "Shortest job first beats first come, first served on every kind of load, and by more the more the "
      "durations differ: a short task that waits behind a long one costs the most. EDF and the oracle may "
      "interrupt a running task, which pays where a few tasks are very long.";
  return figure;
}

Figure longest_wait(Lab& lab) {
  Figure figure = by_shape("The price: somebody waits longest", "longest wait for a first slot, s");
  figure.series = series_of(five(), kShapes, [&](const Contender& contender, const Shape& shape) {
    return lab(shape_of(shape.durations, 0.9), contender).longest_wait;
  });
  figure.lesson =
      "The same loads, seen by the unluckiest task: whoever reorders the queue lets somebody wait, only FIFO "
      "does not. Compare with the plot before: a better mean is paid for by a longer wait at the end of the "
      "line.";
  return figure;
}

Figure makespan(Lab& lab) {
  Figure figure =
      by_shape("When the last one is done: all tasks there at once", "makespan by the least possible one");
  figure.series = series_of(five(), kShapes, [&](const Contender& contender, const Shape& shape) {
    const LoadShape load = all_at_once(shape.durations);
    return lab(load, contender).makespan / lab.least_makespan(load);
  });
  figure.lesson =
      "1 is a bound that no schedule beats: all workers busy to the end, or the longest task from the very "
      "beginning. As long as no worker is idle the order hardly matters. It does where a few tasks are very "
      "long: shortest job first leaves them for the end, and then one worker runs while the others have "
      "nothing to do.";
  return figure;
}

Figure wrong_estimates(Lab& lab) {
  Figure figure;
  figure.title = "Estimates that are wrong";
  figure.x_title = "estimates";
  figure.y_title = "mean slowdown (turnaround by duration)";
  for (const Error& error : kErrors) figure.x.emplace_back(error.name);
  figure.series = series_of(five(), kErrors, [&](const Contender& contender, const Error& error) {
    LoadShape load = all_at_once(Durations::heavy_tailed);
    load.estimate_error = error.factor;
    return lab(load, contender).mean_slowdown;
  });
  figure.lesson =
      "Only shortest job first lives by the estimates, so it suffers most when they are off; and still it "
      "does better than the others: a rough guess of what is short is worth a lot.";
  return figure;
}

Figure stealing(Lab& lab) {
  Figure figure;
  figure.title = "Work stealing: what it mends, and when";
  figure.x_title = "estimates";
  figure.y_title = "mean turnaround, s";
  for (const Error& error : kErrors) figure.x.emplace_back(error.name);
  const Contenders contenders = {kFifo, without_stealing(kFifo), kOracle, without_stealing(kOracle)};
  figure.series = series_of(contenders, kErrors, [&](const Contender& contender, const Error& error) {
    LoadShape load = shape_of(Durations::exponential, 0.8);
    load.estimate_error = error.factor;
    return lab(load, contender).mean_turnaround;
  });
  figure.lesson =
      "Tasks are dealt to the workers' queues once, by their estimates. First come, first served with exact "
      "estimates keeps the queues level, and there is nothing to steal. As soon as the estimates are off, or "
      "the order is another one than that of arrival, one queue is long while another is empty, and a thief "
      "puts that right.";
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

Figure misses(Lab& lab) {
  Figure figure = by_load("Deadlines that could have been met, and were not", "deadlines missed, %");
  const Contenders contenders = {
      kFifo,     kShortest, kPriority, without_preemption(kDeadline), without_preemption(kOracle),
      kDeadline, kOracle};
  figure.series = series_of(contenders, kUtilisations, [&](const Contender& contender, double utilisation) {
    return lab.feasible(shape_of(Durations::bimodal, utilisation), contender).missed;
  });
  figure.lesson =
      "Every load here can be scheduled without a miss: EDF does it. Who does not look at deadlines misses "
      "more and more of them as the load grows. The oracle serves by priority until a deadline is at risk, "
      "and misses next to none; without preemption it comes too late where a long task holds the slot.";
  return figure;
}

Figure jumps(Lab& lab) {
  Figure figure = by_load("What meeting them costs: tasks that are interrupted", "jumps in 1,000 tasks");
  figure.series =
      series_of({kDeadline, kOracle}, kUtilisations, [&](const Contender& contender, double load) {
        return lab.feasible(shape_of(Durations::bimodal, load), contender).jumps;
      });
  figure.lesson =
      "This is what the plot before is paid with: the fuller the workers are, the more often the only way to "
      "meet a deadline is to interrupt a task that runs. It keeps its progress and goes on later. Nothing "
      "but a deadline ever interrupts: FIFO, SJF and priority would be at 0 here.";
  return figure;
}

Figure by_size(Lab& lab, bool quick) {
  std::vector<std::size_t> sizes = {100, 316, 1000, 3162};
  if (!quick) sizes.push_back(10'000);
  Figure figure;
  figure.form = Form::lines;
  figure.title = "The more tasks at once, the more the order matters";
  figure.x_title = "tasks";
  figure.y_title = "mean turnaround, s";
  figure.log_y = true;
  for (const std::size_t size : sizes) figure.x.push_back(std::to_string(size));
  figure.series = series_of(five(), sizes, [&](const Contender& contender, std::size_t size) {
    LoadShape load = all_at_once(Durations::heavy_tailed);
    load.tasks = size;
    return lab(load, contender).mean_turnaround;
  });
  figure.lesson =
      "Both axes are logarithmic: parallel lines mean that a policy stays better by the same factor. All at "
      "once is where order counts most, since everybody waits for everybody before them.";
  return figure;
}

Table everything(Lab& lab, std::string title, const LoadShape& load) {
  Table table;
  table.title = std::move(title);
  table.columns = {"mean, s", "p99, s", "slowdown", "makespan, s", "longest wait, s", "missed, %", "jumps"};
  for (const Contender& contender : everybody()) {
    const Metrics m = lab(load, contender);
    table.rows.push_back({contender.name,
                          {m.mean_turnaround, m.p99_turnaround, m.mean_slowdown, m.makespan, m.longest_wait,
                           m.missed, m.jumps}});
  }
  return table;
}

std::vector<Table> all_tables(Lab& lab) {
  std::vector<Table> tables;
  for (const Shape& shape : kShapes)
    for (const bool poisson : {true, false})
      for (const double error : {1.0, 4.0}) {
        LoadShape load = poisson ? shape_of(shape.durations, 0.8) : all_at_once(shape.durations);
        load.estimate_error = error;
        tables.push_back(everything(lab,
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
  Lab lab(repeats);
  Lab large(quick ? 1 : 3);
  Part part;
  part.title = "Orchestrator policies, in virtual time";
  part.intro = fmt::format(
      "PriorityOrchestrator runs generated loads in a simulation: 1,000 tasks on 4 workers, of 200 ms on "
      "average, half of them with a deadline that can be met; each number is the mean of {} loads, the same "
      "for all. Tasks that arrive over time are given to it in one call, each with its release time: it "
      "neither starts nor counts a task before. At 80 % load the tasks need 80 % of the workers' time.",
      repeats);
  progress("policies: turnaround");
  part.figures.push_back(turnaround(lab));
  part.figures.push_back(longest_wait(lab));
  part.figures.push_back(makespan(lab));
  progress("policies: estimates and stealing");
  part.figures.push_back(wrong_estimates(lab));
  part.figures.push_back(stealing(lab));
  progress("policies: deadlines");
  part.figures.push_back(misses(lab));
  part.figures.push_back(jumps(lab));
  progress("policies: sizes");
  part.figures.push_back(by_size(large, quick));
  progress("policies: all tables");
  part.tables = all_tables(lab);
  return part;
}

}  // namespace corokit::bench
