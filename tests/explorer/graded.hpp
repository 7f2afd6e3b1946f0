#pragma once
#include <string>
#include <vector>

#include "interception/player.hpp"

namespace corokit::model {

/// Takes the secret of the grader, which has started this process. Before any code of a solution is loaded.
void receive_orders_of_grader();

/// Plays programs for the grader, one after another. What it finds goes to the grader, a line of JSON each,
/// or to standard output if there is none:
///   {"begins":"oneshot"}
///   {"part":"oneshot","outcome":"passed","schedules":17,"exhausted":true,"coverage":"all 17 schedules with …"}
///   {"part":"oneshot","outcome":"failed","finding":"data race","message":"…","where":["oneshot.hpp:25"],"schedules":3,
///    "token":"4.1","recording":{…}}
///   {"outcome":"passed"}                                     once all have passed
/// `orders`: NAME or NAME:PREEMPTIONS:STALE_LOADS:SPURIOUS_WAKES:SCHEDULES. `token`: of the only schedule that is played,
/// which is recorded also if it passes; empty: all within the bounds.
///
/// Returns: whether all have passed.
bool play_for_grader(Player& player, const std::vector<std::string>& orders, const std::string& token);

}  // namespace corokit::model
