#pragma once
#include "command_line/commands.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace corokit::moulinette {

// Commands for whoever writes and hands out exercises. Each returns the exit status of the program, and throws Error.

/// Checks the contracts of these exercises of a tree, or of all, without building them.
int spec_command(const Request& request, const std::filesystem::path& root,
                 std::vector<std::string> exercises);

/// What pack makes, and where.
struct PackOptions {
  std::string exercise;
  std::string platform;
  std::filesystem::path
      out;  // a folder that is not there, or a file whose name ends with .zip; empty: beside us
  std::filesystem::path root;  // of the repository
  std::string kit_version;
  std::optional<std::uint64_t> seed;  // by which it grades; without one, course_seed()
};

/// Makes what a platform takes of an exercise. Nothing is built.
int pack_command(const Request& request, const PackOptions& options);

}  // namespace corokit::moulinette
