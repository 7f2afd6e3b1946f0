#pragma once
// Included by main.cpp only, as channel.hpp is.
#include "attempt.hpp"

#include "simulation/strategies.hpp"

#include <chrono>
#include <functional>
#include <utility>

namespace corokit::specified {
namespace {

/// Plays a schedule to its end.
using Play = std::function<void(explorer::Strategy& chooser)>;

/// Looks for the shortest schedule that ends as another one does. How long it looks is decided by what it has played, so
/// that it finds the same each time; a clock ends it only on a slow machine.
class Shrinking {
 public:
  explicit Shrinking(Play play) : play_(std::move(play)) {}

  /// Returns: the shortest schedule that was found. It is that of `found` if that does not fail, or ends otherwise when it
  ///   is played again.
  explorer::Deviations shortest(explorer::Strategy& found) {
    const Attempts::Ending first = attempt(found);
    explorer::Deviations shortest = attempts_.deviations();
    if (!first.failed()) return shortest;
    const EndsAlike ends_alike = [&](const explorer::Deviations& schedule) {
      if (spent_ >= kBudget || Clock::now() >= end_) throw OutOfTime();
      explorer::Replay replay(schedule);
      const bool is_alike = attempt(replay) == first;
      if (is_alike) shortest = schedule;
      return is_alike;
    };
    try {
      if (ends_alike(shortest)) shortest = explorer::shrink(shortest, ends_alike);
    } catch (const OutOfTime&) {  // the shortest so far
    }
    return shortest;
  }

 private:
  using EndsAlike = std::function<bool(const explorer::Deviations&)>;
  struct OutOfTime {};
  using Clock = std::chrono::steady_clock;

  // In choices that were made: what it costs to make a process is about as much as many choices.
  static constexpr std::uint64_t kBudget = 1'500'000;
  static constexpr std::uint64_t kProcess = 1'000;
  static constexpr std::uint64_t kHang = 200'000;

  Attempts::Ending attempt(explorer::Strategy& chooser) {
    const Attempts::Ending ending = attempts_.play([&] {
      Tracing tracing(chooser);
      play_(tracing);
    });
    spent_ += kProcess + (ending.hung() ? kHang : attempts_.choices());
    return ending;
  }

  Play play_;
  Attempts attempts_;
  std::uint64_t spent_ = 0;
  const Clock::time_point end_ = Clock::now() + std::chrono::milliseconds(kSanitized ? 12'000 : 1'200);
};

}  // namespace
}  // namespace corokit::specified
