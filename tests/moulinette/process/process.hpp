#pragma once
#include "process/interrupt.hpp"

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

namespace corokit::moulinette {

/// What a process may use; 0 is no limit, but for `wall`.
struct ProcessLimits {
  std::chrono::milliseconds wall{60'000};
  std::chrono::seconds cpu{60};
  std::size_t memory = 0;           // bytes of address space
  std::size_t file = 256U << 20U;   // bytes of a file that it writes
  std::size_t output = 64U << 10U;  // bytes of its output that are kept
};

struct Command {
  std::vector<std::string> argv;              // the program is looked up in PATH unless its name has a slash
  std::filesystem::path directory = {};       // where it runs; empty: where we do
  std::vector<std::string> environment = {};  // "NAME=value", in addition
  bool inherits_environment = true;
  bool merges_errors = true;  // standard error goes into the output; else to ours
  /// Not empty: the process inherits a socket as descriptor 3, over which it receives this first.
  std::string secret = {};
};

/// How a process ended, and what it left.
struct Finished {
  enum class How { exited, signalled, out_of_time, interrupted, not_started };
  How how = How::not_started;
  /// The exit status; the signal; the errno of not_started; SIGXCPU if the processor time ran out.
  int code = 0;
  std::string output;      // the middle left out where it is long; the reason of not_started
  bool shortened = false;  // whether the middle was left out
  std::string report;      // what came back over the socket

  bool succeeded() const noexcept { return how == How::exited && code == 0; }
};

/// Runs a process in a group of its own until it ends or its time is up; then kills what is left of it, with all
/// processes that it started. Blocks the calling thread.
Finished run_process(const Command& command, const ProcessLimits& limits);

/// The same, but the interrupt ends the process as well.
Finished run_process(const Command& command, const ProcessLimits& limits, const Interrupt& interrupt);

/// "SIGSEGV"
std::string signal_name(int signal);

}  // namespace corokit::moulinette
