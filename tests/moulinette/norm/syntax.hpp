#pragma once
#include "exercise/spec.hpp"
#include "norm/norm.hpp"
#include "process/interrupt.hpp"

#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace corokit::moulinette {

/// Reads the syntax of a source with libclang, where it is installed: what aliases, macros, function pointers and templates
/// that are never instantiated stand for. That happens in a process of its own, with limits; if it crashes or takes too
/// long, nothing is held against the source, and the level says so. `folders` are include folders that come first. `box` is
/// the folder of a submission, whose reader sees no more than its compiler; empty for the kit's own sources.
NormRead check_syntax(const std::filesystem::path& source, const Manifest& manifest, const NormRules& rules,
                      const LimitsSpec& limits, const std::vector<std::filesystem::path>& folders,
                      const Interrupt& interrupt, const std::filesystem::path& box = {});

/// Returns: the program that reads syntax, and the version of the libclang that it finds: what its findings depend on.
std::string syntax_reader();

/// Returns: what the rules say to what a process `norm_syntax` has printed.
NormRead judge_syntax(const nlohmann::json& printed, const NormRules& rules);

}  // namespace corokit::moulinette
