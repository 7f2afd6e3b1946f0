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

/// The programs that are played of an alphabet.
struct Programs {
  std::vector<Program> chosen;
  /// The number of those that there are with up to three operations: all of them are chosen.
  std::size_t small = 0;
  /// The number of those that there are with four operations, from which a part is chosen at random.
  std::size_t large = 0;
};

/// Makes the programs of two threads with one or two steps each, and of three threads with one or two, up to four steps
/// in all, and up to the order of the threads.
/// `most_large`: how many of those with four steps are chosen, with the help of `seed`.
Programs make_programs(const std::vector<Form>& forms, std::size_t most_large, std::uint64_t seed);

}  // namespace corokit::generated
