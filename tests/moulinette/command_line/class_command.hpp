#pragma once
#include "command_line/commands.hpp"

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace corokit::moulinette {

/// What the command line says of a class.
struct ClassRequest {
  std::array<std::string, 2> arguments;  // EXERCISE DIR, or DIR alone
  std::string exercise;                  // by the option
  std::string roster;
  std::string out;
  std::string deadline;
  std::string late;
  std::string count = "last";
  bool release = false;
  std::string shard;
  bool merge = false;
  std::vector<std::string> shards;  // the folders to merge; empty: those beside the results
  std::size_t hints = 0;            // how many a student's page has for the test that it shows in full
  std::string version;              // of the program
};

/// Grades the hand-ins of a class, or makes one class of its shards.
int class_command(const Request& request, const ClassRequest& options);

}  // namespace corokit::moulinette
