#pragma once
#include <corokit/detail/executor/scheduler.hpp>

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>

namespace corokit::detail {

/// The work of a worker whose own thread blocks (see block_in_place()), as a job of the pool of blocking threads.
///
/// The worker's members belong to the thread of the job from the moment when it takes the offer until it gives them back.
/// Both hand-overs happen under mutex_.
class StandIn : public BlockingJob {
 public:
  /// `work`: does the work until must_end() is true.
  explicit StandIn(std::function<void(const StandIn&)> work);

  /// Offers the work to the threads of `runtime`.
  static std::shared_ptr<StandIn> offer(Scheduler& runtime, std::function<void(const StandIn&)> work);

  /// Asks the other thread to end its work. Returns: false if it never began, and never will; otherwise the caller wakes
  /// the worker, and calls wait_until_back().
  [[nodiscard]] bool ask_back() noexcept;
  void wait_until_back() noexcept;
  /// Returns: whether ask_back() was called.
  bool must_end() const noexcept { return must_end_.load(std::memory_order_seq_cst); }

 private:
  // Guarded by mutex_. offered: until the job begins, or ask_back() comes first. works, then given_back: set by the job.
  enum class State : std::uint8_t { offered, withdrawn, works, given_back };

  static void run(BlockingJob& job, bool cancelled) noexcept;
  bool take() noexcept;
  void give_back() noexcept;

  const std::function<void(const StandIn&)> work_;
  std::shared_ptr<StandIn>
      own_;  // keeps it alive until the job has run, even if it was withdrawn long before
  std::atomic<bool> must_end_{false};
  std::mutex mutex_;
  std::condition_variable given_back_;
  State state_ = State::offered;
};

}  // namespace corokit::detail
