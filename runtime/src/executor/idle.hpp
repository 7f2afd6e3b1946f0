#pragma once
#include <corokit/detail/sync/lock.hpp>
#include <corokit/time/clock.hpp>

#include <cstdint>
#include <optional>
#include <vector>

namespace corokit::detail {

/// The parking protocol of a work-stealing executor: it knows which workers sleep, and how many search for work.
///
/// It prevents a lost wake-up: a worker looks at every queue, finds nothing and goes to sleep, while another thread
/// pushes a task and sees no sleeping worker. Both sides therefore write first and look second, sequentially
/// consistently: the pusher writes the queue and then reads sleeping_; the sleeper writes sleeping_ and then reads the
/// queues once more.
///
/// One sleeper may be timed: it wakes at a given time, either to fire the next timer or because it is the monitor (see
/// MultiThreadExecutor), and the others rely on it and sleep without a limit. pick_for_work() picks it last, since a
/// worker that gets a task may be stuck in it for long.
///
/// Few workers search at a time: a worker that is woken for work already counts as searching, so the next push wakes no
/// other one; the last searcher that finds a task wakes the next worker.
class Idle {
 public:
  explicit Idle(std::uint32_t workers);

  enum class WokenBy {
    work,     ///< pick_for_work(): the worker is to search for tasks
    monitor,  ///< pick_monitor(): the worker is to become the monitor
    itself,   ///< its time was up, it was woken for another reason, or it did not go to sleep
  };

  /// Call it after a push. Returns: a worker that counts as searching now, and that the caller must unpark(); or none.
  std::optional<std::uint32_t> pick_for_work() noexcept;
  /// Picks the worker that becomes the monitor. Returns: a worker that the caller must unpark(); none if none sleeps.
  std::optional<std::uint32_t> pick_monitor() noexcept;

  /// Counts the caller as searching. Returns: false, without counting it, if enough workers search already.
  bool begin_search() noexcept;
  /// Counts the caller as searching, however many search already: its last look before sleeping found something.
  void resume_search() noexcept { searching_.fetch_add(1, std::memory_order_seq_cst); }
  /// The worker found a task. Returns: true if it was the last searcher; the caller must then wake another worker.
  [[nodiscard]] bool end_search() noexcept;

  /// Call it before sleeping. The caller then looks at every queue once more, sleeps if it found nothing, and calls
  /// leave() in both cases. `searching`: the worker counts as searching, and stops. `alarm`: when some worker has to be
  /// awake. `own`: it has to be this worker, and not another timed sleeper.
  /// Returns: until when to sleep; none for no limit.
  std::optional<Instant> enter(std::uint32_t worker, bool searching, std::optional<Instant> alarm,
                               bool own) noexcept;
  /// Call it after enter(), and after the sleep if there was one.
  /// Returns: what ended the sleep; after `work` the worker counts as searching.
  WokenBy leave(std::uint32_t worker) noexcept;

  /// Sequentially consistent: a thread that calls it after a write of its own may rely on the protocol above.
  bool anybody_sleeps() const noexcept { return sleeping_.load(std::memory_order_seq_cst) != 0; }
  bool is_sleeping(std::uint32_t worker) const noexcept;
  /// Returns: the number of workers that sleep, for a thread that looks often.
  const Atomic<std::uint32_t>& sleepers() const noexcept { return sleeping_; }

 private:
  struct Sleeper {
    bool asleep = false;
    WokenBy reason = WokenBy::itself;
  };

  std::optional<std::uint32_t> pick_locked(WokenBy reason) noexcept;

  const std::uint32_t workers_;
  Atomic<std::uint32_t> searching_{0};
  Atomic<std::uint32_t> sleeping_{0};  // written under lock_
  // Guarded by lock_:
  mutable Lock lock_;
  std::vector<Sleeper> sleepers_;
  std::vector<std::uint32_t> order_;    // the sleepers; the latest one, whose caches are warm, is last
  std::optional<std::uint32_t> timed_;  // the timed sleeper
  Instant timed_until_;
};

}  // namespace corokit::detail
