#pragma once
#include "process/interrupt.hpp"

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

namespace corokit::moulinette {

/// What a process may use. 0 means no limit, except for `wall`.
struct ProcessLimits {
  std::chrono::milliseconds wall{60'000};
  std::chrono::seconds cpu{60};
  std::size_t memory = 0;           // bytes of address space
  std::size_t file = 256U << 20U;   // bytes of a file that it writes
  std::size_t output = 64U << 10U;  // bytes of its output that are kept
  std::size_t report = 64U << 10U;  // bytes of what it sends over the socket that are kept
};

struct Command {
  std::vector<std::string> argv;         // PATH is searched for a program without a slash in its name
  std::filesystem::path directory = {};  // the current directory of the process; empty: ours
  std::vector<std::string> environment =
      {};  // more variables: "NAME=value"; every process has LC_ALL=C.UTF-8
  bool inherits_environment = true;
  bool merges_errors = true;  // standard error is part of the output, instead of going to ours
  /// If this is not empty, the process inherits a socket as descriptor 3 and first receives this text over it.
  std::string secret = {};
  /// Descriptors of ours that the process inherits as 4, 5 and so on.
  std::vector<int> inherited = {};
};

/// How a process ended, and what it wrote.
struct Finished {
  enum class How { exited, signalled, out_of_time, interrupted, not_started };
  How how = How::not_started;
  /// For exited the exit status, for signalled the signal, for not_started the errno, for out_of_time SIGXCPU if the
  /// processor time ran out and 0 otherwise.
  int code = 0;
  std::string output;                      // without its middle where it is long; for not_started the reason
  bool shortened = false;                  // whether the output lacks its middle
  std::string report;                      // what the process sent over the socket
  std::chrono::milliseconds processor{0};  // the processor time that it used

  bool succeeded() const noexcept { return how == How::exited && code == 0; }
};

/// Runs a process in a group of its own until it ends or its time is up, then kills what is left of it and of the
/// processes that it started. Blocks the calling thread.
///
/// Thread-safety: any thread.
Finished run_process(const Command& command, const ProcessLimits& limits);

/// Does the same; the interrupt ends the process as well.
Finished run_process(const Command& command, const ProcessLimits& limits, const Interrupt& interrupt);

/// Says in `finished` how a process ended whose status wait() has given: `processor` is set. `cpu` is the limit of its
/// processor time.
void set_ending(Finished& finished, int status, std::chrono::seconds cpu);

/// Raises the limit of open descriptors as far as the system allows; processes do not inherit that.
///
/// Returns: how many processes can run at once within the limit, at least 1.
std::size_t most_processes();

/// Returns: the name of a signal, such as "SIGSEGV".
std::string signal_name(int signal);

}  // namespace corokit::moulinette
