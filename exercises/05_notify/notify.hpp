#pragma once
#include <05_notify/given.hpp>

#include <mutex>

namespace mini {

/// Wakes tasks that wait, and carries no data. One notify_one() that finds nobody is kept for the next who waits.
class Notify {
 public:
  struct Notified;

  Notify() = default;
  Notify(const Notify&) = delete;
  Notify& operator=(const Notify&) = delete;

  /// co_await notify.notified() waits until this task is woken; it takes a kept permit at once.
  Notified notified() noexcept { return Notified(*this); }

  // TODO: wake the task that has waited longest; if none waits, keep one permit.
  void notify_one() noexcept {}

  // TODO: wake all that wait now, and nobody who comes later.
  void notify_all() noexcept {}

  /// A wait. It stands in the frame of the coroutine that waits, and is a node of the list.
  struct [[nodiscard]] Notified : Waiter {
    explicit Notified(Notify& the_notify) noexcept : notify(the_notify) {}

    // TODO: a wait that is dropped leaves the list; if it was told by notify_one(), it passes that on.
    ~Notified() {}

    bool await_ready() const noexcept { return false; }

    // TODO: take a permit, and return false; or wait: job = &suspend_in(here), join the list, and return true.
    bool await_suspend(std::coroutine_handle<> here) noexcept { return (void)here, false; }

    // TODO: the task was woken. Is the waker through with the Notify?
    void await_resume() noexcept {}

    Notify& notify;
  };

 private:
  // TODO: a lock, the list, the permit.
};

}  // namespace mini
