#pragma once
#include <algorithm>
#include <cstddef>
#include <functional>
#include <utility>
#include <vector>

namespace corokit::specified::fuzzing {

/// The numbers below some bounds that make a scenario, one after another. A generator derives from it, and walks through a
/// scenario once, either to make one from numbers, or to find the numbers of one. The smaller a number is, the simpler is
/// what it stands for.
template <class Scenario>
class Numbers {
 public:
  /// Returns: the number to go on with. `wanted`: that of the scenario whose numbers are looked for; else 0.
  using Choose = std::function<std::size_t(std::size_t bound, std::size_t wanted)>;

  /// `wanted`: the scenario whose numbers are looked for; null if one is made.
  Numbers(const Scenario* wanted, Choose choose) : wanted_(wanted), choose_(std::move(choose)) {}

 protected:
  /// `wanted`, here and below: says of a scenario what is asked for.
  template <class Wanted>
  std::size_t one_of(std::size_t bound, const Wanted& wanted) {
    return bound < 2 ? 0 : choose_(bound, wanted_ ? wanted(*wanted_) : 0);
  }
  /// Returns: an entry of a table.
  template <class T, class Wanted>
  T from(const std::vector<T>& table, const Wanted& wanted) {
    return first_of(table, table.size(), wanted);
  }
  /// Returns: one of the first entries of a table.
  template <class T, class Wanted>
  T first_of(const std::vector<T>& table, std::size_t count, const Wanted& wanted) {
    return table[one_of(std::min(count, table.size()), [&](const Scenario& scenario) {
      return static_cast<std::size_t>(std::ranges::find(table, wanted(scenario)) - table.begin());
    })];
  }

 private:
  const Scenario* const wanted_;
  const Choose choose_;
};

}  // namespace corokit::specified::fuzzing
