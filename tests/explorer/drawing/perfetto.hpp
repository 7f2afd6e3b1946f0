#pragma once
#include <simulation/recording.hpp>

#include <string>

namespace corokit::explorer {

/// Returns: a trace in Chrome's JSON format, which ui.perfetto.dev and chrome://tracing open: a thread for each lane with
///   its spans and steps, an arrow for each wake-up, a counter for each series, and the finding. Where the scale counts steps, each takes 1 ms.
/// Source: "Trace Event Format" (Chromium's documentation).
std::string perfetto(const Recording& recording);

}  // namespace corokit::explorer
