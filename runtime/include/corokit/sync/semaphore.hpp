#pragma once
#include <corokit/detail/sync/batch_semaphore.hpp>
#include <corokit/detail/task/awaiter.hpp>
#include <corokit/result.hpp>

#include <cstddef>
#include <memory>
#include <optional>
#include <stdexcept>
#include <type_traits>
#include <utility>

namespace corokit {

class Semaphore;

namespace detail {
template <class Ref>
class AcquireAwaiter;

inline std::size_t checked_permits(std::size_t permits, std::size_t limit) {
  if (permits > limit)
    throw std::invalid_argument("corokit: more permits were asked for than Semaphore::max_permits()");
  return permits;
}
}  // namespace detail

/// The error of an acquire: the semaphore is closed, and gives no more permits.
struct SemaphoreClosed {
  friend constexpr bool operator==(SemaphoreClosed, SemaphoreClosed) noexcept { return true; }
};

/// The reason why try_acquire() gave no permit.
enum class TryAcquireError {
  closed,
  no_permits,  ///< too few permits are free, or other tasks wait for permits
};

/// Holds permits of a Semaphore; its destructor gives them back. `Ref` is the type of its reference to the semaphore.
///
/// Requires: the semaphore outlives it (an OwnedSemaphorePermit keeps it alive).
/// Thread-safety: one thread at a time; it may be moved to any thread, and be destroyed there.
template <class Ref>
class [[nodiscard("its destructor gives the permits back")]] BasicSemaphorePermit {
 public:
  BasicSemaphorePermit(BasicSemaphorePermit && other) noexcept
      : semaphore_(std::exchange(other.semaphore_, nullptr)), permits_(std::exchange(other.permits_, 0)) {}
  BasicSemaphorePermit& operator=(BasicSemaphorePermit&& other) noexcept {
    if (this != &other) {
      release();
      semaphore_ = std::exchange(other.semaphore_, nullptr);
      permits_ = std::exchange(other.permits_, 0);
    }
    return *this;
  }
  ~BasicSemaphorePermit() {
    release();
  }

  /// Returns: the number of permits that it holds.
  std::size_t num_permits() const noexcept {
    return permits_;
  }
  /// Destroys the permits, which are never given back.
  void forget() noexcept;
  /// Adds the permits of `other`, which is empty afterwards.
  /// Throws: std::logic_error if they belong to another semaphore.
  void merge(BasicSemaphorePermit && other) {
    if (semaphore_ != other.semaphore_)
      throw std::logic_error("corokit: merge() was called with permits of another semaphore");
    if (this != &other) permits_ += std::exchange(other.permits_, 0);
  }
  /// Moves `permits` permits to a new object. Returns: the new object; none if this one holds fewer permits.
  std::optional<BasicSemaphorePermit> split(std::size_t permits) {
    if (permits > permits_) return std::nullopt;
    std::optional<BasicSemaphorePermit> part(BasicSemaphorePermit(semaphore_, permits));
    permits_ -= permits;
    return part;
  }

 private:
  friend class Semaphore;
  friend class detail::AcquireAwaiter<Ref>;
  BasicSemaphorePermit(Ref semaphore, std::size_t permits) noexcept
      : semaphore_(std::move(semaphore)), permits_(permits) {}
  void release() noexcept;

  Ref semaphore_;
  std::size_t permits_;
};

using SemaphorePermit = BasicSemaphorePermit<Semaphore*>;
using OwnedSemaphorePermit = BasicSemaphorePermit<std::shared_ptr<Semaphore>>;

/// Limits how many tasks do something at once: `auto permit = co_await semaphore.acquire();`
///
/// Waiters are served first come, first served: a waiter for many permits collects them at the head of the queue, and
/// no later waiter overtakes it, however few permits it wants. A semaphore may start with 0 permits; then every task
/// waits for add_permits().
///
/// Requires: the semaphore outlives its permits and waits (acquire_owned() keeps it alive).
/// Thread-safety: may be called at once from any thread, except for construction and destruction.
/// Complexity: 40 bytes; an uncontended acquire or release is one compare-and-swap.
/// Source: tokio's batch semaphore (fairness, partial assignment).
/// Example: runtime/examples/crawler.cpp
class Semaphore {
 public:
  /// Throws: std::invalid_argument if `permits` is more than max_permits().
  explicit Semaphore(std::size_t permits)
      : existing_(detail::checked_permits(permits, max_permits())), core_(permits) {}

  /// Returns: the largest number of permits that a semaphore can have.
  static constexpr std::size_t max_permits() noexcept { return detail::BatchSemaphore::kMaxPermits; }

  /// Takes one permit, after waiting in the queue for it. As acquire_many(1).
  /// Thread-safety: may be called at once from any thread.
  /// Cancel-safety: as acquire_many().
  [[nodiscard]] detail::AcquireAwaiter<Semaphore*> acquire() noexcept;

  /// Takes `permits` permits, after waiting in the queue for them. It does not wait for zero permits.
  ///
  /// Resumes: on the awaiting task's executor; never inside the call that gave the permits.
  /// Returns: the permits; or SemaphoreClosed if the semaphore is closed before it grants them. Permits that it granted
  ///   before close() are received after it, as for mpsc::Sender::reserve().
  /// Throws: std::invalid_argument if `permits` is more than max_permits(). A wait for more permits than there will
  ///   ever be lasts until close().
  /// Thread-safety: may be called at once from any thread.
  /// Cancel-safety: a dropped wait loses its place in the queue; permits already assigned to it go to the next waiter.
  /// Complexity: O(1); no allocation (the waiter lives in the awaiting coroutine's frame).
  [[nodiscard]] detail::AcquireAwaiter<Semaphore*> acquire_many(std::size_t permits);

  /// Takes one permit if it is free and no task waits.
  Result<SemaphorePermit, TryAcquireError> try_acquire() noexcept { return try_take<Semaphore*>(this, 1); }
  /// Takes `permits` permits if at least that number is free and no task waits.
  /// Throws: std::invalid_argument if `permits` is more than max_permits().
  Result<SemaphorePermit, TryAcquireError> try_acquire_many(std::size_t permits) {
    return try_take<Semaphore*>(this, detail::checked_permits(permits, max_permits()));
  }

  /// As acquire(), for a permit that keeps the semaphore alive.
  /// Throws: std::invalid_argument if `semaphore` is null.
  /// Thread-safety: may be called at once from any thread.
  /// Cancel-safety: as acquire_many().
  [[nodiscard]] static detail::AcquireAwaiter<std::shared_ptr<Semaphore>> acquire_owned(
      std::shared_ptr<Semaphore> semaphore);
  /// As acquire_many(), for permits that keep the semaphore alive.
  /// Throws: std::invalid_argument if `semaphore` is null.
  /// Thread-safety: may be called at once from any thread.
  /// Cancel-safety: as acquire_many().
  [[nodiscard]] static detail::AcquireAwaiter<std::shared_ptr<Semaphore>> acquire_many_owned(
      std::shared_ptr<Semaphore> semaphore, std::size_t permits);
  /// As try_acquire(), for a permit that keeps the semaphore alive.
  /// Throws: std::invalid_argument if `semaphore` is null.
  static Result<OwnedSemaphorePermit, TryAcquireError> try_acquire_owned(
      std::shared_ptr<Semaphore> semaphore);
  /// As try_acquire_many(), for permits that keep the semaphore alive.
  /// Throws: std::invalid_argument if `semaphore` is null.
  static Result<OwnedSemaphorePermit, TryAcquireError> try_acquire_many_owned(
      std::shared_ptr<Semaphore> semaphore, std::size_t permits);

  /// As acquire(), but blocks the calling thread. Throws: std::logic_error if the calling thread runs tasks.
  Result<SemaphorePermit, SemaphoreClosed> blocking_acquire() { return blocking_acquire_many(1); }
  /// As acquire_many(), but blocks the calling thread. Throws: std::logic_error if the calling thread runs tasks.
  Result<SemaphorePermit, SemaphoreClosed> blocking_acquire_many(std::size_t permits);
  /// As acquire_owned(), but blocks the calling thread. Throws: std::logic_error if the calling thread runs tasks.
  static Result<OwnedSemaphorePermit, SemaphoreClosed> blocking_acquire_owned(
      std::shared_ptr<Semaphore> semaphore);
  /// As acquire_many_owned(), but blocks the calling thread.
  /// Throws: std::logic_error if the calling thread runs tasks.
  static Result<OwnedSemaphorePermit, SemaphoreClosed> blocking_acquire_many_owned(
      std::shared_ptr<Semaphore> semaphore, std::size_t permits);

  /// Adds new permits. Waiters get them first, in the order of the queue.
  /// Throws: std::invalid_argument if there would be more than max_permits(), free or held.
  void add_permits(std::size_t permits);
  /// Destroys up to `permits` free permits. Returns: how many it destroyed.
  std::size_t forget_permits(std::size_t permits) noexcept;
  /// Returns: the number of free permits. The value may be stale at once.
  std::size_t available_permits() const noexcept { return core_.available(); }

  /// Closes the semaphore, which grants no more permits from here on: those that wait for permits, or come later, get
  /// SemaphoreClosed. Permits can still be given back. Idempotent.
  void close() noexcept { core_.close(); }
  /// Returns: true after close().
  bool is_closed() const noexcept { return core_.is_closed(); }

 private:
  template <class>
  friend class BasicSemaphorePermit;
  template <class>
  friend class detail::AcquireAwaiter;

  template <class Ref>
  static Result<BasicSemaphorePermit<Ref>, TryAcquireError> try_take(Ref semaphore,
                                                                     std::size_t permits) noexcept {
    using Take = detail::BatchSemaphore::Take;
    const Take take = semaphore->core_.try_take(permits);
    if (take == Take::taken) return BasicSemaphorePermit<Ref>(std::move(semaphore), permits);
    return Err<TryAcquireError>(take == Take::closed ? TryAcquireError::closed : TryAcquireError::no_permits);
  }

  // How many permits exist, free or held. Relaxed everywhere: no other data depends on it.
  detail::Atomic<std::size_t> existing_;
  detail::BatchSemaphore core_;
};

template <class Ref>
void BasicSemaphorePermit<Ref>::forget() noexcept {
  if (permits_ > 0) semaphore_->existing_.fetch_sub(std::exchange(permits_, 0), std::memory_order_relaxed);
}

template <class Ref>
void BasicSemaphorePermit<Ref>::release() noexcept {
  if (permits_ > 0) semaphore_->core_.give(std::exchange(permits_, 0));
}

namespace detail {

template <class Ref>
class AcquireAwaiter : public Awaiter<AcquireAwaiter<Ref>> {
 public:
  static constexpr const char* kName = "Semaphore::acquire";
  static constexpr bool kIsHeld = true;

  AcquireAwaiter(Ref semaphore, std::size_t permits) noexcept
      : semaphore_(std::move(semaphore)), wait_(semaphore_->core_, permits) {}
  AcquireAwaiter(AcquireAwaiter&& other) noexcept
      : Awaiter<AcquireAwaiter>(other), semaphore_(std::move(other.semaphore_)), wait_(other.wait_) {}
  ~AcquireAwaiter() = default;

  bool try_complete() noexcept { return wait_.try_complete(); }
  bool suspend() noexcept { return wait_.suspend(this->branch()); }
  Result<BasicSemaphorePermit<Ref>, SemaphoreClosed> await_resume() noexcept {
    if (!wait_.finish()) return Err<SemaphoreClosed>(SemaphoreClosed{});
    return BasicSemaphorePermit<Ref>(std::move(semaphore_), wait_.wanted());
  }

 private:
  Ref semaphore_;  // outlives wait_
  SemaphoreWait wait_;
};

}  // namespace detail

inline detail::AcquireAwaiter<Semaphore*> Semaphore::acquire() noexcept {
  return detail::AcquireAwaiter<Semaphore*>(this, 1);
}

inline detail::AcquireAwaiter<Semaphore*> Semaphore::acquire_many(std::size_t permits) {
  return detail::AcquireAwaiter<Semaphore*>(this, detail::checked_permits(permits, max_permits()));
}

}  // namespace corokit
