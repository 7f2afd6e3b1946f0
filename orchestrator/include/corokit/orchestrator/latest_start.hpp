#pragma once
#include <corokit/time/clock.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace corokit {

/// Computes until when tasks with deadlines can wait, so that all of them meet their deadlines if machines then take
/// them in the order of their deadlines. Tasks are numbered in this order, from 0.
///
/// Each task then starts when the work before it, divided by the number of machines, is done, or earlier (Graham's
/// bound). So a task that has to end by `due` and takes `work` can wait until
///     due - work - (work of the tasks before it) / machines
/// and all tasks can wait until the least of these times. A tree of minima keeps it: each node holds the minimum below
/// it, and what was subtracted from everything below it.
///
/// Thread-safety: one thread.
/// Complexity: O(log n) for each change, O(n) for rebuild(), O(1) for get(); O(n) memory.
class LatestStart {
 public:
  /// A point in time or a duration, in nanoseconds; kNever is later than all points in time that occur.
  using Time = std::int64_t;
  static constexpr Time kNever = INT64_MAX / 2;

  /// Makes room for `size` entries, whose work is done on `machines` machines.
  LatestStart(std::size_t size, std::size_t machines)
      : machines_(static_cast<Time>(machines)), shares_(size) {
    while (leaves_ < size) leaves_ *= 2;
    nodes_.resize(2 * leaves_);
  }

  /// Task `i` waits from now on, and takes `work`.
  void wait(std::size_t i, Instant due, Duration work) { change(i, latest(due, work), share(work)); }
  /// Task `i` has a machine: it no longer has to start, but the tasks after it wait for its work.
  void run(std::size_t i) { change(i, kNever, shares_[i]); }
  /// Task `i` is over, or its deadline does not count any more.
  void forget(std::size_t i) { change(i, kNever, 0); }

  /// Returns: until when the waiting tasks can wait; kNever if none waits.
  Time get() const noexcept { return nodes_[1].least > kNever / 4 * 3 ? kNever : nodes_[1].least; }

  /// What a task contributes.
  struct Demand {
    Instant due{};
    Duration work{};
    bool counts = false;  // the task waits or runs
    bool waits = false;
  };

  /// Replaces the contributions of all tasks: `look(i)` gives the Demand of task `i`.
  template <class Look>
  void rebuild(Look look) {
    Time before = 0;  // the work of the tasks before, divided by the machines
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
    Time shift = 0;  // was added to everything below; in a leaf, to itself
  };

  static Time latest(Instant due, Duration work) {
    return std::min(due.time_since_epoch().count(), kNever / 2) - work.count();
  }
  Time share(Duration work) const { return (work.count() + machines_ - 1) / machines_; }
  Time minimum_below(std::size_t node) const {
    return std::min(nodes_[2 * node].least, nodes_[2 * node + 1].least);
  }

  /// Sets a leaf and shifts all leaves to its right, which are below right siblings of the path to the root.
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
  // A complete binary tree: the children of node i are 2i and 2i + 1, and the leaves come last.
  std::vector<Node> nodes_;
  std::vector<Time> shares_;
};

}  // namespace corokit
