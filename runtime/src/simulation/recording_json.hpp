#pragma once
#include "recording.hpp"

#include <string>

namespace corokit::explorer {

/// Writes a recording as JSON, with the names of its fields; a state is its name, a value is a pair. It is ASCII without
/// `<`, so that it can stand in a script of a page as well. Bytes that are not UTF-8 become U+FFFD.
///
/// Returns: a JSON object, one step or span a line, without a '\n' at its end.
std::string to_json(const Recording& recording);

}  // namespace corokit::explorer
