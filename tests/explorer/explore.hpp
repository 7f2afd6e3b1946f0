#pragma once
#include <cstdint>
#include <functional>
#include <string>

// Plays a small concurrent program on every schedule within bounds, under the memory model of C++. The program is built
// with COROKIT_MODEL, so that the runtime takes its atomics and locks (detail/sync/atomic.hpp) and its workers' threads
// (executor/thread.hpp) from here. Threads are fibers of one OS thread, and one runs at a time: each operation on an
// atomic is a point where another may go on, and a load may give any value that the model allows, not just the newest.
//
// Source: the exploration follows CHESS (bounded preemptions: M. Musuvathi, S. Qadeer) and loom; the memory is the
// operational one with views (J. Kang and others, "A promising semantics", without promises: a store does not overtake a
// load that stands before it).
namespace corokit::model {

struct Bounds {
  /// How often a schedule may take the processor from a thread that could go on.
  unsigned preemptions = 2;
  /// How many loads of a schedule may give a value that is not the newest.
  unsigned stale_loads = 2;
  /// How many schedules are played at most.
  std::uint64_t schedules = 500'000;
  /// How many operations a schedule may have; one with more is taken for a livelock.
  std::uint64_t operations = 20'000;
};

struct Report {
  std::uint64_t schedules = 0;  ///< played
  bool exhaustive = false;      ///< every schedule within the bounds was played
  std::string failure;  ///< what was wrong first, with the schedule, an operation a line; empty if nothing
};

/// Plays `program` anew on every schedule, depth first, until one fails. It has to be deterministic but for what it takes
/// from the model. It fails by require(), by a Plain that is not ordered, by a deadlock, or by a livelock. What a failed
/// schedule holds is leaked.
Report explore(const Bounds& bounds, const std::function<void()>& program);

/// As explore(), on `bounds.schedules` schedules chosen at random, for programs with too many.
Report sample(const Bounds& bounds, std::uint64_t seed, const std::function<void()>& program);

/// Inside a program: fails the schedule unless `condition`.
void require(bool condition, const char* what);

}  // namespace corokit::model
