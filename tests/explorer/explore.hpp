#pragma once
#include <cstdint>
#include <functional>
#include <string>

// Plays a small concurrent program on every schedule within bounds, under the memory model of C++. The program is built
// with COROKIT_MODEL, so that the runtime takes its atomics and locks (detail/sync/atomic.hpp) and the threads of its
// workers (executor/thread.hpp) from here. Threads are fibers of one OS thread, and one runs at a time. Each operation
// on an atomic is a point where another thread may continue. A load may give any value that the memory model allows,
// not only the newest; memory.hpp says what it excludes.
//
// Source: the exploration follows CHESS (bounded preemptions, by M. Musuvathi and S. Qadeer) and loom.
namespace corokit::model {

struct Bounds {
  /// The number of times that a schedule may preempt a thread that could continue.
  unsigned preemptions = 2;
  /// The number of loads of a schedule that may give a value that is not the newest.
  unsigned stale_loads = 2;
  /// The greatest number of schedules that are played.
  std::uint64_t schedules = 500'000;
  /// The greatest number of operations of a schedule. One with more is reported as a livelock.
  std::uint64_t operations = 20'000;
};

struct Report {
  /// The number of schedules that were played.
  std::uint64_t schedules = 0;
  /// Whether every schedule within the bounds was played.
  bool exhaustive = false;
  /// The first failure and its schedule, drawn, without the deviations that it does not need; empty if there was none.
  std::string failure;
  /// Its schedule. With the environment variable COROKIT_EXPLORE_REPLAY=TOKEN, it is the only one that is played.
  std::string token;
};

/// Plays `program` anew on every schedule, depth first, until one fails: first those without a preemption, then those
/// with one, and so on.
/// A schedule fails by require(), by an access to a Plain that is not ordered, by a deadlock, or by a livelock. The
/// objects of a failed schedule are leaked.
/// Requires: the program is deterministic, apart from the values that it takes from this engine.
Report explore(const Bounds& bounds, const std::function<void()>& program);

/// Plays `program` on `bounds.schedules` schedules that are chosen at random, for programs that have too many.
Report sample(const Bounds& bounds, std::uint64_t seed, const std::function<void()>& program);

/// Fails the schedule unless `condition` holds. `what` says in words what has to hold.
/// Requires: the caller is in a program.
void require(bool condition, const char* what);

}  // namespace corokit::model
