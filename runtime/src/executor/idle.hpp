#pragma once
#include <corokit/detail/sync/lock.hpp>
#include <corokit/time/clock.hpp>

#include <cstdint>
#include <optional>
#include <vector>

namespace corokit::detail {

/// Who sleeps and who looks for work: the parking protocol of a work-stealing executor.
///
/// The lost wake-up it prevents: a worker looks at every queue, finds nothing, and goes to sleep, while
/// another one pushes a task and finds nobody asleep. Both sides write first and look second, sequentially
/// consistently: the pusher writes the queue, then reads sleeping_; the sleeper writes sleeping_, then reads
/// the queues once more.
///
/// The keeper: one of those that sleep, if one has to, wakes at a time of its own, for the next timer or for
/// a watch over those that run. Work goes to it last, so that its duty sleeps on with it: a worker that got
/// work may be stuck for long.
///
/// Few search at a time: a worker that is woken is already counted as searching, so the next push wakes
/// nobody; the last one that finds something wakes the next.
class Idle {
 public:
  explicit Idle(std::uint32_t workers);

  enum class WokenBy { work, monitor, itself };

  /// After a push. Returns: the worker that the caller owes an unpark(), already counted as searching.
  std::optional<std::uint32_t> pick_for_work() noexcept;
  /// Somebody must look after a worker that may be stuck in user code. Returns: as above; it is not
  /// searching.
  std::optional<std::uint32_t> pick_monitor() noexcept;

  /// Returns: false if enough others search already.
  bool begin_search() noexcept;
  /// The worker did not go to sleep, since its last look found something: it searches on, whoever else does.
  void resume_search() noexcept { searching_.fetch_add(1, std::memory_order_seq_cst); }
  /// The worker found something. Returns: true if it was the last that searched: the caller then wakes
  /// another.
  [[nodiscard]] bool end_search() noexcept;

  /// Before sleeping. After it the caller looks at every queue once more, and sleeps or calls leave().
  /// `alarm`: when somebody has to be awake; `own`: it has to be this worker, not one of those that sleep.
  /// Returns: until when to sleep (none: without limit).
  std::optional<Instant> enter(std::uint32_t worker, bool searching, std::optional<Instant> alarm,
                               bool own) noexcept;
  /// After sleeping. Returns: who ended the sleep; after `work` the worker counts as searching.
  WokenBy leave(std::uint32_t worker) noexcept;

  /// Sequentially consistent: whoever reads it after a write of its own may rely on the above.
  bool anybody_sleeps() const noexcept { return sleeping_.load(std::memory_order_seq_cst) != 0; }
  bool is_sleeping(std::uint32_t worker) const noexcept;

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
  std::vector<std::uint32_t> order_;  // who sleeps, the latest last: its caches are warm
  std::optional<std::uint32_t> monitor_;
  Instant monitor_until_;
};

}  // namespace corokit::detail
