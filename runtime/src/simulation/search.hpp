#pragma once
#include "choices.hpp"
#include "recording.hpp"

#include <corokit/explore.hpp>

#include <functional>
#include <string>

namespace corokit::explorer {

/// How a schedule ended.
struct Played {
  std::string failure;               // what broke; empty if nothing did
  std::vector<std::string> reached;  // what reached() held for, unless it did in a schedule before
  std::vector<std::string> missed;   // what it was asked for, and did not hold, unless before
};

/// Plays one schedule, whose choices come from `choices`; writes it down in `recording` unless that is null.
using Play = std::function<Played(Choices& choices, Recording* recording)>;

/// Plays schedules within the options until one fails, and makes that one short. What explores tasks and what explores
/// threads both search with it.
Report search(const Options& options, const Play& play);

}  // namespace corokit::explorer
