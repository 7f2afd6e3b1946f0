#pragma once
#include <corokit/join_handle.hpp>

#include <utility>

namespace corokit {

/// A handle that aborts its task when it is destroyed. A JoinHandle detaches the task then.
///
///     AbortOnDrop refresh(spawn(refresh_for_ever()));
///     ...                                                // the task ends with this scope
///
/// The destructor asks the task to end, and does not wait for it: await the handle after abort() to do so. To await it,
/// and to pass it to select() by reference, is as with a JoinHandle.
///
/// Returns: the awaited handle: a Result: what the task returned, or the JoinError.
/// Thread-safety: one thread at a time; the task may run on any thread.
/// Cancel-safety: a dropped wait loses nothing; the handle can be awaited again.
/// Complexity: O(1), no allocation.
/// Source: tokio-util's AbortOnDropHandle.
template <class T>
class [[nodiscard("the task is aborted at once")]] AbortOnDrop {
 public:
  using value_type = Result<T, JoinError>;

  /// Takes over the handle of a task.
  explicit AbortOnDrop(JoinHandle<T> handle) noexcept : handle_(std::move(handle)) {}
  AbortOnDrop(AbortOnDrop &&) noexcept = default;
  AbortOnDrop& operator=(AbortOnDrop&& other) noexcept {
    if (this != &other) {
      if (handle_) handle_.abort();
      handle_ = std::move(other.handle_);
    }
    return *this;
  }
  ~AbortOnDrop() {
    if (handle_) handle_.abort();
  }

  /// As JoinHandle::abort().
  void abort() const noexcept {
    handle_.abort();
  }
  /// As JoinHandle::abort_handle().
  AbortHandle abort_handle() const noexcept {
    return handle_.abort_handle();
  }
  /// As JoinHandle::is_finished().
  bool is_finished() const noexcept {
    return handle_.is_finished();
  }
  /// As JoinHandle::id().
  TaskId id() const noexcept {
    return handle_.id();
  }
  /// Returns: the handle, which does not abort the task. This object is empty from here on.
  JoinHandle<T> release() noexcept {
    return std::move(handle_);
  }
  /// Lets the task run on without a handle, and empties this object.
  void detach() noexcept {
    handle_.detach();
  }

  /// Waits for the task: `co_await handle`.
  ///
  /// Returns: a Result: what the task returned, or the JoinError.
  /// Thread-safety: the awaiting task's own thread.
  /// Cancel-safety: the object still holds the task, and can be awaited again.
  detail::JoinAwaiter<T> operator co_await() noexcept {
    return handle_.operator co_await();
  }

 private:
  JoinHandle<T> handle_;  // empty once it was released, or moved from
};

}  // namespace corokit
