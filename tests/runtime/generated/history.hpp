#pragma once
#include <array>
#include <cstddef>
#include <optional>
#include <vector>

#include "programs.hpp"

namespace corokit::generated {

/// What an operation answers, as a number whose meaning is the primitive's own. None: it waits.
using Answer = std::optional<int>;

/// A piece of an operation that takes effect at one moment between two times. An operation that waits has several: it is
/// called, and then it goes on or is dropped.
struct Piece {
  enum class Kind : unsigned char {
    call,   ///< the operation is asked for; it is over with an answer, or it waits
    end,    ///< the operation goes on: with an answer, or it waits again
    drop,   ///< the operation was dropped while it waited
    waits,  ///< nothing else could happen, and the operation still waited
  };
  Kind kind;
  std::size_t operation;
  Answer answer;
  int from;
  int to;
};

/// What each thread did in one schedule, piece by piece. The last one is the observer, who comes when all is over.
struct History {
  static constexpr std::size_t kObserver = kThreads;
  std::array<std::vector<Piece>, kThreads + 1> threads;
  int clock = 0;

  /// Notes that a piece begins now.
  void begin(std::size_t thread, Piece::Kind kind, std::size_t operation) {
    threads[thread].push_back({kind, operation, std::nullopt, clock, clock});
    ++clock;
  }
  /// Notes that the newest piece of a thread is over.
  void end(std::size_t thread, Answer answer) {
    threads[thread].back().answer = answer;
    threads[thread].back().to = clock++;
  }
};

}  // namespace corokit::generated
