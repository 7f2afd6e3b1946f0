#pragma once
#include <simulation/recording.hpp>

#include <optional>
#include <string_view>

namespace corokit::explorer {

/// Reads what to_json() writes. A field that is not there has its default.
///
/// Returns: none if the text is no such JSON, or if a step, a span or the finding is about what does not exist.
std::optional<Recording> read_recording(std::string_view json);

}  // namespace corokit::explorer
