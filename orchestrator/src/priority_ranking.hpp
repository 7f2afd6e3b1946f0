#pragma once
// Ordered tables of a scheduler. Complexity of every change and every look: O(log n).
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <utility>
#include <vector>

namespace corokit::detail {

/// The key that jobs are ordered by: the smallest comes first. Its last element that matters is unique.
using RankKey = std::array<std::int64_t, 3>;

/// Compares two keys, and counts the comparison if there is a counter.
struct Sooner {
  std::uint64_t* count;
  bool operator()(const RankKey& a, const RankKey& b) const noexcept {
    if (count) ++*count;
    return a < b;
  }
};

/// Jobs in the order of one kind of key.
///
/// Thread-safety: one thread.
template <class Job>
class Ranking {
 public:
  explicit Ranking(std::uint64_t* comparisons) : jobs_(Sooner{comparisons}) {}

  void insert(const RankKey& key, Job& job) { jobs_.emplace(key, &job); }
  /// Does nothing if no job has this key.
  void erase(const RankKey& key) { jobs_.erase(key); }

  bool empty() const noexcept { return jobs_.empty(); }
  std::size_t size() const noexcept { return jobs_.size(); }
  /// Requires: not empty.
  Job& first() const { return *jobs_.begin()->second; }
  Job& last() const { return *jobs_.rbegin()->second; }

 private:
  std::map<RankKey, Job*, Sooner> jobs_;
};

/// A table of values which knows where its least and its greatest value are.
///
/// Thread-safety: one thread.
template <class Value>
class Extremes {
 public:
  Extremes(std::size_t size, Value value) : values_(size, value) {
    for (std::size_t i = 0; i < size; ++i) order_.emplace_hint(order_.end(), value, i);
  }

  void set(std::size_t i, Value value) {
    order_.erase({values_[i], i});
    values_[i] = value;
    order_.emplace(value, i);
  }
  Value operator[](std::size_t i) const { return values_[i]; }
  std::size_t least() const { return order_.begin()->second; }
  std::size_t most() const { return order_.rbegin()->second; }

 private:
  std::vector<Value> values_;
  std::set<std::pair<Value, std::size_t>> order_;
};

}  // namespace corokit::detail
