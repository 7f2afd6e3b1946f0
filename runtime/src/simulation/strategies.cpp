#include "strategies.hpp"

#include <algorithm>

namespace corokit::explorer {
namespace {

constexpr std::uint32_t kLongestPause =
    9;  // random strategies let a task give way before one of so many awaits

/// Returns: 0, or with a chance of one in `one_in` any choice; any choice of what the program asks or is given.
std::size_t at_random(detail::Rng& rng, std::uint32_t one_in, const Point& point) {
  const bool is_schedule = point.kind != Kind::branch && point.kind != Kind::value;
  if (is_schedule && one_in > 1 && rng.below(one_in) != 0) return 0;
  if (point.kind == Kind::pause)
    return 1 + rng.below(static_cast<std::uint32_t>(std::min<std::size_t>(point.count - 1, kLongestPause)));
  return rng.below(static_cast<std::uint32_t>(point.count));
}

}  // namespace

/// Returns: what a choice that is not 0 is counted in.
unsigned& DepthFirst::used(const Made& made, std::size_t choice) noexcept {
  switch (made.kind) {
    case Kind::preemption:
    case Kind::pause:
      return used_preemptions_;
    case Kind::stale_load:
      return used_stale_loads_;
    case Kind::spurious_wake:
      return used_spurious_wakes_;
    case Kind::order:
      return choice >= made.free ? used_preemptions_ : unbounded_;
    case Kind::branch:
    case Kind::value:
      break;
  }
  return unbounded_;
}

std::size_t DepthFirst::choose(const Point& point) {
  if (depth_ < made_.size()) {
    const Made& made = made_[depth_++];
    diverged_ = diverged_ || made.count != point.count || made.kind != point.kind;
    return std::min(made.choice, point.count - 1);
  }
  ++depth_;
  const bool may_preempt = used_preemptions_ < preemptions_;
  bool within = true;
  if (point.kind == Kind::preemption || point.kind == Kind::pause) within = may_preempt;
  if (point.kind == Kind::stale_load) within = used_stale_loads_ < bounds_.stale_loads;
  if (point.kind == Kind::spurious_wake) within = used_spurious_wakes_ < bounds_.spurious_wakes;
  std::size_t highest = within ? point.count - 1 : 0;
  if (point.kind == Kind::order && point.free < point.count && !may_preempt) {
    highest = std::max<std::size_t>(point.free, 1) - 1;
    within = false;
  }
  made_.push_back({0, 1, highest, point.count, point.free, point.kind, !within});
  return 0;
}

void DepthFirst::limit(std::size_t place, std::size_t lowest, std::size_t highest) {
  if (place >= made_.size()) return;  // only if the program is not deterministic
  Made& made = made_[place];
  if (made.choice != 0) return;
  made.lowest = std::max(made.lowest, lowest);
  if (highest < made.lowest) made.cut = false;  // there was nothing to choose
  made.highest = std::min(made.highest, highest);
}

void DepthFirst::count_cuts(const Made& made) noexcept {
  if (!made.cut) return;
  if (made.kind == Kind::stale_load || made.kind == Kind::spurious_wake)
    cut_other_ = true;
  else
    cut_preemption_ = true;
}

bool DepthFirst::advance() {
  made_.resize(std::min(made_.size(), depth_));  // shorter only if the program is not deterministic
  depth_ = 0;
  while (!made_.empty()) {
    Made& last = made_.back();
    if (last.choice != 0)
      --used(last, last.choice);
    else
      count_cuts(last);
    last.choice = std::max(last.choice + 1, last.lowest);
    if (last.choice <= last.highest) {
      ++used(last, last.choice);
      ++schedules_;
      return true;
    }
    made_.pop_back();
  }
  return next_round();
}

bool DepthFirst::next_round() {
  rounds_done_ = preemptions_;
  complete_ = !cut_preemption_ && !cut_other_;
  ended_ = !cut_preemption_ || preemptions_ == bounds_.preemptions;
  if (ended_) return false;
  ++preemptions_;
  schedules_ = 1;
  cut_preemption_ = cut_other_ = false;
  return true;
}

std::size_t Random::choose(const Point& point) {
  return at_random(rng_, one_in_, point);
}

bool Random::advance() {
  one_in_ = 1U << rng_.below(8);
  return true;
}

bool Pct::advance() {
  longest_ = std::max(longest_, steps_);
  steps_ = 0;
  ++schedule_;
  lowest_ = depth_;
  one_in_ = 1U << rng_.below(8);
  changes_.clear();
  for (unsigned i = 1; i < depth_; ++i) changes_.push_back(rng_.below(static_cast<std::uint32_t>(longest_)));
  std::ranges::sort(changes_, std::greater());
  return true;
}

std::uint64_t& Pct::priority(std::uint64_t runner) {
  Priority& priority = priorities_[runner];
  if (priority.schedule != schedule_) priority = {(rng_.next() >> 1U) + depth_, schedule_};
  return priority.value;
}

/// Returns: the choice of the highest priority. If there are many it looks at the first of them only, so that a step
/// costs O(1).
std::size_t Pct::choose_runner(const Point& point) {
  constexpr std::size_t kMany = 64;
  std::size_t best = 0;
  std::uint64_t highest = 0;
  for (std::size_t i = 0; i < std::min(point.count, kMany); ++i) {
    const std::uint64_t of_this = priority(point.runner(point.context, i)) + 1;
    if (of_this <= highest) continue;
    highest = of_this;
    best = i;
  }
  return best;
}

std::size_t Pct::choose(const Point& point) {
  if (!point.runner) return at_random(rng_, one_in_, point);
  const std::uint64_t step = steps_++;
  std::size_t pause = 0;
  while (!changes_.empty() && changes_.back() <= step) {
    changes_.pop_back();
    priority(point.runner(point.context, 0)) = --lowest_;
    pause = 1 + rng_.below(kLongestPause);
  }
  return point.kind == Kind::pause ? pause : choose_runner(point);
}

std::size_t Replay::choose(const Point& point) {
  const std::size_t place = place_++;
  if (next_ == schedule_.size() || schedule_[next_].place != place) return 0;
  const std::size_t choice = schedule_[next_++].choice;
  return choice < point.count ? choice : 0;  // a shorter schedule may have come to another place
}

}  // namespace corokit::explorer
