#pragma once
// What a predictive scheduler knows of the future: how long tasks will take, and how long the deadlines can
// wait.
#include <corokit/clock.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace corokit::detail {

/// Learns, for each priority, how long tasks take by their estimates: on average, and how far from it.
/// Thread-safety: one thread. Complexity: O(1). Source: the timer of TCP (mean and deviation, RFC 6298).
class Estimates {
 public:
  /// How long a task may well take: right estimates stay as they are, the less they can be trusted the more
  /// is added.
  Duration cautious(unsigned priority, Duration estimate) const {
    const Ratio& ratio = ratios_[ratios_[priority].seen > 0 ? priority : kAll];
    const double factor = std::min(ratio.mean + kCaution * ratio.deviation, kLimit);
    return Duration(static_cast<Duration::rep>(static_cast<double>(estimate.count()) * factor));
  }
  void learn(unsigned priority, Duration estimate, Duration actual) {
    const double measured = static_cast<double>(actual.count()) / static_cast<double>(estimate.count());
    for (const std::size_t i : {std::size_t{priority}, kAll})
      ratios_[i].learn(std::clamp(measured, 1.0 / kLimit, kLimit));
  }

 private:
  static constexpr double kLimit = 4;     // an estimate counts at most as so many times off
  static constexpr double kCaution = 2;   // deviations to add
  static constexpr double kWeight = 0.1;  // of the newest measurement, once there are some
  static constexpr std::size_t kAll =
      0;  // no priority: of all of them, for those that have none of their own

  struct Ratio {
    double mean = 1;
    double deviation = 0;
    int seen = 0;
    void learn(double measured) {
      ++seen;  // the estimate itself counts as a first measurement
      const double weight = std::max(kWeight, 1.0 / (seen + 1));
      deviation += weight * (std::abs(measured - mean) - deviation);
      mean += weight * (measured - mean);
    }
  };
  std::array<Ratio, 11> ratios_;
};

/// Tasks with deadlines, in the order of these, on some machines: until when can the first of them wait, so
/// that all meet theirs if only deadlines count from then on?
///
/// If the machines take tasks in that order, each starts when the work before it, shared by the machines, is
/// done, or earlier (Graham's bound). So a task that has to be over by `due`, and takes `work`, can wait
/// until
///     due - work - (work of those before it) / machines
/// and all of them until the least of these. A tree of minima keeps it: each node knows the minimum below it,
/// and what was subtracted from everything below it.
///
/// Thread-safety: one thread. Complexity: O(log n) a change, O(n) for all at once, O(1) a look. O(n) memory.
class LatestStart {
 public:
  /// A time, or a span of it, in nanoseconds; kNever is later than all that occur.
  using Time = std::int64_t;
  static constexpr Time kNever = INT64_MAX / 2;

  LatestStart(std::size_t size, std::size_t machines)
      : machines_(static_cast<Time>(machines)), shares_(size) {
    while (leaves_ < size) leaves_ *= 2;
    nodes_.resize(2 * leaves_);
  }

  /// From here on task `i` waits, and takes `work`.
  void wait(std::size_t i, Instant due, Duration work) { change(i, latest(due, work), share(work)); }
  /// It has a machine: it need not start any more, but those behind it wait for the rest of its work.
  void run(std::size_t i) { change(i, kNever, shares_[i]); }
  /// It is over, or does not count any more.
  void forget(std::size_t i) { change(i, kNever, 0); }

  /// When the first has to start. kNever if none waits.
  Time get() const noexcept { return nodes_[1].least > kNever / 4 * 3 ? kNever : nodes_[1].least; }

  /// What counts of a task.
  struct Demand {
    Instant due{};
    Duration work{};
    bool counts = false;  // it waits or runs
    bool waits = false;
  };

  /// Changes what counts of all of them: `look(i)` gives the Demand of each.
  template <class Look>
  void rebuild(Look look) {
    Time before = 0;  // work of those before, shared by the machines
    for (std::size_t i = 0; i < shares_.size(); ++i) {
      const Demand demand = look(i);
      nodes_[leaves_ + i] = {demand.waits ? latest(demand.due, demand.work) - before : kNever, -before};
      shares_[i] = demand.counts ? share(demand.work) : 0;
      before += shares_[i];
    }
    for (std::size_t node = leaves_ - 1; node > 0; --node) nodes_[node] = {minimum_below(node), 0};
  }

 private:
  struct Node {
    Time least = kNever;
    Time shift = 0;  // of everything below; of a leaf, of itself
  };

  static Time latest(Instant due, Duration work) {
    return std::min(due.time_since_epoch().count(), kNever / 2) - work.count();
  }
  Time share(Duration work) const { return (work.count() + machines_ - 1) / machines_; }
  Time minimum_below(std::size_t node) const {
    return std::min(nodes_[2 * node].least, nodes_[2 * node + 1].least);
  }

  /// Sets a leaf, and shifts all leaves to the right of it: those are right children beside the way up.
  void change(std::size_t i, Time value, Time new_share) {
    const Time shift = std::exchange(shares_[i], new_share) - new_share;
    std::size_t node = leaves_ + i;
    nodes_[node].least = value == kNever ? kNever : value + nodes_[node].shift;
    for (; node > 1; node /= 2) {
      if (node % 2 == 0) {
        nodes_[node + 1].least += shift;
        nodes_[node + 1].shift += shift;
      }
      nodes_[node / 2].least = minimum_below(node / 2) + nodes_[node / 2].shift;
    }
  }

  Time machines_;
  std::size_t leaves_ = 1;
  std::vector<Node>
      nodes_;  // a complete binary tree: the children of i are 2i and 2i + 1, the leaves come last
  std::vector<Time> shares_;
};

}  // namespace corokit::detail
