#pragma once
#include "output/language.hpp"
#include "running/test_run.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace corokit::moulinette {

/// A timeline for people, one line for each moment at which the same happened to some tasks. Their run is named where
/// there are several. Of a timeline that is longer than `lines`, the middle is left out: its end says more than its
/// beginning. What tests say of an event is as it is; moves are in the language.
std::string timeline_table(const std::vector<TimelineEvent>& timeline, std::size_t lines, Language language);

}  // namespace corokit::moulinette
