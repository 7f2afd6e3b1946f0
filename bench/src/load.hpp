#pragma once
#include <corokit/time/clock.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace corokit::bench {

/// How long tasks take. All have a mean of about 200 ms.
enum class Durations {
  exponential,   ///< memoryless: most are short, few are five times the mean
  bimodal,       ///< nine of ten take 50 ms, the tenth takes 1,550 ms
  heavy_tailed,  ///< Pareto with exponent 1.1, from 35 ms to 60 s: a few tasks are most of the work
};

/// What a load looks like; the same shape and seed give the same load, with any compiler and library.
struct LoadShape {
  std::size_t tasks = 1000;
  std::size_t workers = 4;
  Durations durations = Durations::exponential;
  /// Share of the workers' time that the tasks need, if they arrive one by one at random times (a Poisson
  /// process); none: all are there at once.
  std::optional<double> utilisation = 0.8;
  double estimate_error = 1;   ///< an estimate is wrong by up to this factor, either way
  double with_deadline = 0.5;  ///< share of the tasks that have a deadline
  std::uint64_t seed = 1;
};

/// A task of a load. Times count from the beginning of the load.
struct Job {
  Job() = default;

  std::uint32_t id = 0;
  unsigned priority = 1;  ///< 1 to 10, with nothing to do with the rest
  Duration arrival{};
  Duration duration{};  ///< what it really takes
  Duration estimate{};  ///< what the orchestrator is told
  std::optional<Duration> deadline;
};

/// Makes a load, in the order of arrival.
///
/// Deadlines can all be met, by construction: the tasks are played once in a random order, each as soon as it
/// has arrived and a worker is free, and a deadline lies half to four times the task's duration after its end
/// there.
/// Returns: durations and estimates within the bounds of PriorityOrchestrator, 1 ms to 60 s.
/// Complexity: O(n log n).
std::vector<Job> generate(const LoadShape& shape);

}  // namespace corokit::bench
