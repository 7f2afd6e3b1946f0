#pragma once
#include <sys/resource.h>
#include <string>

namespace corokit::moulinette {

inline constexpr rlim_t kOwnDescriptors = 32;         // those of this program that belong to no process
inline constexpr rlim_t kDescriptorsOfAProcess = 16;  // while it starts

/// Sets a limit of this process.
void limit(int resource, rlim_t soft, rlim_t hard);

/// Returns: the limit of open descriptors as it was given to us. The first call raises it as far as the system allows.
const rlimit& given_descriptors();

/// Throws: Error if so few descriptors may be open, or so few processes may run, that one of ours would fail somewhere.
void require_room();

/// Returns: what an error of the system says of the start of a process or a thread, and which limit is the reason.
std::string why_not_started(int error);

}  // namespace corokit::moulinette
