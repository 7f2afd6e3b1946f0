#include "repetitions.hpp"

#include <algorithm>
#include <string_view>

namespace corokit::explorer {
namespace {

constexpr std::size_t kLongest = 16;  // the most steps that a repeated run has

/// Whether two operations are the same, apart from the numbers of steps, as in "saw 1 (main, step 8)".
bool same_operation(std::string_view a, std::string_view b) {
  constexpr std::string_view kStep = "step ";
  const auto skip_number = [](std::string_view& text) {
    const std::size_t end = text.find_first_not_of("0123456789");
    text.remove_prefix(std::min(end, text.size()));
  };
  for (;;) {
    const std::size_t until = std::min(a.find(kStep), a.size());
    if (a.substr(0, until) != b.substr(0, until) ||
        b.substr(until, kStep.size()) != a.substr(until, kStep.size()))
      return false;
    a.remove_prefix(until);
    b.remove_prefix(until);
    if (a.empty()) return b.empty();
    a.remove_prefix(kStep.size());
    b.remove_prefix(kStep.size());
    skip_number(a);
    skip_number(b);
  }
}

/// Why the lane before stopped is not compared at the first step of all: what comes before it is not a part of the loop.
bool same(const Recording::Step& a, const Recording::Step& b, bool compare_switch) {
  return a.lane == b.lane && same_operation(a.operation, b.operation) && a.place == b.place &&
         a.source == b.source && a.values == b.values && a.wakes == b.wakes &&
         (!compare_switch || a.switched == b.switched);
}

/// Returns: the first place from which on steps are not folded together with those before `end`.
std::size_t barrier_after(const Recording& recording, std::size_t place) {
  std::size_t end = recording.steps.size();
  for (const std::size_t broken : recording.broken_at) {
    if (broken >= place) end = std::min(end, broken);
  }
  if (recording.left_out > 0 && recording.left_out_at > place) end = std::min(end, recording.left_out_at);
  return end;
}

/// Returns: how often the run of `count` steps at `first` comes again, right after itself and before `end`.
std::size_t repetitions(const Recording& recording, std::size_t first, std::size_t count, std::size_t end) {
  const auto& steps = recording.steps;
  std::size_t more = 0;
  for (std::size_t again = first + count; again + count <= end; again += count, ++more) {
    for (std::size_t i = 0; i < count; ++i) {
      // The second round is what the later ones must be like.
      const std::size_t like = more == 0 ? first + i : first + count + i;
      if (!same(steps[like], steps[again + i], more > 0 || i > 0)) return more;
    }
  }
  return more;
}

}  // namespace

std::vector<Stretch> fold_repetitions(const Recording& recording) {
  std::vector<Stretch> stretches;
  for (std::size_t first = 0; first < recording.steps.size();) {
    const std::size_t end = barrier_after(recording, first);
    Stretch best{first, 1};
    for (std::size_t count = 1; count <= kLongest; ++count) {
      const std::size_t more = repetitions(recording, first, count, end);
      if (more > 0 && count * (more + 1) > best.count * (best.more + 1)) best = {first, count, more};
    }
    stretches.push_back(best);
    first += best.count * (best.more + 1);
  }
  return stretches;
}

}  // namespace corokit::explorer
