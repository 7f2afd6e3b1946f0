#pragma once
#include "process/interrupt.hpp"

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

namespace corokit::moulinette {

/// What a process may use.
struct ProcessLimits {
  std::chrono::milliseconds wall{60'000};
  std::chrono::seconds cpu{60};
  std::size_t memory = 0;  // bytes of address space; 0: no limit
  std::size_t file = 256U << 20U;
  std::size_t output = 64U << 10U;  // how much of what it prints is kept
};

struct Command {
  std::vector<std::string> argv;
  std::filesystem::path directory = {};  // where it runs; empty: where we do
  /// Not empty: the process inherits a socket as descriptor 3, over which it receives this first.
  std::string secret = {};
  bool inherits_environment = true;
};

/// How a process ended, and what it left.
struct Finished {
  enum class How { exited, signalled, out_of_time, interrupted, not_started };
  How how = How::not_started;
  /// The exit status; the signal; the errno of what is not_started; SIGXCPU when it was processor time that
  /// ran out.
  int code = 0;
  std::string output;      // stdout and stderr together, the middle left out where it is long
  bool shortened = false;  // whether the middle was left out
  std::string report;      // what came back over the socket

  bool succeeded() const noexcept { return how == How::exited && code == 0; }
};

/// Runs a process in a group of its own, until it ends, its time is up or the interrupt comes; then kills
/// what is left of it, with all that it started. Blocks the calling thread.
Finished run_process(const Command& command, const ProcessLimits& limits, const Interrupt& interrupt);

/// "SIGSEGV"
std::string signal_name(int signal);

}  // namespace corokit::moulinette
