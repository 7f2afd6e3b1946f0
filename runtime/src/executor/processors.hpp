#pragma once
#include <cstddef>
#include <string>

namespace corokit::detail {

/// Returns: how many processors the calling thread may run on; at least 1.
std::size_t allowed_processors() noexcept;

/// Returns: the CPU quota of the process's control group, or of one above it, in processors and rounded up; 0 if there
/// is none. It knows both versions of control groups. `root`: the folder whose proc/ is read, and in which the groups
/// are mounted; "/" outside of tests.
/// Throws: std::bad_alloc.
std::size_t processor_quota(const std::string& root);

}  // namespace corokit::detail
