#pragma once
#include <corokit/detail/config.hpp>
#include <corokit/detail/task/setting.hpp>
#include <corokit/detail/value_rules.hpp>

#include <memory>
#include <type_traits>
#include <utility>

namespace corokit {

namespace detail {

template <class T, class A>
class TaskLocalAwaiter : public SettingAwaiter<TaskLocalAwaiter<T, A>, A> {
  using Base = SettingAwaiter<TaskLocalAwaiter, A>;

 public:
  static constexpr const char* kName = "TaskLocal::with";
  static constexpr bool needs_budget() noexcept { return true; }

  template <class Arg>
  TaskLocalAwaiter(const void* key, T&& value, Arg&& operand)
      : Base(key, std::addressof(value_), std::forward<Arg>(operand)), key_(key), value_(std::move(value)) {}
  TaskLocalAwaiter(TaskLocalAwaiter&& other) noexcept
      : Base(std::move(other), other.key_, std::addressof(value_)),
        key_(other.key_),
        value_(std::move(other.value_)) {}
  ~TaskLocalAwaiter() { this->end(); }

 private:
  const void* key_;
  T value_;
};

/// Returns: the value of a key for the branch that runs on this thread; null if it has none.
void* task_local_value(const void* key) noexcept;
[[noreturn]] void throw_no_task_local();

}  // namespace detail

/// A value that a task carries along: whatever an operation awaits, however deep, finds it without a parameter.
///
///     inline TaskLocal<RequestId> request_id;
///
///     Task<void> serve(Request request) {
///       co_await request_id.with(request.id, handle(std::move(request)));   // handle() and all that it awaits…
///     }
///     void log(std::string_view text) { write(request_id.get(), text); }    // … may call this
///
/// The object is a key, and its address is what counts. A value is kept by the wait of with(): a key may have values in
/// many tasks at once, and several, nested, in one task, of which the innermost one is found. Branches of select(),
/// join(), scope() and the like have the values of what awaits them. A task that spawn() starts has none, and neither
/// has a function of spawn_blocking(): a with() inside of the task gives it one.
///
/// A pinned operation, and those of a FuturesUnordered, have the values of what waits for them. While nothing does,
/// they have those of the innermost with() in which something last waited, as long as it lasts.
///
/// `T`: a type with a move constructor and a destructor that do not throw, aligned to at most 16 bytes.
/// Requires: the key outlives the operations of with(): make it a global or a static object.
/// Thread-safety: may be used at once from any thread; a value belongs to one task, and those that it forks share it.
/// Complexity: O(1) memory for each with(). A task that never awaits one pays nothing.
/// Source: tokio's task_local.
template <class T>
class TaskLocal {
  static_assert(detail::is_moved_type<T>());
  static_assert(
      std::is_nothrow_move_constructible_v<T>,
      "corokit: the value of a TaskLocal must be moved without an exception; use a std::unique_ptr");

 public:
  using value_type = T;

  constexpr TaskLocal() noexcept = default;
  TaskLocal(const TaskLocal&) = delete;
  TaskLocal& operator=(const TaskLocal&) = delete;

  /// Runs an operation that has the value, with all that it awaits. The value is destroyed after the operation.
  ///
  /// Operand: as for select().
  /// Resumes: in the calling task.
  /// Returns: what the operation gives.
  /// Throws: the exception that escaped the operation.
  /// Thread-safety: the awaiting task's own thread.
  /// Cancel-safety: as that of the operation. It is dropped with the value in place, so that destructors find it.
  /// Complexity: O(1); no allocation.
  template <detail::IsOperand A>
  [[nodiscard]] auto with(T value, A&& operation) const {
    return detail::TaskLocalAwaiter<T, detail::OperandType<A>>(this, std::move(value),
                                                               std::forward<A>(operation));
  }

  /// Returns: the value of the innermost with() around the caller. It may be changed, and lives as long as the
  ///   operation of that with().
  /// Throws: std::logic_error if there is none.
  /// Thread-safety: any thread.
  /// Complexity: O(combinators around the caller, up to that with()).
  T& get() const {
    if (T* value = try_get()) return *value;
    detail::throw_no_task_local();
  }
  /// As get(). Returns: null if there is none.
  T* try_get() const noexcept { return static_cast<T*>(detail::task_local_value(this)); }
};

}  // namespace corokit
