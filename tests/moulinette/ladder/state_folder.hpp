#pragma once
#include <filesystem>

namespace corokit::moulinette {

/// Returns: the folder in which the program keeps what it remembers of its user: corokit in XDG_STATE_HOME, or in
///   .local/state of HOME. Empty if neither names a folder. It need not exist.
std::filesystem::path state_folder();

}  // namespace corokit::moulinette
