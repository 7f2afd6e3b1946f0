#pragma once
// Another right Semaphore: nobody collects. Permits stay where they are until there are enough for the oldest waiter,
// which then gets all of them in one step. A wait is all or nothing, so a dropped one has nothing to give back; but it
// may have kept others from what is there, and they have to be served then. What is there while somebody waits is kept
// from all who come: available() has to say so. Collecting or not, nobody can see a difference.
#include <07_semaphore/given.hpp>

#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>

namespace mini {

class Semaphore {
 public:
  struct Acquire;
  struct Give {
    std::size_t count;
    void operator()(Semaphore* semaphore) const noexcept { semaphore->give(count); }
  };
  using Permits = std::unique_ptr<Semaphore, Give>;

  explicit Semaphore(std::size_t permits) noexcept : free_(permits) {}
  Semaphore(const Semaphore&) = delete;
  Semaphore& operator=(const Semaphore&) = delete;

  Acquire acquire(std::size_t n) noexcept { return Acquire(*this, n); }

  std::optional<Permits> try_acquire(std::size_t n) noexcept {
    const std::lock_guard lock(mutex_);
    if (closed_ || available_locked() < n) return std::nullopt;
    free_ -= n;
    return Permits(this, {n});
  }

  void close() noexcept {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    while (Waiter* const oldest = waiters_.pop_front()) oldest->job->wake();
  }

  std::size_t available() const noexcept {
    const std::lock_guard lock(mutex_);
    return available_locked();
  }

  struct [[nodiscard]] Acquire : Waiter {
    Acquire(Semaphore& the_semaphore, std::size_t n) noexcept : semaphore(the_semaphore), wanted(n) {}
    ~Acquire() {
      if (!job) return;
      const std::lock_guard lock(semaphore.mutex_);
      if (linked) semaphore.waiters_.remove(*this);
      if (permits) semaphore.free_ += permits.release() ? wanted : 0;
      semaphore.serve_locked();
    }

    bool await_ready() noexcept {
      if (auto taken = semaphore.try_acquire(wanted)) permits = std::move(*taken);
      return permits != nullptr;
    }
    bool await_suspend(std::coroutine_handle<> here) noexcept {
      const std::lock_guard lock(semaphore.mutex_);
      if (semaphore.closed_) return false;
      job = &suspend_in(here);
      semaphore.waiters_.push_back(*this);
      semaphore
          .serve_locked();  // permits may have come back since await_ready(): then the job is woken at once
      return true;
    }
    std::optional<Permits> await_resume() noexcept {
      if (job) {
        const std::lock_guard lock(semaphore.mutex_);
        job = nullptr;
      }
      return permits ? std::optional(std::move(permits)) : std::nullopt;
    }

    Semaphore& semaphore;
    const std::size_t wanted;
    Permits permits{nullptr, {0}};
  };

 private:
  std::size_t available_locked() const noexcept { return waiters_.empty() ? free_ : 0; }

  void give(std::size_t n) noexcept {
    const std::lock_guard lock(mutex_);
    free_ += n;
    serve_locked();
  }

  void serve_locked() noexcept {
    while (auto* const oldest = static_cast<Acquire*>(waiters_.front())) {
      if (free_ < oldest->wanted) return;
      free_ -= oldest->wanted;
      oldest->permits = Permits(this, {oldest->wanted});
      waiters_.remove(*oldest);
      oldest->job->wake();
    }
  }

  mutable std::mutex mutex_;
  Waiters waiters_;
  std::size_t free_;
  bool closed_ = false;
};

}  // namespace mini
