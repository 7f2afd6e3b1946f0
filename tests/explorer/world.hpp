#pragma once
#include "choices.hpp"
#include "explore.hpp"

#include <ucontext.h>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace corokit::detail {
struct Context;
}

namespace corokit::model {

/// Holds for each location the number of the oldest store that a thread may still see.
class View {
 public:
  std::size_t operator[](std::size_t location) const noexcept {
    return location < seen_.size() ? seen_[location] : 0;
  }
  void raise(std::size_t location, std::size_t store) {
    if (location >= seen_.size()) seen_.resize(location + 1);
    if (seen_[location] < store) seen_[location] = store;
  }
  void join(const View& other) {
    for (std::size_t i = 0; i < other.seen_.size(); ++i) raise(i, other.seen_[i]);
  }

 private:
  std::vector<std::size_t> seen_;
};

/// A place in memory. Each atomic and each Plain has one.
struct Location {
  std::uint64_t value = 0;  // the newest value
  std::uint64_t world = 0;  // the number of the world in which `id` is valid
  std::size_t id = 0;
};

/// The threads and the memory of one schedule while it is played.
class World {
 public:
  World(const Bounds& bounds, Choices& choices, bool traced);
  ~World();
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  /// Returns: the world of the schedule that is played; null outside of a schedule, where memory is plain memory.
  static World* current() noexcept { return current_; }

  /// Plays the program once. Returns: the failure; empty if there was none.
  std::string play(const std::function<void()>& program);

  // These are the operations on atomics. Each is a point where another thread may continue.
  std::uint64_t load(Location& location, std::memory_order order);
  void store(Location& location, std::uint64_t value, std::memory_order order);
  /// A read-modify-write. `change` gets the newest value, and returns whether it changed it.
  std::uint64_t update(Location& location, std::memory_order success, std::memory_order failure,
                       const std::function<bool(std::uint64_t&)>& change);
  void relax();
  void futex_wait(Location& word, std::uint64_t expected, bool may_time_out);
  void futex_wake_one(Location& word);

  // These are accesses to plain data. They are no points, but they have to be ordered.
  void read_plain(Location& written, Location (&read)[8]);
  void write_plain(Location& written, Location (&read)[8]);

  std::size_t start_thread(std::function<void()> function);
  void join_thread(std::size_t thread);
  [[noreturn]] void fail(const std::string& what);

 private:
  struct Store {
    std::uint64_t value;
    View view;  // the stores that an acquire load of this one sees as well
  };
  struct Memory {
    std::vector<Store> stores;
    bool is_plain = false;
    std::vector<std::size_t> waiters;  // the threads in futex_wait(), in the order in which they came
  };
  struct Fiber;

  Memory& memory_of(Location& location);
  Memory& plain_memory_of(Location& location);
  View& view() noexcept;
  void append(Location& location, std::uint64_t value, View seen);
  void trace(const char* operation, const Location& location, std::uint64_t value, std::memory_order order,
             bool stale = false);
  std::string drawn() const;

  void point();
  void block();
  void go_on(std::vector<std::size_t> able, bool preempts);
  std::vector<std::size_t> able_threads(bool with_relaxing) const;
  void switch_to(std::size_t thread);
  void finish_thread();
  static void run_fiber();

  static World* current_;
  static std::uint64_t worlds_;

  const Bounds bounds_;
  Choices& choices_;
  const bool traced_;
  const std::uint64_t number_;
  unsigned preemptions_left_;
  unsigned stale_left_;
  std::uint64_t operations_ = 0;
  std::vector<Memory> memory_;
  View sequential_;  // the stores that every sequentially consistent load sees
  std::vector<std::unique_ptr<Fiber>> fibers_;
  std::size_t running_ = 0;
  ucontext_t outside_{};
  std::string failure_;
  std::vector<std::string> trace_;
};

}  // namespace corokit::model
