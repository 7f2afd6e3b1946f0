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

/// Work for an orchestrator: a function that returns a Task. The orchestrator calls it once, when the work may start.
///
///     AsyncTask seraph([](std::uint32_t, CancellationToken token) -> Task<AsyncTask::Answer> { … });
///
/// It accepts any callable of this form, also one that can only be moved. Here, and nowhere else, a coroutine lambda with
/// captures is safe: the callable moves into the Task that the call returns, and lives until that Task is over or
/// dropped.
///
/// Thread-safety: one thread at a time; it may be moved to another thread, and called there.
class AsyncTask {
 public:
  /// What the work returns: a value, or an error of its own.
  using Answer = Result<std::string, std::string>;

  /// Takes over a callable, which is called once. Allocates once.
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

  /// Returns: false once it was called or moved from.
  explicit operator bool() const noexcept { return callable_ != nullptr; }

  /// Calls the callable with the place of the task in its run, and the token that asks it to stop.
  ///
  /// Returns: the work, to be awaited or spawned. Awaiting it throws what escapes the callable.
  /// Throws: std::logic_error if it was called or moved from.
  /// Thread-safety: one thread at a time.
  /// Cancel-safety: dropping the Task drops the Task of the callable, then the callable.
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

  // The parameters live in this frame, which owns the frame of the work.
  static Task<Answer> call(std::unique_ptr<Callable> callable, std::uint32_t task_id,
                           CancellationToken token) {
    Task<Answer> work = callable->invoke(task_id, token);
    co_return co_await std::move(work);
  }

  std::unique_ptr<Callable> callable_;
};

}  // namespace corokit
