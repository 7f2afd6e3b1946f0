#pragma once
#include <cstddef>
#include <cstdint>
#include <vector>

namespace corokit::generated {

/// The most threads that a program has.
inline constexpr std::size_t kThreads = 3;

/// One step of a thread: an operation, played to its end, or dropped while it waits.
struct Step {
  static constexpr int kNever = -1;
  std::size_t operation = 0;
  /// After how many resumptions it is dropped, if it waits again; kNever if it waits for its end.
  int dropped_after = kNever;
};

/// A form in which a step may occur.
struct Form {
  Step step;
  /// The steps with the same number belong to one thread, as those of the only receiver; 0: to any.
  int owner = 0;
};

/// The steps of each thread.
using Program = std::vector<std::vector<Step>>;

/// The programs of an alphabet, up to the order of the threads: with two threads of one or two steps each, and with
/// three threads of one or two.
struct Programs {
  std::vector<Program> small;  ///< those with up to three steps in all
  std::vector<Program> large;  ///< those with four, in an order that is drawn
};

Programs make_programs(const std::vector<Form>& forms, std::uint64_t seed);

}  // namespace corokit::generated
