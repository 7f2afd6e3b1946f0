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

  /// Also hands each event to `send`, when it comes.
  static void stream_to(void (*send)(const Event&)) noexcept { stream_ = send; }

  /// Forgets all events. Times count from `beginning`.
  void begin(Instant beginning);
  void add(std::string task, std::string event);
  /// Returns: the events, in their order. One without a task stands for those that are left out.
  std::vector<Event> events() const;

 private:
  static constexpr std::size_t kFirst = 40;
  static constexpr std::size_t kLast = 80;

  static inline void (*stream_)(const Event&) = nullptr;  // set before anything is played

  mutable std::mutex mutex_;
  // Guarded by mutex_:
  std::optional<Instant> beginning_;
  std::vector<Event> first_;
  std::deque<Event> last_;
  std::size_t left_out_ = 0;
};

}  // namespace corokit::specified
