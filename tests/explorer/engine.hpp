#pragma once
#include "memory.hpp"
#include "recorder.hpp"
#include "shadow.hpp"
#include "spins.hpp"
#include "threads.hpp"

#include <array>
#include <atomic>
#include <cstdint>
#include <string>

namespace corokit::model {

/// What an operation on an atomic object is.
struct Operation {
  const char* name;
  std::memory_order order;
  const void* code;     // where in the program it is
  std::uint32_t event;  // which one of the schedule: next_event()
};

/// Plays schedules: threads, atomic objects and plain memory, which ask one source for all choices.
///
/// An operation consists of point(), where another thread may go on, next_event(), and what it does. In between the
/// front end finds out which location it is about, since another thread may have changed that.
class Engine {
 public:
  Engine(Environment& environment, const SourceLines* lines) noexcept
      : threads(environment), recorder(lines) {}

  /// Plays a schedule: calls `entry(argument)` as thread 0. Writes it down in `recording`, unless that is null.
  /// Returns: what broke; empty if nothing did.
  std::string play(explorer::Choices& choices, std::uint64_t max_steps, explorer::Recording* recording,
                   void (*entry)(void*), void* argument);

  std::uint32_t next_event() noexcept { return memory.next_step(); }

  Word load(std::uint32_t location, const Operation& operation);
  void store(std::uint32_t location, Word value, const Operation& operation);
  /// Returns: a value that the load which is being made may see, by the number of the choice: 0 is the newest.
  std::string loadable(std::size_t choice) const;
  /// A read-modify-write: `change(value)` changes the newest value, or returns false. Returns: the newest value before.
  template <class F>
  Word update(std::uint32_t location, const Operation& operation, std::memory_order failure,
              const F& change) {
    ThreadView& view = threads.view();
    Word value = memory.newest(location).value;
    const bool wrote = change(value);
    const Word old = memory.see_newest(location, wrote ? operation.order : failure, view);
    updated(location, operation, old, value, wrote, failure);
    return old;
  }
  void fence(const Operation& operation);

  /// Fails the schedule because of two accesses to the same memory.
  [[noreturn]] void conflict(const Access& earlier, Access::Kind kind, const void* address, std::size_t size,
                             const void* code, std::uint32_t event);

  Threads threads;
  Memory memory;
  Shadow shadow;
  Recorder recorder;

 private:
  void updated(std::uint32_t location, const Operation& operation, Word old, Word value, bool wrote,
               std::memory_order failure);
  std::string saw(const Store& store) const;
  std::string disorder(const Store& store, std::memory_order order) const;
};

}  // namespace corokit::model
