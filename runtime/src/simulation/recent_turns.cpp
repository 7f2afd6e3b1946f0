#include "recent_turns.hpp"

#include <algorithm>
#include <utility>

namespace corokit::sim {

std::vector<RecentTurns::Share> RecentTurns::shares() const {
  std::map<std::uint64_t, Share> by_task;
  for (std::size_t i = 0; i < std::min(count_, turns_.size()); ++i) {
    Share& share = by_task[turns_[i].task];
    share.task = turns_[i].task;
    ++share.turns;
    if (turns_[i].where) ++share.places[turns_[i].where];
  }
  std::vector<Share> result;
  for (auto& [task, share] : by_task) result.push_back(std::move(share));
  std::stable_sort(result.begin(), result.end(),
                   [](const Share& a, const Share& b) { return a.turns > b.turns; });
  return result;
}

std::string RecentTurns::describe() const {
  constexpr std::size_t kShown = 3;
  const std::size_t known = std::min(count_, turns_.size());
  std::string text;
  std::size_t shown = 0;
  for (const Share& share : shares()) {
    if (++shown > kShown || (shown > 1 && share.turns * 10 < known)) break;  // less than a tenth
    text += (shown > 1 ? ", " : "") +
            (share.task ? "task " + std::to_string(share.task) : std::string("spawn_blocking")) + " had " +
            std::to_string(share.turns) + " of the last " + std::to_string(known) + " turns";
    const auto most = std::max_element(share.places.begin(), share.places.end(),
                                       [](const auto& a, const auto& b) { return a.second < b.second; });
    text += most == share.places.end() ? " and never waits" : ", in " + std::string(most->first);
  }
  const bool stands = known > 0 && turns_[count_ % known].time == turns_[(count_ - 1) % known].time;
  return text + (stands ? "; time stands still" : "");
}

}  // namespace corokit::sim
