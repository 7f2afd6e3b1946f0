#pragma once
#include <07_semaphore/given.hpp>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>

namespace mini {

/// Holds a number of permits. Tasks take some, wait until there are enough, and get them in the order in which they
/// came: who wants few does not overtake who wants many.
class Semaphore {
 public:
  struct Acquire;
  struct Give {
    std::size_t count;
    void operator()(Semaphore* semaphore) const noexcept { semaphore->give(count); }
  };
  /// Owns permits, and gives them back.
  using Permits = std::unique_ptr<Semaphore, Give>;

  explicit Semaphore(std::size_t permits) noexcept : available_(permits) {}
  Semaphore(const Semaphore&) = delete;
  Semaphore& operator=(const Semaphore&) = delete;

  /// co_await semaphore.acquire(n) gives an optional of Permits: none if the semaphore is closed. Requires: n > 0.
  Acquire acquire(std::size_t n) noexcept { return Acquire(*this, n); }

  /// Returns: the permits; none if there are fewer, if somebody waits, or if the semaphore is closed.
  std::optional<Permits> try_acquire(std::size_t n) noexcept {
    const std::lock_guard lock(mutex_);
    return take_locked(n) ? std::optional(Permits(this, {n})) : std::nullopt;
  }

  /// Ends all waits. Nobody gets permits from now on; those that are given back are counted.
  void close() noexcept {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    while (auto* const oldest = static_cast<Acquire*>(waiters_.pop_front())) {
      available_ += std::exchange(oldest->collected, 0);
      oldest->job->wake();
    }
  }

  /// Returns: how many permits nobody has. Those that a waiter has collected are not among them.
  std::size_t available() const noexcept {
    const std::lock_guard lock(mutex_);
    return available_;
  }

  /// A wait for permits. As in Notify, whoever waited takes the lock once before it goes on.
  struct [[nodiscard]] Acquire : Waiter {
    Acquire(Semaphore& the_semaphore, std::size_t n) noexcept : semaphore(the_semaphore), wanted(n) {}
    /// Dropped while it waits: leaves the list. What it has collected goes to those behind it.
    ~Acquire() {
      if (!job) return;
      const std::lock_guard lock(semaphore.mutex_);
      if (linked) semaphore.waiters_.remove(*this);
      semaphore.give_locked(collected);
    }

    bool await_ready() const noexcept { return false; }
    bool await_suspend(std::coroutine_handle<> here) noexcept {
      const std::lock_guard lock(semaphore.mutex_);
      if (semaphore.closed_) return false;
      if (semaphore.take_locked(wanted)) {
        collected = wanted;
        return false;
      }
      job = &suspend_in(here);
      semaphore.waiters_.push_back(*this);
      semaphore.give_locked(0);  // if it is the first who waits, it collects what is there
      return true;
    }
    std::optional<Permits> await_resume() noexcept {
      if (job) {
        const std::lock_guard lock(semaphore.mutex_);
        job = nullptr;
      }
      return collected ? std::optional(Permits(&semaphore, {collected})) : std::nullopt;
    }

    Semaphore& semaphore;
    const std::size_t wanted;
    std::size_t collected = 0;  // guarded by the lock while it waits
  };

 private:
  bool take_locked(std::size_t n) noexcept {
    if (closed_ || n > available_) return false;  // nothing is available while somebody waits
    available_ -= n;
    return true;
  }

  void give(std::size_t n) noexcept {
    const std::lock_guard lock(mutex_);
    give_locked(n);
  }

  void give_locked(std::size_t n) noexcept {
    available_ += n;
    while (auto* const oldest = static_cast<Acquire*>(waiters_.front())) {
      const std::size_t part = std::min(available_, oldest->wanted - oldest->collected);
      available_ -= part;
      oldest->collected += part;
      if (oldest->collected < oldest->wanted) return;  // whoever came later waits behind it
      waiters_.remove(*oldest);
      oldest->job->wake();
    }
  }

  mutable std::mutex mutex_;  // guards all that follows
  Waiters waiters_;           // the oldest collects permits until it has as many as it wants
  std::size_t available_;     // 0 while somebody waits
  bool closed_ = false;       // nobody waits then
};

}  // namespace mini
