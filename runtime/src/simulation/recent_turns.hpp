#pragma once
#include <corokit/time/clock.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace corokit::sim {

/// The last turns of a simulation, which show who spins when there are too many.
class RecentTurns {
 public:
  void begin(std::uint64_t task, Instant time) noexcept {
    turns_[count_ % turns_.size()] = {task, nullptr, time};
    ++count_;
  }
  /// The task of the last turn begins to wait.
  void wait(const char* where) noexcept {
    if (count_ > 0) turns_[(count_ - 1) % turns_.size()].where = where;
  }

  /// Returns: the tasks that had most of these turns, and what they wait in: "task 3 had 998 of the last 1000 turns, in
  ///   yield_now; time stands still".
  std::string describe() const;

 private:
  struct Turn {
    std::uint64_t task;  // 0: a function of spawn_blocking()
    const char* where;   // null if the task did not begin to wait
    Instant time;
  };
  struct Share {
    std::uint64_t task = 0;
    std::size_t turns = 0;
    std::map<std::string_view, std::size_t> places;
  };

  std::vector<Share> shares() const;

  std::array<Turn, 1000> turns_{};
  std::size_t count_ = 0;
};

}  // namespace corokit::sim
