#pragma once
#include "exercise/spec.hpp"
#include "verdict/candidate.hpp"
#include "verdict/verdict.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace corokit::moulinette {

// A limit follows from what right solutions take: it is twice that at least, and what is slow takes one and a half times
// the limit at least, so that neither is judged by chance. (Kattis infers the time limits of its problems so:
// ac_to_time_limit is 2, time_limit_to_tle is 1.5; see kattis.com/problem-package-format.) Processor time counts, not the
// clock on the wall: a machine may be busy.
inline constexpr int kRightTakesAtMost = 2;       // one part of so many
inline constexpr double kSlowTakesAtLeast = 1.5;  // times the limit

/// The most that right solutions take of a limit.
struct LimitUse {
  std::string limit;  // as spec.json names it
  double used = 0;    // in its unit
  double allowed = 0;
  std::string who;  // an implementation, and one of its tests
};

/// Returns: the limits with which right solutions must do: half of the memory.
LimitsSpec for_right(LimitsSpec limits);
/// Returns: the limits that slow solutions must exceed.
LimitsSpec for_slow(LimitsSpec limits);

/// Returns: the most that these tests took of each limit of processor time.
std::vector<LimitUse> largest_uses(const std::vector<Graded>& right, const LimitsSpec& limits);

/// A test that took more than it may, once; it is played again before that counts.
struct Suspect {
  std::size_t test = 0;
  std::string limit;
  double used = 0;
};
/// Returns: the tests of a right solution that took more than half of a limit of processor time.
std::vector<Suspect> over_half(const Graded& graded, const LimitsSpec& limits);

/// Plays those again that took too much, one at a time, with a candidate for each of `right`. Returns: a sentence on each
///   that took too much again.
std::vector<std::string> check_uses(const std::vector<Graded>& right,
                                    const std::vector<const Candidate*>& candidates, Session& session);

/// What the limits of an exercise should be.
struct SuggestedLimit {
  LimitUse use;  // by medians of some runs
  std::size_t suggested = 0;
};

/// Plays right solutions some times, and with less and less memory. Requires: no rung, whose limits are not in spec.json.
std::vector<SuggestedLimit> suggest_limits(Session& session);

}  // namespace corokit::moulinette
