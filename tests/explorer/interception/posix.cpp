// Barriers, semaphores and spin locks of the C library.
#include <pthread.h>
#include <semaphore.h>
#include <cerrno>
#include <cstdint>
#include <cstring>

#include "c_library.hpp"
#include "locks.hpp"

using namespace corokit::model;  // NOLINT: all names below are those of the C library

namespace {

constexpr auto kBoth = std::memory_order_acq_rel;

/// What a barrier holds for us.
struct Barrier {
  std::uint32_t needed;
  std::uint32_t arrived;
  std::uint32_t round;
};

void wait_for(Player& player, const void* on, const void* code) {
  player.operation(code, "sleeps until it is notified", on);
  player.engine.threads.wait({.what = Wait::For::futex, .on = on}, code);
}

/// Returns: false if the semaphore is 0.
bool take_one(Player& player, sem_t* semaphore, const void* code) {
  const auto take = [](Word& value) { return value != 0 && (--value, true); };
  return player.update("semaphore", semaphore, sizeof(std::uint32_t), kBoth, std::memory_order_acquire, code,
                       take) != 0;
}

}  // namespace

extern "C" {

int sem_init(sem_t* semaphore, int shared, unsigned value) noexcept {
  const Entered player;
  if (!player) return COROKIT_OWN(sem_init)(semaphore, shared, value);
  std::memset(semaphore, 0, sizeof *semaphore);
  std::memcpy(semaphore, &value, sizeof value);
  return 0;
}
int sem_destroy(sem_t* semaphore) noexcept {
  const Entered player;
  return player ? 0 : COROKIT_OWN(sem_destroy)(semaphore);
}
int sem_wait(sem_t* semaphore) {
  const Entered player;
  if (!player) return COROKIT_OWN(sem_wait)(semaphore);
  const void* const code = COROKIT_CODE(*player);
  while (!take_one(*player, semaphore, code)) wait_for(*player, semaphore, code);
  return 0;
}
int sem_trywait(sem_t* semaphore) noexcept {
  const Entered player;
  if (!player) return COROKIT_OWN(sem_trywait)(semaphore);
  if (take_one(*player, semaphore, COROKIT_CODE(*player))) return 0;
  errno = EAGAIN;
  return -1;
}
int sem_post(sem_t* semaphore) noexcept {
  const Entered player;
  if (!player) return COROKIT_OWN(sem_post)(semaphore);
  const auto add = [](Word& value) { return ++value, true; };
  player->update("semaphore", semaphore, sizeof(std::uint32_t), kBoth, kBoth, COROKIT_CODE(*player), add);
  player->engine.threads.wake_one(semaphore);
  return 0;
}

int pthread_barrier_init(pthread_barrier_t* barrier, const pthread_barrierattr_t* attributes,
                         unsigned count) noexcept {
  const Entered player;
  if (!player) return COROKIT_OWN(pthread_barrier_init)(barrier, attributes, count);
  *reinterpret_cast<Barrier*>(barrier) = {count, 0, 0};
  return 0;
}
int pthread_barrier_destroy(pthread_barrier_t* barrier) noexcept {
  const Entered player;
  return player ? 0 : COROKIT_OWN(pthread_barrier_destroy)(barrier);
}
int pthread_barrier_wait(pthread_barrier_t* barrier) noexcept {
  const Entered player;
  if (!player) return COROKIT_OWN(pthread_barrier_wait)(barrier);
  const void* const code = COROKIT_CODE(*player);
  auto& state = *reinterpret_cast<Barrier*>(barrier);
  const std::uint32_t round = state.round;
  const auto arrive = [&](Word& value) { return value = (value + 1) % state.needed, true; };
  player->update("barrier", &state.arrived, sizeof state.arrived, kBoth, kBoth, code, arrive);
  if (state.arrived == 0) {
    ++state.round;
    player->engine.threads.wake_all(barrier);
    return PTHREAD_BARRIER_SERIAL_THREAD;
  }
  while (state.round == round) wait_for(*player, barrier, code);
  const auto look = [](Word&) { return false; };
  player->update("barrier", &state.arrived, sizeof state.arrived, kBoth, std::memory_order_acquire, code,
                 look);
  return 0;
}

int pthread_spin_init(pthread_spinlock_t* lock, int shared) noexcept {
  const Entered player;
  if (!player) return COROKIT_OWN(pthread_spin_init)(lock, shared);
  *lock = 0;
  return 0;
}
int pthread_spin_destroy(pthread_spinlock_t* lock) noexcept {
  const Entered player;
  return player ? 0 : COROKIT_OWN(pthread_spin_destroy)(lock);
}
int pthread_spin_lock(pthread_spinlock_t* lock) noexcept {
  const Entered player;
  if (!player) return COROKIT_OWN(pthread_spin_lock)(lock);
  return Locks(*player, const_cast<int*>(lock), COROKIT_CODE(*player))
      .take(Locks::Mode::exclusive, Locks::Type::normal);
}
int pthread_spin_trylock(pthread_spinlock_t* lock) noexcept {
  const Entered player;
  if (!player) return COROKIT_OWN(pthread_spin_trylock)(lock);
  return Locks(*player, const_cast<int*>(lock), COROKIT_CODE(*player))
      .try_take(Locks::Mode::exclusive, Locks::Type::normal);
}
int pthread_spin_unlock(pthread_spinlock_t* lock) noexcept {
  const Entered player;
  if (!player) return COROKIT_OWN(pthread_spin_unlock)(lock);
  return Locks(*player, const_cast<int*>(lock), COROKIT_CODE(*player)).release(Locks::Type::normal);
}

}  // extern "C"
