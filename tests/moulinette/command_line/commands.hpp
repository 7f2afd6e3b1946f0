#pragma once
#include "mutation/mutate.hpp"
#include "sandbox/sandbox.hpp"
#include "verdict/session.hpp"

#include <optional>
#include <string>
#include <vector>

namespace corokit::moulinette {

/// What the command line asked for.
struct Request {
  std::filesystem::path kit;  // the list of exercises, written by the build
  OutputOptions output;
  Selection selection = {};              // of grade
  bool hints = false;                    // grade gives a hint
  std::optional<std::size_t> hint = {};  // its number; the next one otherwise
  /// The least that the sandbox must offer; a submission runs at what there is otherwise.
  std::optional<SandboxLevel> required_sandbox = {};
  std::vector<std::string> reports = {};  // for platforms: "junit", "gradescope=FILE"
  bool release = false;                   // with the messages of hidden tests
};

/// What replay shows, and how.
struct ReplayOptions {
  std::string token;                // empty: the recording
  std::optional<std::string> file;  // the solution
  std::string recording;            // a file that an explorer wrote
  bool step = false;
  std::string html;      // the file that gets the page; empty: none
  std::string perfetto;  // the same for the trace
};

// Each command returns the exit status of the program: 0 if the result is as expected, 1 if it is not, 130 if the user
// interrupted it. Each throws Error.

/// Grades a solution: `file`, or without it the file that the student fills in.
int grade_command(const Request& request, const std::string& exercise,
                  const std::optional<std::string>& file);
/// Plays the schedule that a token names again, or draws a recording.
int replay_command(const Request& request, const ReplayOptions& options);
/// Validates exercises, or all of them if there are no names. Each test runs `times` times.
int validate_command(const Request& request, const std::vector<std::string>& exercises, std::size_t times);
/// Measures what right solutions take, and says what the limits of the exercises should be.
int limits_command(const Request& request, const std::vector<std::string>& exercises);
/// Makes mutants of an exercise and plays the tests on them, and keeps what is compiled: `options.cache` is set here.
int mutate_command(const Request& request, const std::string& exercise, MutateOptions options);
/// Lists the exercises: those with this tag, or all if it is empty.
int list_command(const Request& request, const std::string& tag);

/// Writes out what all commands have printed.
///
/// Throws: Error if it cannot be written.
void flush_output();

}  // namespace corokit::moulinette
