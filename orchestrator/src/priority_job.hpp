#pragma once
// A job from its first slot to its result: everything that is independent of the order of jobs.
#include <corokit/orchestrator/priority_orchestrator.hpp>
#include <corokit/spawn.hpp>
#include <corokit/sync/semaphore.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <memory>
#include <optional>
#include <stdexcept>
#include <utility>

#include "priority_deadlines.hpp"
#include "priority_policy.hpp"

namespace corokit::detail {

/// The state that the copies of an orchestrator share.
struct PriorityShared {
  /// Throws: std::invalid_argument, as the constructor of PriorityOrchestrator does.
  PriorityShared(std::size_t max_concurrent, const PriorityOptions& chosen,
                 PriorityPolicy policy = PriorityPolicy::combined)
      : workers(max_concurrent), options(chosen, policy) {
    if (workers == 0) throw std::invalid_argument("corokit: an orchestrator needs max_concurrent > 0");
    if (Duration(options.ageing_step) <= Duration::zero())
      throw std::invalid_argument("corokit: the ageing step of an orchestrator must be positive");
    if (Duration(options.margin) < Duration::zero())
      throw std::invalid_argument("corokit: the margin of an orchestrator must not be negative");
    options.margin = std::min<Duration>(options.margin, std::chrono::hours(24));
    slots = std::make_shared<Semaphore>(std::min(workers, Semaphore::max_permits()));
  }

  std::shared_ptr<Semaphore> slots;
  std::size_t workers;
  PrioritySettings options;
  CancellationToken token;
  std::atomic<bool> is_stealing{true};
};

/// The scheduler's part in a job: its permit, while it has one, and how long it has had one. Each implementation
/// defines in give_way() how the job waits for another permit.
///
/// Thread-safety: ask() and is_asked() may be called from any thread; the other members by one thread at a time.
class LentSlot : public PrioritySlot {
 public:
  explicit LentSlot(OwnedSemaphorePermit permit) : permit_(std::move(permit)) {}

  void ask() noexcept { is_asked_ = true; }
  bool is_asked() const noexcept override { return is_asked_; }

  /// Gives the permit back, if the job has one.
  void leave() {
    if (permit_) used_ += now() - since_;
    permit_.reset();
  }
  Duration used() const noexcept { return used_; }
  std::size_t preemptions() const noexcept { return preemptions_; }

 protected:
  void count_preemption() noexcept {
    is_asked_ = false;
    ++preemptions_;
  }
  void go_on(OwnedSemaphorePermit permit) {
    permit_.emplace(std::move(permit));
    since_ = now();
  }

 private:
  std::atomic<bool> is_asked_{false};
  std::optional<OwnedSemaphorePermit> permit_;
  Instant since_ = now();
  Duration used_{0};
  std::size_t preemptions_ = 0;
};

/// Gives the permit back however a job ends: a PriorityContext that outlives its job then holds no permit.
struct LeaveSlot {
  explicit LeaveSlot(LentSlot& of) : slot(of) {}
  LeaveSlot(const LeaveSlot&) = delete;
  LeaveSlot& operator=(const LeaveSlot&) = delete;
  ~LeaveSlot() { slot.leave(); }
  LentSlot& slot;
};

/// What a job returns: its result; none if it never started.
using PriorityReport = std::optional<PriorityResult>;

/// Runs one job. It is spawned when the job has its first slot.
inline Task<PriorityReport> perform(std::shared_ptr<LentSlot> slot, PrioritizedTask task,
                                    PriorityExecutor executor, CancellationToken token) {
  const LeaveSlot leave(*slot);
  // The token is checked here: nothing can happen between this line and the first line of the task.
  if (token.is_cancelled()) co_return std::nullopt;
  const Instant started = now();
  PriorityExecutor::Answer answer = co_await executor(task, PriorityContext(token, slot));
  slot->leave();
  PriorityResult result(task.id, answer ? std::move(*answer) : std::move(answer.error()));
  result.started = started;
  result.ended = now();
  using Deadline = PriorityResult::Deadline;
  if (task.deadline) result.deadline = result.ended <= *task.deadline ? Deadline::met : Deadline::missed;
  const auto used = std::chrono::duration_cast<std::chrono::milliseconds>(slot->used());
  result.duration_ms = static_cast<std::uint64_t>(used.count());
  result.preemptions = slot->preemptions();
  co_return result;
}

/// All that the scheduler knows of a job. `Slot` derives from LentSlot.
template <class Slot>
struct PriorityJob : DueJob {
  PriorityJob(PrioritizedTask given, std::size_t index, Instant from)
      : DueJob(std::move(given)), number(index), arrival(from) {}
  PriorityJob(const PriorityJob&) = delete;
  PriorityJob& operator=(const PriorityJob&) = delete;

  void ask() noexcept { slot->ask(); }
  /// Returns: how much of the estimate is left, and at least 1 ns: a queue with jobs is fuller than one without.
  Duration left() const { return std::max(task.estimated_duration - used, Duration(1)); }

  std::size_t number;  // its place in the order of submission
  Instant arrival;
  std::size_t worker = 0;  // the worker in whose queue it waits, or that runs it
  bool is_waiting = false;
  bool is_started = false;
  bool has_result = false;
  // set from the start of the job to its end:
  std::shared_ptr<Slot> slot;
  std::optional<JoinHandle<PriorityReport>> work;
};

}  // namespace corokit::detail
