#pragma once
#include "class/class_result.hpp"

#include <chrono>
#include <optional>
#include <string>

namespace corokit::moulinette {

/// Reads a moment as people write it: 2026-05-01T23:59, also with a blank instead of the T, seconds, or a zone (Z, +02:00);
/// without a zone it is the time of this machine. A date alone is the last second of that day.
///
/// Returns: none if the text is nothing of the kind.
std::optional<Moment> parse_moment(const std::string& text);

/// Reads "2 days", "36h", "1 week", "90 min". Returns: none if the text is nothing of the kind.
std::optional<std::chrono::seconds> parse_duration(const std::string& text);

/// What a hand-in that comes late loses.
///
///     10%/day, at most 3 days     each day that begins takes a tenth of the points; after three, there are none
///     5 points/hour, grace 10 min
///     none                        a late hand-in has no points
class LateRule {
 public:
  /// Lateness costs nothing.
  LateRule() = default;

  /// Throws: Error if the text is no rule; it says what a rule looks like.
  static LateRule parse(const std::string& text);

  /// Returns: the points that are left of those that were earned.
  int score(int earned, std::chrono::seconds late) const noexcept;

 private:
  bool refuses_ = false;
  double percent_ = 0;  // of the points that were earned, for each unit that begins
  double points_ = 0;   // the same, in points
  std::chrono::seconds unit_ = std::chrono::hours(24);
  std::chrono::seconds grace_{0};                // so little costs nothing
  std::optional<std::chrono::seconds> at_most_;  // after that there are no points
};

}  // namespace corokit::moulinette
