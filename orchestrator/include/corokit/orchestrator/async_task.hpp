#pragma once
#include <corokit/result.hpp>
#include <corokit/sync/cancellation_token.hpp>
#include <corokit/task.hpp>

#include <concepts>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>

namespace corokit {

/// Work for an orchestrator: a function that makes a Task, called once, when the work may start.
///
///     AsyncTask seraph([](std::uint32_t, CancellationToken token) -> Task<AsyncTask::Answer> { … });
///
/// Any callable of that form will do, also one that can only be moved. A coroutine lambda with captures is
/// safe here, as it is nowhere else: the callable moves into the Task that the call gives, and lives until
/// that is over or dropped.
///
/// Thread-safety: one thread at a time; may be moved to another thread, and called there.
class AsyncTask {
 public:
  /// What the work answers: its result, or its complaint.
  using Answer = Result<std::string, std::string>;

  /// Takes the work: a callable that is called once.
  template <class F>
  requires(!std::same_as<std::decay_t<F>, AsyncTask> &&
           std::is_invocable_r_v<Task<Answer>, std::decay_t<F>&, std::uint32_t, CancellationToken&>)
      AsyncTask(F&& callable)
      : callable_(std::make_unique<Model<std::decay_t<F>>>(std::forward<F>(callable))) {}
  AsyncTask(AsyncTask&& other) noexcept : callable_(std::move(other.callable_)) {}
  AsyncTask& operator=(AsyncTask&& other) noexcept {
    callable_ = std::move(other.callable_);
    return *this;
  }
  ~AsyncTask() = default;

  /// False once it was called or moved from.
  explicit operator bool() const noexcept { return callable_ != nullptr; }

  /// Gives the work, to be awaited or spawned. `task_id` says which of the tasks of a run it is; `token` asks
  /// it to stop.
  ///
  /// Throws: std::logic_error if it was called or moved from. Awaiting the Task throws what escapes the
  ///   callable.
  /// Thread-safety: one thread at a time.
  /// Cancel-safety: dropping the Task drops the work.
  Task<Answer> operator()(std::uint32_t task_id, CancellationToken token) {
    if (!callable_) throw std::logic_error("corokit: this AsyncTask was called or moved from before");
    return call(std::move(callable_), task_id, std::move(token));
  }

 private:
  struct Callable {
    virtual ~Callable() = default;
    virtual Task<Answer> invoke(std::uint32_t task_id, CancellationToken& token) = 0;
  };

  template <class F>
  struct Model final : Callable {
    template <class Arg>
    explicit Model(Arg&& arg) : function(std::forward<Arg>(arg)) {}
    Task<Answer> invoke(std::uint32_t task_id, CancellationToken& token) override {
      return function(task_id, token);
    }
    F function;
  };

  /// The parameters live in this frame, which holds the frame of the work.
  static Task<Answer> call(std::unique_ptr<Callable> callable, std::uint32_t task_id,
                           CancellationToken token) {
    Task<Answer> work = callable->invoke(task_id, token);
    co_return co_await std::move(work);
  }

  std::unique_ptr<Callable> callable_;
};

}  // namespace corokit
