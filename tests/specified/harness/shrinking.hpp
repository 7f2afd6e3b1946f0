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

/// Takes the values from a list, and all other choices from another strategy. The values come first in a schedule.
class WithValues final : public explorer::Strategy {
 public:
  WithValues(const Values& values, Strategy& others) noexcept : values_(values), others_(others) {}
  std::size_t choose(const explorer::Point& point) override {
    if (point.kind != explorer::Kind::value) return others_.choose(point);
    const std::size_t value = next_ < values_.size() ? values_[next_] : 0;
    ++next_;
    return value < point.count ? value : 0;
  }
  bool advance() override { return false; }

 private:
  const Values& values_;
  Strategy& others_;
  std::size_t next_ = 0;
};

/// Looks for the shortest schedule that ends as another one does, with the simplest values. How long it looks is decided by
/// what it has played, so that it finds the same each time, on a busy machine as well; clocks end it only on a slow one.
class Shrinking {
 public:
  Shrinking(Play play, Simplify simplify) : play_(std::move(play)), simplify_(simplify) {}

  /// Returns: the shortest schedule that was found. It is that of the seed if that does not fail, or ends otherwise when
  ///   it is played again.
  explorer::Deviations shortest(std::uint64_t seed) {
    explorer::Random random(seed);
    first_ = attempt(random);
    shortest_ = attempts_.deviations();
    if (!first_.failed()) return shortest_;
    try {
      if (simplify_ && attempts_.values() > 0) simplify_values(seed);
      if (ends_alike(shortest_))
        shortest_ = explorer::shrink(
            shortest_, [this](const explorer::Deviations& schedule) { return ends_alike(schedule); });
    } catch (const OutOfTime&) {  // the shortest so far
    }
    return shortest_;
  }

 private:
  struct OutOfTime {};
  using Clock = std::chrono::steady_clock;

  // In choices that were made: what it costs to make a process is about as much as many choices.
  static constexpr std::uint64_t kBudget = 1'500'000;
  static constexpr std::uint64_t kProcess = 1'000;
  static constexpr std::uint64_t kHang = 200'000;
  static constexpr std::chrono::milliseconds kProcessor{kSanitized ? 12'000 : 1'500};

  Attempts::Ending attempt(explorer::Strategy& chooser) {
    const Attempts::Ending ending = attempts_.play([&] {
      Tracing tracing(chooser);
      play_(tracing);
    });
    spent_ += kProcess + (ending.hung() ? kHang : attempts_.choices());
    return ending;
  }

  /// Remembers the schedule if it ends as the first one did. Returns: whether it does.
  bool ends_alike(explorer::Strategy& chooser) {
    if (spent_ >= kBudget || attempts_.processor() >= kProcessor || Clock::now() >= end_) throw OutOfTime();
    const bool is_alike = attempt(chooser) == first_;
    if (is_alike) shortest_ = attempts_.deviations();
    return is_alike;
  }
  bool ends_alike(const explorer::Deviations& schedule) {
    explorer::Replay replay(schedule);
    return ends_alike(replay);
  }

  /// Looks for simpler values in the plainest schedule; in that of the seed if it takes that one to fail.
  void simplify_values(std::uint64_t seed) {
    Values values(attempts_.values());
    for (const explorer::Deviation& deviation : shortest_)
      if (deviation.place < values.size()) values[deviation.place] = deviation.choice;
    bool is_plain = true;
    const auto fails = [&](const Values& simpler) {
      explorer::Replay plainest({});
      explorer::Random random(seed);
      WithValues chooser(simpler, is_plain ? static_cast<explorer::Strategy&>(plainest) : random);
      return ends_alike(chooser);
    };
    is_plain = fails(values);
    while (simplify_(values, fails)) {
    }
  }

  Play play_;
  const Simplify simplify_;
  Attempts attempts_;
  Attempts::Ending first_;
  explorer::Deviations shortest_;
  std::uint64_t spent_ = 0;
  const Clock::time_point end_ = Clock::now() + 2 * kProcessor;
};

}  // namespace
}  // namespace corokit::specified
