#pragma once
#include <chrono>
#include <string>
#include <vector>

namespace corokit::peers {

/// Runs a program to its end and returns its standard output; its standard error is ours.
///
/// `environment`: "NAME=value" in addition to ours.
/// Throws: std::runtime_error if it cannot be started, fails, is killed by a signal or takes longer than `limit`.
std::string output_of(const std::vector<std::string>& command, const std::vector<std::string>& environment,
                      std::chrono::milliseconds limit);

/// Whether the loader finds this library to preload.
bool can_preload(const std::string& library);

}  // namespace corokit::peers
