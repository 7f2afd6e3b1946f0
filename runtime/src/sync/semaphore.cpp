#include <corokit/detail/executor/blocking.hpp>
#include <corokit/sync/semaphore.hpp>

namespace corokit {
namespace {

using Shared = std::shared_ptr<Semaphore>;

Shared checked(Shared semaphore) {
  if (!semaphore) throw std::invalid_argument("corokit: the pointer to the Semaphore is null");
  return semaphore;
}

}  // namespace

detail::AcquireAwaiter<Shared> Semaphore::acquire_owned(Shared semaphore) {
  return acquire_many_owned(std::move(semaphore), 1);
}

detail::AcquireAwaiter<Shared> Semaphore::acquire_many_owned(Shared semaphore, std::size_t permits) {
  detail::checked_permits(permits, max_permits());
  return detail::AcquireAwaiter<Shared>(checked(std::move(semaphore)), permits);
}

Result<OwnedSemaphorePermit, TryAcquireError> Semaphore::try_acquire_owned(Shared semaphore) {
  return try_acquire_many_owned(std::move(semaphore), 1);
}

Result<OwnedSemaphorePermit, TryAcquireError> Semaphore::try_acquire_many_owned(Shared semaphore,
                                                                                std::size_t permits) {
  detail::checked_permits(permits, max_permits());
  return try_take<Shared>(checked(std::move(semaphore)), permits);
}

Result<SemaphorePermit, SemaphoreClosed> Semaphore::blocking_acquire_many(std::size_t permits) {
  return detail::block_thread(acquire_many(permits), "Semaphore::blocking_acquire");
}

Result<OwnedSemaphorePermit, SemaphoreClosed> Semaphore::blocking_acquire_owned(Shared semaphore) {
  return blocking_acquire_many_owned(std::move(semaphore), 1);
}

Result<OwnedSemaphorePermit, SemaphoreClosed> Semaphore::blocking_acquire_many_owned(Shared semaphore,
                                                                                     std::size_t permits) {
  return detail::block_thread(acquire_many_owned(std::move(semaphore), permits),
                              "Semaphore::blocking_acquire_owned");
}

void Semaphore::add_permits(std::size_t permits) {
  std::size_t existing = existing_.load(std::memory_order_relaxed);
  do {
    if (permits > max_permits() - existing)
      throw std::invalid_argument(
          "corokit: add_permits() would make more permits than Semaphore::max_permits()");
  } while (!existing_.compare_exchange_weak(existing, existing + permits, std::memory_order_relaxed));
  core_.give(permits);
}

std::size_t Semaphore::forget_permits(std::size_t permits) noexcept {
  const std::size_t forgotten = core_.forget(permits);
  existing_.fetch_sub(forgotten, std::memory_order_relaxed);
  return forgotten;
}

}  // namespace corokit
