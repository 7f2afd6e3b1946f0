#include "load.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <queue>
#include <random>

namespace corokit::bench {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr Duration kShortest = milliseconds(1);
constexpr Duration kLongest = seconds(60);

/// Draws random numbers. It does not use the distributions of <random>, which differ between libraries.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : engine_(seed) {}

  /// Returns: a number in [0, 1).
  double uniform() { return static_cast<double>(engine_() >> 11) * 0x1p-53; }
  double between(double least, double most) { return least + uniform() * (most - least); }
  double exponential(double mean) { return -mean * std::log1p(-uniform()); }
  /// Draws from a Pareto distribution between two bounds.
  double pareto(double exponent, double least, double most) {
    const double tail = 1 - std::pow(least / most, exponent);
    return least * std::pow(1 - uniform() * tail, -1 / exponent);
  }

 private:
  std::mt19937_64 engine_;
};

Duration in_bounds(double in_seconds) {
  const auto wanted = std::chrono::duration<double>(in_seconds);
  return std::clamp(std::chrono::duration_cast<Duration>(wanted), kShortest, kLongest);
}

Duration draw_duration(Durations durations, Dice& dice) {
  switch (durations) {
    case Durations::bimodal:
      return dice.uniform() < 0.9 ? milliseconds(50) : milliseconds(1550);
    case Durations::heavy_tailed:
      return in_bounds(dice.pareto(1.1, 0.035, 60));
    default:
      return in_bounds(dice.exponential(0.2));
  }
}

double in_seconds(Duration duration) {
  return std::chrono::duration<double>(duration).count();
}

/// Draws the arrivals, so that the work is the wanted share of the workers' time.
void draw_arrivals(std::vector<Job>& jobs, const LoadShape& shape, Dice& dice) {
  double work = 0;
  for (const Job& job : jobs) work += in_seconds(job.duration);
  const double mean_gap = work / static_cast<double>(jobs.size() * shape.workers) / *shape.utilisation;
  double time = 0;
  for (Job& job : jobs) {
    time += dice.exponential(mean_gap);
    job.arrival = std::chrono::duration_cast<Duration>(std::chrono::duration<double>(time));
  }
}

/// Returns: the ends of the tasks if each free worker takes any task that has arrived.
/// Requires: the tasks are in the order of arrival.
std::vector<Duration> schedule_in_random_order(const std::vector<Job>& jobs, std::size_t workers,
                                               Dice& dice) {
  std::vector<Duration> ends(jobs.size());
  std::priority_queue<Duration, std::vector<Duration>, std::greater<>> free_at;
  for (std::size_t i = 0; i < workers; ++i) free_at.push(Duration::zero());
  std::vector<std::size_t> waiting;
  for (std::size_t next = 0; next < jobs.size() || !waiting.empty();) {
    Duration time = free_at.top();
    free_at.pop();
    if (waiting.empty()) time = std::max(time, jobs[next].arrival);
    while (next < jobs.size() && jobs[next].arrival <= time) waiting.push_back(next++);
    const auto pick = static_cast<std::size_t>(dice.uniform() * static_cast<double>(waiting.size()));
    std::swap(waiting[pick], waiting.back());
    ends[waiting.back()] = time + jobs[waiting.back()].duration;
    free_at.push(ends[waiting.back()]);
    waiting.pop_back();
  }
  return ends;
}

}  // namespace

std::vector<Job> generate(const LoadShape& shape) {
  // Each property has a stream of random numbers of its own, so a change of one leaves the others as they were.
  Dice durations(shape.seed * 8), arrivals(shape.seed * 8 + 1), errors(shape.seed * 8 + 2);
  Dice priorities(shape.seed * 8 + 3), order(shape.seed * 8 + 4), deadlines(shape.seed * 8 + 5);
  std::vector<Job> jobs(shape.tasks);
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    jobs[i].id = static_cast<std::uint32_t>(i);
    jobs[i].priority = 1 + static_cast<unsigned>(priorities.uniform() * 10);
    jobs[i].duration = draw_duration(shape.durations, durations);
    const double error = std::pow(shape.estimate_error, errors.between(-1, 1));
    jobs[i].estimate = error == 1 ? jobs[i].duration : in_bounds(in_seconds(jobs[i].duration) * error);
  }
  if (shape.utilisation) draw_arrivals(jobs, shape, arrivals);
  const std::vector<Duration> ends = schedule_in_random_order(jobs, shape.workers, order);
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    const double slack = in_seconds(jobs[i].duration) * deadlines.between(0.5, 4);
    const auto later = std::chrono::duration_cast<Duration>(std::chrono::duration<double>(slack));
    if (deadlines.uniform() < shape.with_deadline) jobs[i].deadline = ends[i] + later;
  }
  return jobs;
}

}  // namespace corokit::bench
