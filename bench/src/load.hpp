#pragma once
#include <corokit/time/clock.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace corokit::bench {

/// The distribution of the durations of tasks. The mean of each is about 200 ms.
enum class Durations {
  exponential,   ///< most tasks are short, a few take five times the mean
  bimodal,       ///< nine tasks of ten take 50 ms, the tenth takes 1,550 ms
  heavy_tailed,  ///< Pareto with exponent 1.1, from 35 ms to 60 s: a few tasks make up most of the work
};

/// The parameters of a load. The same parameters give the same load, with any compiler and library.
struct LoadShape {
  std::size_t tasks = 1000;
  std::size_t workers = 4;
  Durations durations = Durations::exponential;
  /// The share of the workers' time that the tasks need, if they arrive as a Poisson process. If it is not set, all tasks
  /// arrive at once.
  std::optional<double> utilisation = 0.8;
  double estimate_error = 1;   ///< an estimate is wrong by up to this factor, either way
  double with_deadline = 0.5;  ///< the share of the tasks that have a deadline
  std::uint64_t seed = 1;
};

/// A task of a load. Times are counted from the beginning of the load.
struct Job {
  Job() = default;

  std::uint32_t id = 0;
  unsigned priority = 1;  ///< from 1 to 10, drawn independently of the other members
  Duration arrival{};
  Duration duration{};  ///< how long the task takes
  Duration estimate{};  ///< how long the orchestrator expects the task to take
  std::optional<Duration> deadline;
};

/// Generates a load.
///
/// All deadlines of a load can be met, by construction. The generator schedules the tasks once in a random order, each as
/// soon as it has arrived and a worker is free. A deadline is 0.5 to 4 times the duration of the task after its end in
/// this schedule.
///
/// Returns: the tasks in the order of arrival. Durations and estimates are within the bounds of PriorityOrchestrator, 1 ms
///   to 60 s.
/// Complexity: O(n log n).
std::vector<Job> generate(const LoadShape& shape);

}  // namespace corokit::bench
