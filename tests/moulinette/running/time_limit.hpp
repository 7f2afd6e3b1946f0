#pragma once
#include "process/process.hpp"
#include "running/run_messages.hpp"

#include <chrono>
#include <string>

namespace corokit::moulinette {

/// What is said of a process that was killed because it used the processor for too long.
inline constexpr RunText kComputesForEver = "{}: it loops, or computes for far too long";

/// Returns: that a process was killed at a place since its wall-clock time ran out, and what it did until then: a lost
///   wake-up uses no processor time once it waits, and a loop uses all that others leave to it. Where nobody can tell, it
///   does not say.
inline std::string still_running(const Finished& finished, const std::string& place,
                                 std::chrono::seconds wall) {
  constexpr int kWaits = 50;     // a part of the time: less than one of so many
  constexpr int kComputes = 12;  // on a busy machine a loop has no more than a tenth, say
  const std::string killed = run_message("killed {}, still running after {} s", place, wall.count());
  if (finished.processor * kWaits < wall)
    return run_message("{}: it waits for something that never comes", killed);
  return finished.processor * kComputes > wall ? run_message(kComputesForEver, killed) : killed;
}

}  // namespace corokit::moulinette
