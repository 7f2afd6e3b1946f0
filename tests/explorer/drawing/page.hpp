#pragma once
#include <simulation/recording.hpp>

#include <string>

namespace corokit::explorer {

/// Returns: an HTML page that shows a recording as a timeline and as a table, for one to step through. It refers to no
///   other file, and needs no network. Nothing in the recording can become a part of its script or of its structure.
///   Without JavaScript it shows what draw_timeline() and draw_table() draw.
std::string page(const Recording& recording);

}  // namespace corokit::explorer
