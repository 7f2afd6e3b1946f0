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

/// What a PriorityOrchestrator is told of a task before it runs.
struct PrioritizedTask {
  /// A task that is due at `due`, if at all, and may start at `from`.
  PrioritizedTask(std::uint32_t task_id, unsigned task_priority, Duration estimate,
                  std::optional<Instant> due = std::nullopt, std::optional<Instant> from = std::nullopt)
      : id(task_id), priority(task_priority), estimated_duration(estimate), deadline(due), release(from) {}

  std::uint32_t id;                 ///< the caller's own, unique in a run
  unsigned priority;                ///< 1, the most urgent, to 10
  Duration estimated_duration;      ///< time in a slot that it is expected to need: 1 ms to 60 s
  std::optional<Instant> deadline;  ///< when it should be over, by corokit::now()
  std::optional<Instant>
      release;  ///< it arrives then: until then it neither starts nor counts. Unset: at once
};

/// What an orchestrator keeps for one running task: each implementation derives its own.
/// Thread-safety: is_asked() from any thread; give_way() from the task itself.
class PrioritySlot {
 public:
  PrioritySlot() = default;
  PrioritySlot(const PrioritySlot&) = delete;
  PrioritySlot& operator=(const PrioritySlot&) = delete;
  virtual ~PrioritySlot() = default;

  /// Has the task been asked to give its slot up, and not done so?
  virtual bool is_asked() const noexcept = 0;
  /// Gives the slot up, and waits for the next one.
  /// Thread-safety: the task's own thread.
  /// Cancel-safety: dropped while it waits, the task holds no slot.
  virtual Task<void> give_way() = 0;
};

/// What a task is given to talk to its orchestrator. A copy means the same task.
/// Thread-safety: all but checkpoint() may be called at once from any thread.
class PriorityContext {
 public:
  /// For orchestrators: `slot` is what the task runs in.
  PriorityContext(CancellationToken token, std::shared_ptr<PrioritySlot> slot)
      : token_(std::move(token)), slot_(std::move(slot)) {}

  /// Asks the task to stop: cancelled by PriorityOrchestrator::cancel().
  const CancellationToken& token() const noexcept { return token_; }
  /// Would checkpoint() give way?
  bool is_asked_to_give_way() const noexcept { return slot_->is_asked(); }

  /// A place where the task may be interrupted: `co_await context.checkpoint();`
  ///
  /// If a more urgent task needs the slot this gives it up, and returns when the task has one again. Nothing
  /// of the task is lost: it goes on behind the co_await. Otherwise only the other tasks that are ready run
  /// first. Requires: called by the task that was given this, and before it is over; one at a time. Resumes:
  /// on the task's executor. Thread-safety: the task's own thread. Cancel-safety: as yield_now(); dropped
  /// while it has given way, the task holds no slot.
  [[nodiscard]] Task<void> checkpoint() const { return checkpoint_of(slot_); }

 private:
  static Task<void> checkpoint_of(std::shared_ptr<PrioritySlot> slot) {
    co_await yield_now();
    if (slot->is_asked()) co_await slot->give_way();
  }

  CancellationToken token_;
  std::shared_ptr<PrioritySlot> slot_;
};

/// What the tasks of a run do: a function that makes the Task of one of them, called once for each, when it
/// starts.
///
///     PriorityExecutor crack([](PrioritizedTask task, PriorityContext context) ->
///     Task<PriorityExecutor::Answer> {
///       for (int door = 0; door < 100; ++door) {
///         co_await sleep(task.estimated_duration / 100);
///         co_await context.checkpoint();
///       }
///       co_return "open";
///     });
///
/// Any callable of that form will do that can be called while it is const. A coroutine lambda with captures
/// is safe here, as it is nowhere else: it lives until the last Task that it made is over or dropped. A copy
/// shares the callable.
///
/// Thread-safety: may be called at once from any thread; so the callable must allow that.
class PriorityExecutor {
 public:
  /// What a task answers: its result, or its complaint.
  using Answer = Result<std::string, std::string>;

  /// Takes the work: a callable that is called once for each task, from any thread.
  template <class F>
  requires(!std::same_as<std::decay_t<F>, PriorityExecutor> &&
           std::is_invocable_r_v<Task<Answer>, const std::decay_t<F>&, const PrioritizedTask&,
                                 const PriorityContext&>) PriorityExecutor(F&& callable)
      : callable_(std::make_shared<const Model<std::decay_t<F>>>(std::forward<F>(callable))) {}
  PriorityExecutor(const PriorityExecutor& other) noexcept
      : callable_(other.callable_) {}  // no move: never empty
  PriorityExecutor& operator=(const PriorityExecutor&) noexcept = default;
  ~PriorityExecutor() = default;

  /// Gives the work, to be awaited or spawned. Awaiting the Task throws what escapes the callable.
  /// Thread-safety: may be called at once from any thread.
  /// Cancel-safety: dropping the Task drops the work.
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

  /// The parameters live in this frame, which holds the frame of the work.
  static Task<Answer> call(std::shared_ptr<const Callable> callable, PrioritizedTask task,
                           PriorityContext context) {
    Task<Answer> work = callable->invoke(task, context);
    co_return co_await std::move(work);
  }

  std::shared_ptr<const Callable> callable_;
};

}  // namespace corokit
