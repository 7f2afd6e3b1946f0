#pragma once
#include "shadow.hpp"

#include "simulation/choices.hpp"
#include "simulation/recording.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace corokit::model {

/// A place in memory. Each Atomic has one.
struct Cell {
  std::uint64_t value = 0;     // the newest value
  std::uint64_t schedule = 0;  // in which `location` is valid
  std::uint32_t location = 0;
};

/// The engine as the runtime's own code sees it: what seam.hpp calls. Each operation on an atomic is a point where
/// another thread may continue.
class World {
 public:
  World();
  ~World();
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  /// Returns: the world of the schedule that is played; null outside of a schedule, where memory is plain memory.
  static World* current() noexcept { return current_; }

  /// Plays the program once. Returns: what broke; empty if nothing did.
  std::string play(explorer::Choices& choices, std::uint64_t max_steps, explorer::Recording* recording,
                   const std::function<void()>& program);

  std::uint64_t load(Cell& cell, std::memory_order order);
  void store(Cell& cell, std::uint64_t value, std::memory_order order);
  /// A read-modify-write: `change(context, value)` changes the newest value, or returns false.
  std::uint64_t update(const char* name, Cell& cell, std::memory_order success, std::memory_order failure,
                       const void* context, bool (*change)(const void* context, std::uint64_t& value));
  /// A thread that spins goes on when something has changed.
  void relax();
  /// `timeout` is in nanoseconds; negative for none.
  void futex_wait(const Cell& word, std::uint64_t expected, std::int64_t timeout);
  void futex_wake_one(const Cell& word);

  /// Returns: the time of this schedule, in nanoseconds from its start. It moves only when no thread can run, so what the
  /// program does never depends on how fast it is played.
  std::int64_t now() const noexcept;

  // Accesses to plain data are no points, but they have to be ordered.
  void read_plain(Granule& data);
  void write_plain(Granule& data);

  std::size_t start_thread(std::function<void()> function);
  void join_thread(std::size_t thread);
  [[noreturn]] void fail(const std::string& what);

 private:
  struct Inside;
  static World* current_;
  const std::unique_ptr<Inside> inside_;
};

}  // namespace corokit::model
