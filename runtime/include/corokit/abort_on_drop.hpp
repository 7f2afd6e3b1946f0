#pragma once
#include <corokit/join_handle.hpp>

#include <stdexcept>
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
/// An object is empty once it was moved from, released or detached.
///
/// Returns: the awaited handle: a Result: what the task returned, or the JoinError.
/// Throws: std::logic_error if an empty object is used for anything but its destruction, an assignment or detach().
/// Thread-safety: one thread at a time; the task may run on any thread.
/// Cancel-safety: a dropped wait loses nothing; the handle can be awaited again.
/// Complexity: O(1), no allocation.
/// Source: tokio-util's AbortOnDropHandle.
template <class T>
class [[nodiscard("the task is aborted at once")]] AbortOnDrop {
 public:
  using value_type = Result<T, JoinError>;

  /// Takes over the handle of a task. Throws: std::invalid_argument if the handle is empty.
  explicit AbortOnDrop(JoinHandle<T> handle) : handle_(std::move(handle)) {
    if (!handle_) throw std::invalid_argument("corokit: an AbortOnDrop was made of an empty JoinHandle");
  }
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

  /// Returns: false if this object is empty.
  explicit operator bool() const noexcept {
    return static_cast<bool>(handle_);
  }

  /// As JoinHandle::abort().
  void abort() const {
    handle().abort();
  }
  /// As JoinHandle::abort_handle().
  AbortHandle abort_handle() const {
    return handle().abort_handle();
  }
  /// As JoinHandle::is_finished().
  bool is_finished() const {
    return handle().is_finished();
  }
  /// As JoinHandle::id().
  TaskId id() const {
    return handle().id();
  }
  /// Returns: the handle, which does not abort the task. This object is empty from here on.
  JoinHandle<T> release() {
    static_cast<void>(handle());
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
  detail::JoinAwaiter<T> operator co_await() {
    static_cast<void>(handle());
    return handle_.operator co_await();
  }

 private:
  const JoinHandle<T>& handle() const {
    if (!handle_)
      throw std::logic_error("corokit: this AbortOnDrop is empty: it was moved from, released or detached");
    return handle_;
  }

  JoinHandle<T> handle_;  // empty once it was released, or moved from
};

}  // namespace corokit
