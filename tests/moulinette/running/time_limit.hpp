#pragma once
#include "process/process.hpp"

#include <chrono>
#include <string_view>

namespace corokit::moulinette {

/// The end of a sentence on a process that was killed because it used the processor for too long.
inline constexpr std::string_view kComputesForEver = ": it loops, or computes for far too long";

/// Returns: what a process did until its wall-clock time ran out, as the end of a sentence: a lost wake-up uses no
///   processor time once it waits, and a loop uses all that others leave to it. Empty where nobody can tell.
inline std::string_view what_it_did(const Finished& finished, std::chrono::milliseconds wall) noexcept {
  constexpr int kWaits = 50;     // a part of the time: less than one of so many
  constexpr int kComputes = 12;  // on a busy machine a loop has no more than a tenth, say
  if (finished.processor * kWaits < wall) return ": it waits for something that never comes";
  return finished.processor * kComputes > wall ? kComputesForEver : "";
}

}  // namespace corokit::moulinette
