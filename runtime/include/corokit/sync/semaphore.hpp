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
  if (permits > limit) throw std::invalid_argument("corokit: more permits than Semaphore::max_permits()");
  return permits;
}
}  // namespace detail

/// The semaphore was closed: it gives no more permits.
struct SemaphoreClosed {
  friend constexpr bool operator==(SemaphoreClosed, SemaphoreClosed) noexcept { return true; }
};

/// Why an attempt that does not wait got nothing.
enum class TryAcquireError {
  closed,
  no_permits,  ///< too few are free, or others wait in line
};

/// Permits of a Semaphore; they go back when it dies. `Ref` says how it refers to the semaphore.
///
/// Requires: the semaphore outlives it (an OwnedSemaphorePermit keeps it alive itself).
/// Thread-safety: one thread at a time; it may be moved to and die on any thread.
template <class Ref>
class [[nodiscard("the permits go back when this dies")]] BasicSemaphorePermit {
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

  std::size_t num_permits() const noexcept {
    return permits_;
  }
  /// The permits never go back.
  void forget() noexcept {
    permits_ = 0;
  }
  /// Adds the permits of `other`, which is empty afterwards. Throws: std::logic_error if they are of another
  /// semaphore.
  void merge(BasicSemaphorePermit && other) {
    if (semaphore_ != other.semaphore_)
      throw std::logic_error("corokit: merging permits of different semaphores");
    if (this != &other) permits_ += std::exchange(other.permits_, 0);
  }
  /// Takes `permits` out into a permit of their own; nothing if there are fewer.
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

/// Limits how many things happen at once: `auto permit = co_await semaphore.acquire();`
///
/// Served first come, first served: who wants many collects them at the head of the line, and nobody behind
/// overtakes, however little it wants. Starting with 0 permits is legal: everybody waits for add_permits().
/// Requires: it outlives those who wait; shared, with acquire_owned(), it does by itself.
/// Thread-safety: may be called at once from any thread, except for construction and destruction.
/// Complexity: 32 bytes; an uncontended acquire or release is one compare-and-swap.
/// Source: tokio's batch semaphore (fairness, partial assignment).
/// Example: runtime/examples/crawler.cpp
class Semaphore {
 public:
  /// Throws: std::invalid_argument above max_permits().
  explicit Semaphore(std::size_t permits) : core_(detail::checked_permits(permits, max_permits())) {}

  static constexpr std::size_t max_permits() noexcept { return detail::BatchSemaphore::kMaxPermits; }

  /// Takes one permit, waiting in line for it. As acquire_many(1).
  /// Thread-safety: may be called at once from any thread.
  /// Cancel-safety: as acquire_many().
  [[nodiscard]] detail::AcquireAwaiter<Semaphore*> acquire() noexcept;

  /// Takes `permits`, waiting in line for them. Zero permits are there at once.
  ///
  /// Requires: at most max_permits(), else std::invalid_argument. More than there will ever be waits until
  ///   close().
  /// Resumes: on the awaiting task's executor; never inside the call that gave the permits.
  /// Returns: a Result: the permits, which go back when they die; SemaphoreClosed once it is closed, also if
  ///   they were granted before but not yet received.
  /// Thread-safety: may be called at once from any thread.
  /// Cancel-safety: a dropped wait loses its place; permits already assigned to it go to the next in line.
  /// Complexity: O(1); no allocation (the waiter lives in the awaiting coroutine's frame).
  [[nodiscard]] detail::AcquireAwaiter<Semaphore*> acquire_many(std::size_t permits);

  /// Takes them if they are free and nobody waits.
  Result<SemaphorePermit, TryAcquireError> try_acquire() noexcept { return try_take<Semaphore*>(this, 1); }
  /// Throws: std::invalid_argument above max_permits().
  Result<SemaphorePermit, TryAcquireError> try_acquire_many(std::size_t permits) {
    return try_take<Semaphore*>(this, detail::checked_permits(permits, max_permits()));
  }

  /// The same four, for permits that keep the semaphore alive. Throws: std::invalid_argument for null.
  /// Thread-safety: may be called at once from any thread.
  /// Cancel-safety: as acquire_many().
  [[nodiscard]] static detail::AcquireAwaiter<std::shared_ptr<Semaphore>> acquire_owned(
      std::shared_ptr<Semaphore> semaphore);
  [[nodiscard]] static detail::AcquireAwaiter<std::shared_ptr<Semaphore>> acquire_many_owned(
      std::shared_ptr<Semaphore> semaphore, std::size_t permits);
  static Result<OwnedSemaphorePermit, TryAcquireError> try_acquire_owned(
      std::shared_ptr<Semaphore> semaphore);
  static Result<OwnedSemaphorePermit, TryAcquireError> try_acquire_many_owned(
      std::shared_ptr<Semaphore> semaphore, std::size_t permits);

  /// The same four acquires, blocking this thread, which is none of a runtime's.
  /// Throws: std::logic_error inside a runtime; as those otherwise.
  Result<SemaphorePermit, SemaphoreClosed> blocking_acquire() { return blocking_acquire_many(1); }
  Result<SemaphorePermit, SemaphoreClosed> blocking_acquire_many(std::size_t permits);
  static Result<OwnedSemaphorePermit, SemaphoreClosed> blocking_acquire_owned(
      std::shared_ptr<Semaphore> semaphore);
  static Result<OwnedSemaphorePermit, SemaphoreClosed> blocking_acquire_many_owned(
      std::shared_ptr<Semaphore> semaphore, std::size_t permits);

  /// Adds new permits: those who wait get them first, in order.
  /// Throws: std::invalid_argument if more than max_permits() would be free.
  void add_permits(std::size_t permits);
  /// Destroys up to `permits` free ones. Returns: how many.
  std::size_t forget_permits(std::size_t permits) noexcept { return core_.forget(permits); }
  /// Free permits. Stale at once.
  std::size_t available_permits() const noexcept { return core_.available(); }

  /// From here on every acquire, also those in line, gives SemaphoreClosed. Permits still go back.
  /// Idempotent.
  void close() noexcept { core_.close(); }
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

  detail::BatchSemaphore core_;
};

template <class Ref>
void BasicSemaphorePermit<Ref>::release() noexcept {
  if (permits_ > 0) semaphore_->core_.give(std::exchange(permits_, 0));
}

namespace detail {

template <class Ref>
class AcquireAwaiter : public Awaiter<AcquireAwaiter<Ref>> {
 public:
  static constexpr const char* kName = "Semaphore::acquire";

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
