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
/// Of one that is replayed also the moves that it would be in a duel: ,"moves":[0,1,0]
/// `orders`: NAME or NAME:PREEMPTIONS:STALE_LOADS:SPURIOUS_WAKES:SCHEDULES. `token`: of the only schedule that is played,
/// which is recorded also if it passes; empty: all within the bounds.
///
/// Returns: whether all have passed.
bool play_for_grader(Player& player, const std::vector<std::string>& orders, const std::string& token);

/// Plays one schedule of a program as far as a person has chosen how it goes: `moves`, such as "0 1 0", are the numbers of
/// what was chosen wherever there was a choice; see duel.hpp. If there is a choice left, it says among what:
///   {"part":"oneshot","outcome":"open","about":"thread","options":[{"thread":"main","place":"oneshot.hpp:25",
///    "source":"…"},…],"token":"4.1","recording":{…}}
/// The first of the threads is the one that runs, if it could go on. About "value", the options are what a load can see,
/// the newest first: {"value":"1"}; about "number", what choose() can return: {"number":0}. Otherwise it says how the
/// schedule ended, as above.
void play_duel(Player& player, const std::string& order, const std::string& moves);

}  // namespace corokit::model
