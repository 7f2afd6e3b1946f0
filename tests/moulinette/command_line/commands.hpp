#pragma once
#include "verdict/session.hpp"

#include <string>
#include <vector>

namespace corokit::moulinette {

/// What the command line asked for.
struct Request {
  std::filesystem::path kit;  // the list of exercises that the build wrote
  OutputOptions output;
};

// Each returns the program's exit status: 0 as expected, 1 not, 130 interrupted. Throws Error.

/// An empty `file`: the file to fill in.
int grade_command(const Request& request, const std::string& exercise, const std::string& file);
/// No names: all exercises. Each test is played `times` times.
int validate_command(const Request& request, const std::vector<std::string>& exercises, std::size_t times);
int list_command(const Request& request);
/// Asks the questions of an exercise, and reads the answers from the standard input; with --json lists them.
int quiz_command(const Request& request, const std::string& exercise);

}  // namespace corokit::moulinette
