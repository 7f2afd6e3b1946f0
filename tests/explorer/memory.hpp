#pragma once
#include "clocks.hpp"

#include "simulation/choices.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace corokit::model {

/// A value of up to 16 bytes.
__extension__ using Word = unsigned __int128;

/// Returns: whether a load of this order learns what the store that it sees has released.
inline bool acquires(std::memory_order order) noexcept {
  return order != std::memory_order_relaxed && order != std::memory_order_release;
}

/// One store to a location, and what a load of it tells.
struct Store {
  Word value = 0;
  Knowledge released;            // what an acquiring load of this store learns
  Clock first_seen;              // when each thread first saw it; 0: not yet
  std::uint32_t sequential = 0;  // when a sequentially consistent operation first saw it; 0: none did
  std::uint32_t older = 0;       // the store before it; 0: none
  std::uint32_t step = 0;        // which operation of the schedule made it; 0: it is the initial value
  std::uint8_t thread = 0;
};

/// An atomic object.
struct Location {
  const void* address;
  std::uint32_t newest;  // its newest store
  std::uint32_t next;    // for who looks for it by its address; 0: none
  std::uint8_t size;
};

/// The atomic objects of one schedule, under the memory model of C++.
///
/// Operational, with the stores of each location in the order in which they are made. A load may see any store that the
/// thread does not know to be overwritten. What this excludes of what C++ allows: a store does not become visible before
/// a load that precedes it in its thread (load buffering), nor does it come before an earlier store to the same location
/// in the modification order.
/// Source: the views of J. Kang and others, "A promising semantics for relaxed-memory concurrency", without promises,
/// kept as vector clocks; sequential consistency as in C++20 (P0668).
class Memory {
 public:
  Memory();
  /// Forgets everything: another schedule begins.
  void clear() noexcept;

  /// Adds a location. Returns: its number, from 1.
  std::uint32_t add(const void* address, std::uint8_t size, Word value);
  Location& operator[](std::uint32_t number) noexcept { return locations_[number]; }
  const Store& newest(std::uint32_t location) const noexcept { return stores_[locations_[location].newest]; }

  /// Returns: whether another thread has stored something that the thread has not seen, or that it has overwritten.
  bool has_lost(std::uint32_t location, std::size_t thread) const noexcept;

  /// Returns: the store that the load sees, chosen among those that it may see, and whether it is not the newest one.
  struct Loaded {
    const Store& store;
    bool stale;
  };
  Loaded load(std::uint32_t location, std::memory_order order, ThreadView& view, explorer::Choices& choices);
  /// Returns: the value of a store that the load which is being made may see, by the number of the choice.
  Word loadable(std::size_t choice) const noexcept;
  void store(std::uint32_t location, Word value, std::memory_order order, ThreadView& view);
  /// Sees the newest store, as a read-modify-write does. Returns: its value.
  Word see_newest(std::uint32_t location, std::memory_order order, ThreadView& view);
  /// Stores what a read-modify-write makes of the newest store, after see_newest().
  void update(std::uint32_t location, Word value, std::memory_order order, ThreadView& view);
  void fence(std::memory_order order, ThreadView& view);

  /// Lets the thread see the newest store, without learning more by it. Returns: whether it had not seen it yet.
  bool catch_up(std::uint32_t location, ThreadView& view);
  /// The same for all locations.
  bool catch_up(ThreadView& view);

  /// Returns: the number of operations up to now.
  std::uint32_t steps() const noexcept { return time_; }
  std::uint32_t next_step() noexcept { return ++time_; }

 private:
  bool known(const Store& store, const Clock& seen, bool sequential, const ThreadView& view) const noexcept;
  void see(Store& store, std::memory_order order, ThreadView& view);
  void append(Location& location, Word value, std::memory_order order, const ThreadView& view,
              const Knowledge& released);

  std::vector<Location> locations_;
  std::vector<Store> stores_;
  Clock fenced_;  // what sequentially consistent fences have shown
  std::uint32_t time_ = 0;
  std::uint32_t loading_ = 0;  // the newest store that the last load could see
};

}  // namespace corokit::model
