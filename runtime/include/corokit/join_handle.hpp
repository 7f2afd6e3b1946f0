#pragma once
#include <corokit/detail/executor/scheduler.hpp>
#include <corokit/detail/task/awaiter.hpp>
#include <corokit/detail/task/cell.hpp>

#include <cassert>
#include <exception>
#include <string>
#include <utility>

namespace corokit {

/// Identifies a task. It is unique in the process, or, for a task of a simulation, in that simulation. The order of ids
/// says nothing about the order of tasks.
enum class TaskId : std::uint64_t {};

/// The reason why a task gave no value.
class JoinError {
 public:
  /// The two ways in which a task gives no result: it was aborted, or an exception escaped it.
  enum class Kind { cancelled, exception };

  /// Returns: the error of a task that was aborted.
  static JoinError make_cancelled(TaskId task = TaskId{}) noexcept { return JoinError(nullptr, task); }
  /// The error of a task from which an exception escaped.
  explicit JoinError(std::exception_ptr exception, TaskId task = TaskId{}) noexcept
      : exception_(std::move(exception)), task_(task) {}

  /// Returns: why there is no result.
  Kind kind() const noexcept { return exception_ ? Kind::exception : Kind::cancelled; }
  /// Returns: true if the task was aborted, or its runtime ended.
  bool is_cancelled() const noexcept { return kind() == Kind::cancelled; }
  /// Returns: the exception that escaped the task; null if the task was cancelled.
  const std::exception_ptr& exception() const noexcept { return exception_; }
  /// Returns: which task it was, as JoinHandle::id(). An error that was made without an id has TaskId{}.
  TaskId id() const noexcept { return task_; }
  /// Returns: one line of text for people: "task was cancelled", or the exception's what().
  std::string message() const;

 private:
  std::exception_ptr exception_;
  TaskId task_;
};

namespace detail {

/// Gives up a handle's claim on the result of a task, and its reference to the task.
void detach(TaskHeader& task, const ResultDropper& dropper) noexcept;

/// Puts a waiter into the join slot. Returns: false, without putting it there, if the task is over.
bool register_join(TaskHeader& task, JoinWaiter& waiter) noexcept;
/// Takes the waiter out of the join slot. Returns: false if the task is over, in which case the waiter has been told.
bool unregister_join(TaskHeader& task, JoinWaiter& waiter) noexcept;

/// Takes the result of a task that is over, and gives what `make` returns. `make` is called with the arguments of the
/// constructor of a Result<T, JoinError>, and makes it where it is to stay: no Result is moved, since that must not throw.
template <class T, class Make>
auto take_joined(Cell<T>& cell, Make make) {
  assert(cell.outcome != Outcome::none && "corokit: a JoinHandle gives its result once");
  switch (cell.outcome) {
    case Outcome::value:
      if constexpr (std::is_void_v<T>) {
        cell.take();
        return make();
      } else {
        return make(tl::in_place, cell.take());
      }
    case Outcome::exception: {
      std::exception_ptr reason = cell.error();
      cell.drop_result();
      return make(Err<JoinError>(JoinError(std::move(reason), TaskId{cell.id})));
    }
    default:
      cell.outcome = Outcome::none;
      return make(Err<JoinError>(JoinError::make_cancelled(TaskId{cell.id})));
  }
}

/// Waits for a task. It refers to the handle's cell, so the handle must outlive it.
template <class T>
class JoinAwaiter : public Awaiter<JoinAwaiter<T>>, JoinWaiter {
 public:
  static constexpr const char* kName = "JoinHandle";

  explicit JoinAwaiter(Cell<T>& cell) noexcept : cell_(&cell) {}
  JoinAwaiter(JoinAwaiter&& other) noexcept
      : Awaiter<JoinAwaiter<T>>(other), JoinWaiter(), cell_(other.cell_) {}
  ~JoinAwaiter() {
    if (notify) unregister_join(*cell_, *this);
  }

  void describe(WaitReport& report) const { report.for_task(cell_->id); }
  bool try_complete() noexcept { return cell_->is_complete(); }
  bool suspend() noexcept {
    notify = &wake;
    if (register_join(*cell_, *this)) return true;
    notify = nullptr;
    return false;
  }

  Result<T, JoinError> await_resume() {
    notify = nullptr;
    return take_joined(*cell_, [](auto&&... result) {
      return Result<T, JoinError>(std::forward<decltype(result)>(result)...);
    });
  }

 private:
  static void wake(JoinWaiter& waiter, WakeBatch& batch) noexcept {
    batch.add(static_cast<JoinAwaiter&>(waiter).branch());
  }

  // JoinWaiter::notify is not null from the registration until the result is taken.
  Cell<T>* cell_;
};

}  // namespace detail

/// Asks a task to end, without waiting for it and without a claim on its result. Copies refer to the same task.
/// Thread-safety: may be called at once from any thread.
class AbortHandle {
 public:
  /// For JoinHandle::abort_handle().
  explicit AbortHandle(detail::TaskHeader& task) noexcept : task_(&task) { task_->add_ref(); }
  AbortHandle(const AbortHandle& other) noexcept : task_(other.task_) { task_->add_ref(); }
  // NOLINTNEXTLINE(bugprone-unhandled-self-assignment): the new reference is taken before the old one goes.
  AbortHandle& operator=(const AbortHandle& other) noexcept {
    other.task_->add_ref();
    std::exchange(task_, other.task_)->release_ref();
    return *this;
  }
  ~AbortHandle() { task_->release_ref(); }

  /// As JoinHandle::abort().
  void abort() const noexcept { detail::schedule(detail::mark_aborted(*task_)); }
  /// As JoinHandle::is_finished().
  bool is_finished() const noexcept { return task_->is_over(); }
  /// As JoinHandle::id().
  TaskId id() const noexcept { return TaskId{task_->id}; }

 private:
  detail::TaskHeader* task_;
};

/// The claim on the result of a spawned task: `co_await handle` gives a `Result<T, JoinError>`.
///
/// Dropping the handle detaches the task, which runs on; abort() ends the task. The result is given once, whether the
/// handle is awaited by value or by reference. An exception that is never given goes to
/// RuntimeOptions::on_unhandled_exception.
///
/// Resumes: on the awaiting task's executor, which may belong to another runtime. The awaited task's frame and
///   parameters are destroyed by then.
/// Returns: the value; or a JoinError, which is cancelled if the task was aborted or its runtime ended, or holds the
///   exception that escaped the task.
/// Throws: what moving the value throws, which loses the value.
/// Thread-safety: one thread at a time; abort() and is_finished() may be called from any thread.
/// Cancel-safety: a dropped wait loses nothing; the handle can be awaited again.
/// Complexity: O(1), no allocation.
template <class T>
class [[nodiscard("dropping a JoinHandle detaches its task: say so with detach()")]] JoinHandle {
 public:
  using value_type = Result<T, JoinError>;

  /// For spawn(). The handle takes over one reference to the task.
  explicit JoinHandle(detail::Cell<T> & cell) noexcept : cell_(&cell) {}
  JoinHandle(JoinHandle && other) noexcept : cell_(std::exchange(other.cell_, nullptr)) {}
  JoinHandle& operator=(JoinHandle&& other) noexcept {
    if (this != &other) {
      detach();
      cell_ = std::exchange(other.cell_, nullptr);
    }
    return *this;
  }
  ~JoinHandle() {
    detach();
  }

  /// Returns: false if the handle was moved from or detached.
  explicit operator bool() const noexcept {
    return cell_ != nullptr;
  }

  /// Asks the task to end at its next suspension point. A task that has finished keeps its result.
  void abort() const noexcept {
    detail::schedule(detail::mark_aborted(*cell_));
  }
  /// Returns: a handle that can abort the task, and does not keep its result.
  AbortHandle abort_handle() const noexcept {
    return AbortHandle(*cell_);
  }
  /// Returns: true once the task is over and its frame is destroyed.
  bool is_finished() const noexcept {
    return cell_->is_over();
  }
  /// Returns: the id of the task.
  TaskId id() const noexcept {
    return TaskId{cell_->id};
  }
  /// Lets the task run on without a handle, and empties this one.
  void detach() noexcept {
    if (cell_) detail::detach(*std::exchange(cell_, nullptr), detail::Cell<T>::kDropper);
  }

  /// Waits for the task: `co_await handle`.
  ///
  /// Returns: a Result: what the task returned, or the JoinError.
  /// Thread-safety: the awaiting task's own thread.
  /// Cancel-safety: the handle still holds the task, and can be awaited again.
  detail::JoinAwaiter<T> operator co_await() noexcept {
    return detail::JoinAwaiter<T>(*cell_);
  }

  /// For the runtime: the task itself.
  detail::Cell<T>& cell() const noexcept {
    return *cell_;
  }

 private:
  detail::Cell<T>* cell_;
};

}  // namespace corokit
