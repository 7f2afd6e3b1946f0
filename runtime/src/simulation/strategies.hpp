#pragma once
#include "choices.hpp"

#include <corokit/detail/executor/rng.hpp>

#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

namespace corokit::explorer {

/// How many choices of each kind may differ from 0 in one schedule.
struct Bounds {
  unsigned preemptions = 2;
  unsigned stale_loads = 0;
  unsigned spurious_wakes = 0;
};

/// All schedules within bounds: first those without a preemption, then with one, and so on.
/// Source: iterative context bounding (M. Musuvathi and S. Qadeer, "Iterative context bounding for systematic testing of
/// multithreaded programs").
class DepthFirst final : public Strategy {
 public:
  explicit DepthFirst(const Bounds& bounds) noexcept : bounds_(bounds) {}
  std::size_t choose(const Point& point) override;
  void limit(std::size_t place, std::size_t lowest, std::size_t highest) override;
  bool advance() override;

  /// Returns: the bounds within which all schedules were played; none if there are not even all without a preemption.
  std::optional<Bounds> exhausted() const noexcept {
    if (!rounds_done_) return {};
    return Bounds{*rounds_done_, bounds_.stale_loads, bounds_.spurious_wakes};
  }
  /// Returns: whether no bound has cut a schedule off, so that there is no other schedule at all.
  bool complete() const noexcept { return complete_; }
  /// Returns: whether there is no further schedule within the bounds.
  bool ended() const noexcept { return ended_; }
  /// Returns: how many schedules this round has played: within its bound, each once.
  std::uint64_t schedules() const noexcept { return schedules_; }
  /// Returns: whether a schedule came to other choices than it did before: the program is not deterministic.
  bool diverged() const noexcept { return diverged_; }

 private:
  struct Made {
    std::size_t choice;
    std::size_t lowest;   // of the choices besides 0
    std::size_t highest;  // 0 if none of them is within the bounds
    std::size_t count;
    std::size_t free;
    Kind kind;
    bool cut;  // whether a bound keeps some choices out
  };
  unsigned& used(const Made& made, std::size_t choice) noexcept;
  void count_cuts(const Made& made) noexcept;
  bool next_round();

  const Bounds bounds_;
  unsigned preemptions_ = 0;       // the bound of this round
  unsigned used_preemptions_ = 0;  // in this schedule, as the two below
  unsigned used_stale_loads_ = 0;
  unsigned used_spurious_wakes_ = 0;
  unsigned unbounded_ = 0;  // how many choices that no bound counts are not 0
  std::vector<Made> made_;
  std::size_t depth_ = 0;
  bool cut_preemption_ = false;  // whether this round left something out because of its bound of preemptions
  bool cut_other_ = false;
  std::optional<unsigned> rounds_done_;
  std::uint64_t schedules_ = 1;
  bool complete_ = false;
  bool ended_ = false;
  bool diverged_ = false;
};

/// Schedules at random, without end. In some of them few choices differ from 0, in others many; those of the kinds branch
/// and value are always taken at random.
class Random final : public Strategy {
 public:
  explicit Random(std::uint64_t seed) noexcept : rng_(seed) {}
  std::size_t choose(const Point& point) override;
  bool advance() override;

 private:
  detail::Rng rng_;
  std::uint32_t one_in_ = 1;  // how often a choice may differ from 0: in the first schedule each may
};

/// Whoever has the highest of random priorities runs, and a few times in a schedule whoever runs gets the lowest. A
/// mistake that needs d such events is found with a probability of at least 1 / (n k^(d-1)) in each schedule, where n is
/// the number of tasks or threads, and k the number of their steps.
/// Source: S. Burckhardt and others, "A randomized scheduler with probabilistic guarantees of finding bugs" (PCT).
class Pct final : public Strategy {
 public:
  /// `depth`: the d above, at least 1.
  Pct(std::uint64_t seed, unsigned depth) noexcept : rng_(seed), depth_(depth) { advance(); }
  std::size_t choose(const Point& point) override;
  bool advance() override;

 private:
  struct Priority {
    std::uint64_t value = 0;
    std::uint64_t schedule = 0;  // that it was drawn for, from 1
  };
  std::uint64_t& priority(std::uint64_t runner);
  std::size_t choose_runner(const Point& point);

  detail::Rng rng_;
  const unsigned depth_;
  std::uint64_t schedule_ = 0;
  std::uint64_t steps_ = 0;             // of this schedule
  std::uint64_t longest_ = 1;           // the most steps that a schedule had
  std::vector<std::uint64_t> changes_;  // the steps at which a priority falls, the next one last
  std::unordered_map<std::uint64_t, Priority> priorities_;  // kept, so that a schedule allocates nothing
  std::uint64_t lowest_ = 0;  // the priority of the next one that falls: each is lower than those before
  std::uint32_t one_in_ = 1;  // as in Random, for the choices that are not about who runs
};

/// One schedule that was played before.
class Replay final : public Strategy {
 public:
  explicit Replay(Deviations schedule) noexcept : schedule_(std::move(schedule)) {}
  std::size_t choose(const Point& point) override;
  bool advance() override { return false; }

 private:
  Deviations schedule_;
  std::size_t next_ = 0;
  std::size_t place_ = 0;
};

}  // namespace corokit::explorer
