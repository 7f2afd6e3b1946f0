#pragma once
#include <cstddef>
#include <cstdint>

// What a test program includes of ours. The code that it tests includes nothing of ours: it uses std::, and is compiled
// so that each of its accesses to memory comes to the explorer, which loads the file and plays its programs:
//   ./moulinette explore tests/explorer/programs/oneshot.cpp
//
// A file says in its first lines what the explorer finds in it, one program a line, with options if it needs others:
//   // Explored: two_threads_count: right
//   // Explored: two_threads_count_badly: data race
//   // Explored: a_wait_may_end_for_nothing --spurious 1: broken
// A program that is right is played to the end within 2 preemptions and 1 stale load. The others are: data race,
// deadlock, lost wake-up, livelock, use after free, double free, leak, broken, uncaught exception, not reached, crash,
// not deterministic, too large.

namespace explored {

/// What all threads of the program have done since the schedule began.
struct Counts {
  std::uint64_t allocations = 0;         // of memory: operator new, malloc
  std::uint64_t atomic_operations = 0;   // loads, stores, read-modify-writes, fences
  std::uint64_t read_modify_writes = 0;  // of those; a compare_exchange counts also if it fails
  std::uint64_t locks = 0;               // of mutexes: locked, or tried
  std::uint64_t waits = 0;               // in the kernel: of a futex, or of a condition variable
  std::uint64_t wakes = 0;               // in the kernel: notify_one, notify_all, also if nobody waits

  friend Counts operator-(const Counts& later, const Counts& before) {
    return {later.allocations - before.allocations,
            later.atomic_operations - before.atomic_operations,
            later.read_modify_writes - before.read_modify_writes,
            later.locks - before.locks,
            later.waits - before.waits,
            later.wakes - before.wakes};
  }
};

}  // namespace explored

extern "C" {
void corokit_explored_program(const char* name, void (*body)());
void corokit_explored_require(bool condition, const char* what, const char* file, unsigned line);
void corokit_explored_wants(const char* what);
void corokit_explored_reached(const char* what);
void corokit_explored_note(const char* name, long long value);
std::size_t corokit_explored_choose(std::size_t count);
void corokit_explored_counts(explored::Counts* counts);
}

/// Defines a program that the explorer plays on every schedule: COROKIT_EXPLORED(two_threads_count) { … }
// NOLINTBEGIN(bugprone-macro-parentheses)
#define COROKIT_EXPLORED(name)                                                        \
  static void name();                                                                 \
  static const bool name##_is_known = (corokit_explored_program(#name, &name), true); \
  static void name()
// NOLINTEND(bugprone-macro-parentheses)

namespace explored {

/// Fails the schedule unless `condition` holds. `what` says in words what has to hold.
inline void require(bool condition, const char* what, const char* file = __builtin_FILE(),
                    unsigned line = __builtin_LINE()) {
  corokit_explored_require(condition, what, file, line);
}

/// Says that some schedule has to come to reached(what): the exploration fails if none does.
inline void wants(const char* what) {
  corokit_explored_wants(what);
}
inline void reached(const char* what) {
  corokit_explored_reached(what);
}

/// Records a number that changes, such as the free permits: a row of its own in the drawing of a schedule.
inline void note(const char* name, long long value) {
  corokit_explored_note(name, value);
}

/// Returns: a number from 0 to count - 1. All of them are tried, each in schedules of its own: which operation comes next,
/// where something is dropped, how large something is.
inline std::size_t choose(std::size_t count) {
  return corokit_explored_choose(count);
}

/// Returns: what has happened since the schedule began:
///   const auto before = explored::counts();
///   mutex.unlock();
///   explored::require((explored::counts() - before).read_modify_writes == 1, "unlock() is one compare_exchange");
inline Counts counts() {
  Counts counts;
  corokit_explored_counts(&counts);
  return counts;
}

}  // namespace explored
