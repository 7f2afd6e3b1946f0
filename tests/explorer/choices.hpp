#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace corokit::model {

/// A choice that is not the default one, which is 0.
struct Deviation {
  std::size_t place;  // which choice of the schedule it is, from 0
  std::size_t choice;
  bool operator==(const Deviation&) const = default;
};

/// A schedule: how it differs from the one in which no thread is preempted and all loads see the newest values. In the
/// order of the places.
using Deviations = std::vector<Deviation>;

/// Returns: a schedule as a short text, such as "4.1-17.2"; "0" if it has no deviation.
std::string token(const Deviations& schedule);
/// Returns: the schedule of a token; none if it is no token.
std::optional<Deviations> parse_token(std::string_view token);

/// Leaves out as many deviations as it can, so that the schedule still fails. `fails` plays a schedule.
/// Requires: `schedule` fails.
/// Complexity: O(n²) schedules for n deviations, O(n log n) if few of them matter.
/// Source: delta debugging (A. Zeller and R. Hildebrandt, "Simplifying and isolating failure-inducing input").
Deviations shrink(Deviations schedule, const std::function<bool(const Deviations&)>& fails);

/// The source of all choices of a schedule: depth first over all of them, at random, or as in a schedule before.
class Choices {
 public:
  static Choices depth_first() { return Choices(0); }
  /// Requires: `seed` is not 0.
  static Choices at_random(std::uint64_t seed) { return Choices(seed); }
  static Choices replay(Deviations schedule);

  /// Returns: a number below `count`. 0 is the choice of a program that is never preempted and sees the newest values.
  /// Requires: `count` is at least 1.
  std::size_t next(std::size_t count);
  /// Goes on to the next schedule. Returns: false if all were tried.
  bool advance();
  /// Returns: the schedule up to here.
  Deviations deviations() const;

 private:
  explicit Choices(std::uint64_t seed) : random_(seed) {}
  std::size_t choose(std::size_t count);
  std::size_t draw(std::size_t count);

  struct Made {
    std::size_t choice;
    std::size_t count;
  };
  std::vector<Made> made_;
  std::size_t depth_ = 0;
  std::optional<Deviations> replayed_;
  std::size_t next_deviation_ = 0;
  std::uint64_t random_;  // 0: depth first
  // At random, one choice in `one_in_` may differ from 0. The number changes from schedule to schedule, because some
  // mistakes need few such choices that are far apart, and others need many.
  std::size_t one_in_ = 2;
};

}  // namespace corokit::model
