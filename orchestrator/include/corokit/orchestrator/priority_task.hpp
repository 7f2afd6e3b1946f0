#pragma once
#include <corokit/result.hpp>
#include <corokit/sync/cancellation_token.hpp>
#include <corokit/task.hpp>
#include <corokit/time/clock.hpp>
#include <corokit/yield.hpp>

#include <concepts>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

namespace corokit {

/// What a PriorityOrchestrator knows of a task before it runs.
struct PrioritizedTask {
  /// A task that is due at `due`, if at all, and may start at `from`.
  PrioritizedTask(std::uint32_t task_id, unsigned task_priority, AnyDuration estimate,
                  std::optional<Instant> due = std::nullopt, std::optional<Instant> from = std::nullopt)
      : id(task_id), priority(task_priority), estimated_duration(estimate), deadline(due), release(from) {}

  std::uint32_t id;                 ///< chosen by the caller; unique in a run
  unsigned priority;                ///< from 1, the most urgent, to 10
  Duration estimated_duration;      ///< how long the task is expected to need a slot: 1 ms to 60 s
  std::optional<Instant> deadline;  ///< when the task should be over, by corokit::now()
  /// When the task arrives: before, it neither starts nor counts in any decision. Unset: it is there at once.
  std::optional<Instant> release;
};

/// What an orchestrator keeps for one running task. Each implementation derives its own class from it.
///
/// Thread-safety: is_asked() may be called from any thread, give_way() by the task itself.
class PrioritySlot {
 public:
  PrioritySlot() = default;
  PrioritySlot(const PrioritySlot&) = delete;
  PrioritySlot& operator=(const PrioritySlot&) = delete;
  virtual ~PrioritySlot() = default;

  /// Returns: whether the task has been asked to give up its slot, and has not done so yet.
  virtual bool is_asked() const noexcept = 0;
  /// Gives up the slot, and waits for the next one.
  ///
  /// Thread-safety: the task's own thread.
  /// Cancel-safety: if it is dropped while it waits, the task holds no slot.
  virtual Task<void> give_way() = 0;
};

/// The connection of a task to its orchestrator. A copy belongs to the same task.
///
/// Thread-safety: all members but checkpoint() may be called at once from any thread.
class PriorityContext {
 public:
  /// Only orchestrators call this. `slot` is the slot of the task.
  PriorityContext(CancellationToken token, std::shared_ptr<PrioritySlot> slot)
      : token_(std::move(token)), slot_(std::move(slot)) {}

  /// Returns: the token that asks the task to stop. PriorityOrchestrator::cancel() cancels it.
  const CancellationToken& token() const noexcept { return token_; }
  /// Returns: whether checkpoint() would give up the slot now.
  bool is_asked_to_give_way() const noexcept { return slot_->is_asked(); }

  /// Lets the orchestrator interrupt the task: `co_await context.checkpoint();`
  ///
  /// If a more urgent task needs the slot, this gives it up and resumes when the task has a slot again. The task keeps
  /// its progress and goes on after the co_await. Otherwise this lets the other ready tasks run first, as yield_now()
  /// does.
  ///
  /// Requires: the task that was given this context calls it, before it is over, and one call at a time.
  /// Resumes: on the task's executor.
  /// Thread-safety: the task's own thread.
  /// Cancel-safety: that of yield_now(); if it is dropped while the task has given way, the task holds no slot.
  [[nodiscard]] Task<void> checkpoint() const { return checkpoint_of(slot_); }

 private:
  static Task<void> checkpoint_of(std::shared_ptr<PrioritySlot> slot) {
    co_await yield_now();
    if (slot->is_asked()) co_await slot->give_way();
  }

  CancellationToken token_;
  std::shared_ptr<PrioritySlot> slot_;
};

/// What the tasks of a run do: a function that returns the Task of one of them. The orchestrator calls it once for each
/// task, when the task starts.
///
///     PriorityExecutor crack([](PrioritizedTask task, PriorityContext context) -> Task<PriorityExecutor::Answer> {
///       for (int door = 0; door < 100; ++door) {
///         co_await sleep(task.estimated_duration / 100);
///         co_await context.checkpoint();
///       }
///       co_return "open";
///     });
///
/// It accepts any callable of this form that can be called while it is const. Here a coroutine lambda with captures is
/// safe: it lives until the last Task that it returned is over or dropped. A copy shares the callable.
///
/// Thread-safety: may be called at once from any thread, so the callable must allow that.
class PriorityExecutor {
 public:
  /// What a task returns: a value, or an error of its own.
  using Answer = Result<std::string, std::string>;

  /// Takes the work: a callable that is called once for each task, from any thread.
  template <class F>
  requires(!std::same_as<std::decay_t<F>, PriorityExecutor> &&
           std::is_invocable_r_v<Task<Answer>, const std::decay_t<F>&, const PrioritizedTask&,
                                 const PriorityContext&>) PriorityExecutor(F&& callable)
      : callable_(std::make_shared<const Model<std::decay_t<F>>>(std::forward<F>(callable))) {}
  // There is no move, so an executor is never empty.
  PriorityExecutor(const PriorityExecutor& other) noexcept : callable_(other.callable_) {}
  PriorityExecutor& operator=(const PriorityExecutor&) noexcept = default;
  ~PriorityExecutor() = default;

  /// Returns: the work of a task, to be awaited or spawned. Awaiting it throws what escapes the callable.
  /// Thread-safety: may be called at once from any thread.
  /// Cancel-safety: dropping the Task drops the Task of the callable.
  Task<Answer> operator()(PrioritizedTask task, PriorityContext context) const {
    return call(callable_, std::move(task), std::move(context));
  }

 private:
  struct Callable {
    virtual ~Callable() = default;
    virtual Task<Answer> invoke(const PrioritizedTask& task, const PriorityContext& context) const = 0;
  };

  template <class F>
  struct Model final : Callable {
    template <class Arg>
    explicit Model(Arg&& arg) : function(std::forward<Arg>(arg)) {}
    Task<Answer> invoke(const PrioritizedTask& task, const PriorityContext& context) const override {
      return function(task, context);
    }
    F function;
  };

  // The parameters live in this frame, which owns the frame of the work.
  static Task<Answer> call(std::shared_ptr<const Callable> callable, PrioritizedTask task,
                           PriorityContext context) {
    Task<Answer> work = callable->invoke(task, context);
    co_return co_await std::move(work);
  }

  std::shared_ptr<const Callable> callable_;
};

}  // namespace corokit
