#pragma once
#include <corokit/time/clock.hpp>

#include <cstddef>
#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace corokit::specified {

/// What happened to tasks in one simulation, or in one run on the thread pool: the first and the last events of it.
///
/// Thread-safety: all members may be called at once from any thread.
class Timeline {
 public:
  struct Event {
    Duration time;      // since the beginning; 0 if nothing has begun
    std::string task;   // "task 3", or who else acts: "test"
    std::string event;  // "started"
  };

  /// Is told what happens, when it happens.
  class Listener {
   public:
    virtual void began(Instant beginning) = 0;
    virtual void happened(const Event& event) = 0;

   protected:
    ~Listener() = default;
  };
  /// Requires: nothing is played yet; `listener` outlives what is.
  static void listen(Listener& listener) noexcept { listener_ = &listener; }

  /// Forgets all events. Times count from `beginning`.
  void begin(Instant beginning);
  void add(std::string task, std::string event);
  /// Returns: the events, in their order. One without a task stands for those that are left out.
  std::vector<Event> events() const;

 private:
  static constexpr std::size_t kFirst = 40;
  static constexpr std::size_t kLast = 80;

  static inline Listener* listener_ = nullptr;

  mutable std::mutex mutex_;
  // Guarded by mutex_:
  std::optional<Instant> beginning_;
  std::vector<Event> first_;
  std::deque<Event> last_;
  std::size_t left_out_ = 0;
};

}  // namespace corokit::specified
