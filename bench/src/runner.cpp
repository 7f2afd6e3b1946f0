#include "runner.hpp"

#include "parallel.hpp"

#include <fmt/format.h>
#include <algorithm>
#include <chrono>
#include <numeric>
#include <stdexcept>

namespace corokit::bench {
namespace {

constexpr std::size_t kTries = 20;  // how many loads are tried for each feasible one

std::string name_of(const LoadShape& shape) {
  return fmt::format("{} {} {} {} {} {} {}", shape.tasks, shape.workers, static_cast<int>(shape.durations),
                     shape.utilisation.value_or(0), shape.estimate_error, shape.with_deadline, shape.seed);
}

}  // namespace

Metrics Runner::mean(LoadShape shape, const TestedPolicy& policy, const Seeds& seeds) {
  std::vector<Metrics> runs(seeds.size());
  in_parallel(seeds.size(), [&](std::size_t i) {
    LoadShape mine = shape;
    mine.seed = seeds[i];
    runs[i] = measure(run_load(generate(mine), policy, mine.workers, mine.seed));
  });
  return mean_of(runs);
}

Runner::Seeds Runner::all_seeds(const LoadShape& shape) const {
  Seeds seeds(repeats_);
  std::iota(seeds.begin(), seeds.end(), shape.seed);
  return seeds;
}

Metrics Runner::operator()(const LoadShape& shape, const TestedPolicy& policy) {
  const auto [place, is_new] = known_.try_emplace(name_of(shape) + policy.name);
  if (is_new) place->second = mean(shape, policy, all_seeds(shape));
  return place->second;
}

Metrics Runner::feasible(const LoadShape& shape, const TestedPolicy& policy) {
  const auto [place, is_new] = known_.try_emplace("feasible " + name_of(shape) + policy.name);
  if (is_new) place->second = mean(shape, policy, feasible_seeds(shape));
  return place->second;
}

const Runner::Seeds& Runner::feasible_seeds(LoadShape shape) {
  const auto [place, is_new] = feasible_.try_emplace(name_of(shape));
  if (!is_new) return place->second;
  const std::uint64_t first = shape.seed;
  for (shape.seed = first; shape.seed < first + kTries * repeats_; ++shape.seed) {
    LoadShape exact = shape;
    exact.estimate_error = 1;
    if (measure(run_load(generate(exact), kDeadline, shape.workers, shape.seed)).missed > 0) continue;
    place->second.push_back(shape.seed);
    if (place->second.size() == repeats_) return place->second;
  }
  throw std::runtime_error("EDF misses deadlines of too many loads: " + name_of(shape));
}

double Runner::least_makespan(const LoadShape& shape) const {
  double sum = 0;
  for (const std::uint64_t seed : all_seeds(shape)) {
    LoadShape mine = shape;
    mine.seed = seed;
    Duration work{}, longest{};
    for (const Job& job : generate(mine)) {
      work += job.duration;
      longest = std::max(longest, job.duration);
    }
    const Duration least = std::max(work / static_cast<Duration::rep>(shape.workers), longest);
    sum += std::chrono::duration<double>(least).count();
  }
  return sum / static_cast<double>(repeats_);
}

}  // namespace corokit::bench
