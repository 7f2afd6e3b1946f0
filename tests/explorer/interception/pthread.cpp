// The threads and locks of the C library that a program uses.
#include <pthread.h>
#include <sched.h>
#include <cerrno>
#include <cstdint>
#include <cstring>

#include "c_library.hpp"
#include "locks.hpp"

using namespace corokit::model;  // NOLINT: all names below are those of the C library

namespace {

using Mode = Locks::Mode;
using Type = Locks::Type;

Locks::Type type_of(const pthread_mutex_t* mutex) {
  switch (mutex->__data.__kind & 3) {
    case PTHREAD_MUTEX_RECURSIVE:
      return Locks::Type::recursive;
    case PTHREAD_MUTEX_ERRORCHECK:
      return Locks::Type::checked;
    default:
      return Locks::Type::normal;
  }
}
std::int64_t nanoseconds(const timespec* time) {
  return time->tv_sec * 1'000'000'000 + time->tv_nsec;
}

/// Our numbers of threads, as the C library's.
pthread_t handle(std::size_t thread) {
  return thread + 1;
}
std::size_t thread_of(pthread_t handle) {
  return handle - 1;
}

}  // namespace

extern "C" {

int pthread_mutex_lock(pthread_mutex_t* mutex) noexcept {
  const Entered player;
  if (!player || !player->granule(mutex)) return COROKIT_OWN(pthread_mutex_lock)(mutex);
  return Locks(*player, mutex, COROKIT_CODE(*player)).take(Mode::exclusive, type_of(mutex));
}
int pthread_mutex_trylock(pthread_mutex_t* mutex) noexcept {
  const Entered player;
  if (!player || !player->granule(mutex)) return COROKIT_OWN(pthread_mutex_trylock)(mutex);
  return Locks(*player, mutex, COROKIT_CODE(*player)).try_take(Mode::exclusive, type_of(mutex));
}
int pthread_mutex_timedlock(pthread_mutex_t* mutex, const timespec* until) noexcept {
  const Entered player;
  if (!player || !player->granule(mutex)) return COROKIT_OWN(pthread_mutex_timedlock)(mutex, until);
  return Locks(*player, mutex, COROKIT_CODE(*player))
      .take(Mode::exclusive, type_of(mutex), nanoseconds(until));
}
int pthread_mutex_clocklock(pthread_mutex_t* mutex, clockid_t clock, const timespec* until) noexcept {
  const Entered player;
  if (!player || !player->granule(mutex)) return COROKIT_OWN(pthread_mutex_clocklock)(mutex, clock, until);
  return Locks(*player, mutex, COROKIT_CODE(*player))
      .take(Mode::exclusive, type_of(mutex), nanoseconds(until));
}
int pthread_mutex_unlock(pthread_mutex_t* mutex) noexcept {
  const Entered player;
  if (!player || !player->granule(mutex)) return COROKIT_OWN(pthread_mutex_unlock)(mutex);
  return Locks(*player, mutex, COROKIT_CODE(*player)).release(type_of(mutex));
}

int pthread_rwlock_rdlock(pthread_rwlock_t* lock) noexcept {
  const Entered player;
  if (!player || !player->granule(lock)) return COROKIT_OWN(pthread_rwlock_rdlock)(lock);
  return Locks(*player, lock, COROKIT_CODE(*player)).take(Mode::shared, Type::normal);
}
int pthread_rwlock_wrlock(pthread_rwlock_t* lock) noexcept {
  const Entered player;
  if (!player || !player->granule(lock)) return COROKIT_OWN(pthread_rwlock_wrlock)(lock);
  return Locks(*player, lock, COROKIT_CODE(*player)).take(Mode::exclusive, Type::normal);
}
int pthread_rwlock_tryrdlock(pthread_rwlock_t* lock) noexcept {
  const Entered player;
  if (!player || !player->granule(lock)) return COROKIT_OWN(pthread_rwlock_tryrdlock)(lock);
  return Locks(*player, lock, COROKIT_CODE(*player)).try_take(Mode::shared, Type::normal);
}
int pthread_rwlock_trywrlock(pthread_rwlock_t* lock) noexcept {
  const Entered player;
  if (!player || !player->granule(lock)) return COROKIT_OWN(pthread_rwlock_trywrlock)(lock);
  return Locks(*player, lock, COROKIT_CODE(*player)).try_take(Mode::exclusive, Type::normal);
}
int pthread_rwlock_timedrdlock(pthread_rwlock_t* lock, const timespec* until) noexcept {
  const Entered player;
  if (!player || !player->granule(lock)) return COROKIT_OWN(pthread_rwlock_timedrdlock)(lock, until);
  return Locks(*player, lock, COROKIT_CODE(*player)).take(Mode::shared, Type::normal, nanoseconds(until));
}
int pthread_rwlock_timedwrlock(pthread_rwlock_t* lock, const timespec* until) noexcept {
  const Entered player;
  if (!player || !player->granule(lock)) return COROKIT_OWN(pthread_rwlock_timedwrlock)(lock, until);
  return Locks(*player, lock, COROKIT_CODE(*player)).take(Mode::exclusive, Type::normal, nanoseconds(until));
}
int pthread_rwlock_clockrdlock(pthread_rwlock_t* lock, clockid_t clock, const timespec* until) noexcept {
  const Entered player;
  if (!player || !player->granule(lock)) return COROKIT_OWN(pthread_rwlock_clockrdlock)(lock, clock, until);
  return Locks(*player, lock, COROKIT_CODE(*player)).take(Mode::shared, Type::normal, nanoseconds(until));
}
int pthread_rwlock_clockwrlock(pthread_rwlock_t* lock, clockid_t clock, const timespec* until) noexcept {
  const Entered player;
  if (!player || !player->granule(lock)) return COROKIT_OWN(pthread_rwlock_clockwrlock)(lock, clock, until);
  return Locks(*player, lock, COROKIT_CODE(*player)).take(Mode::exclusive, Type::normal, nanoseconds(until));
}
int pthread_rwlock_unlock(pthread_rwlock_t* lock) noexcept {
  const Entered player;
  if (!player || !player->granule(lock)) return COROKIT_OWN(pthread_rwlock_unlock)(lock);
  return Locks(*player, lock, COROKIT_CODE(*player)).release(Type::normal);
}

int pthread_cond_wait(pthread_cond_t* condition, pthread_mutex_t* mutex) {
  const Entered player;
  if (!player || !player->granule(condition)) return COROKIT_OWN(pthread_cond_wait)(condition, mutex);
  return Locks(*player, mutex, COROKIT_CODE(*player)).wait(condition, Wait::kNever);
}
int pthread_cond_timedwait(pthread_cond_t* condition, pthread_mutex_t* mutex, const timespec* until) {
  const Entered player;
  if (!player || !player->granule(condition))
    return COROKIT_OWN(pthread_cond_timedwait)(condition, mutex, until);
  return Locks(*player, mutex, COROKIT_CODE(*player)).wait(condition, nanoseconds(until));
}
int pthread_cond_clockwait(pthread_cond_t* condition, pthread_mutex_t* mutex, clockid_t clock,
                           const timespec* until) {
  const Entered player;
  if (!player || !player->granule(condition))
    return COROKIT_OWN(pthread_cond_clockwait)(condition, mutex, clock, until);
  return Locks(*player, mutex, COROKIT_CODE(*player)).wait(condition, nanoseconds(until));
}
int pthread_cond_signal(pthread_cond_t* condition) noexcept {
  const Entered player;
  if (!player || !player->granule(condition)) return COROKIT_OWN(pthread_cond_signal)(condition);
  player->notify(condition, 1, true, COROKIT_CODE(*player));
  return 0;
}
int pthread_cond_broadcast(pthread_cond_t* condition) noexcept {
  const Entered player;
  if (!player || !player->granule(condition)) return COROKIT_OWN(pthread_cond_broadcast)(condition);
  player->notify(condition, kThreads, true, COROKIT_CODE(*player));
  return 0;
}
int pthread_cond_init(pthread_cond_t* condition, const pthread_condattr_t* attributes) noexcept {
  const Entered player;
  if (!player || !player->granule(condition)) return COROKIT_OWN(pthread_cond_init)(condition, attributes);
  std::memset(condition, 0, sizeof *condition);
  return 0;
}
int pthread_cond_destroy(pthread_cond_t* condition) noexcept {
  const Entered player;
  return player ? 0 : COROKIT_OWN(pthread_cond_destroy)(condition);
}

int pthread_once(pthread_once_t* once, void (*function)()) {
  const Entered player;
  if (!player) return COROKIT_OWN(pthread_once)(once, function);
  if (!player->granule(once))
    player->call_in_library([&] { COROKIT_OWN(pthread_once)(once, function); });
  else
    player->call_once(*once, function, COROKIT_CODE(*player));
  return 0;
}

int pthread_key_create(pthread_key_t* key, void (*destroy)(void*)) noexcept {
  const Entered player;
  if (!player) return COROKIT_OWN(pthread_key_create)(key, destroy);
  *key = player->add_key(destroy);
  return 0;
}
int pthread_key_delete(pthread_key_t key) noexcept {
  const Entered player;
  return player ? 0 : COROKIT_OWN(pthread_key_delete)(key);
}
void* pthread_getspecific(pthread_key_t key) noexcept {
  const Entered player;
  return player ? const_cast<void*>(player->value(key)) : COROKIT_OWN(pthread_getspecific)(key);
}
int pthread_setspecific(pthread_key_t key, const void* value) noexcept {
  const Entered player;
  if (!player) return COROKIT_OWN(pthread_setspecific)(key, value);
  player->value(key) = value;
  return 0;
}

int pthread_create(pthread_t* thread, const pthread_attr_t* attributes, void* (*function)(void*),
                   void* argument) noexcept {
  const Entered player;
  if (!player) return COROKIT_OWN(pthread_create)(thread, attributes, function, argument);
  int state = PTHREAD_CREATE_JOINABLE;
  if (attributes) pthread_attr_getdetachstate(attributes, &state);
  *thread =
      handle(player->start(function, argument, state == PTHREAD_CREATE_DETACHED, COROKIT_CODE(*player)));
  return 0;
}
int pthread_join(pthread_t thread, void** result) {
  const Entered player;
  if (!player) return COROKIT_OWN(pthread_join)(thread, result);
  void* const returned = player->join(thread_of(thread), COROKIT_CODE(*player));
  if (result) *result = returned;
  return 0;
}
int pthread_detach(pthread_t thread) noexcept {
  const Entered player;
  if (!player) return COROKIT_OWN(pthread_detach)(thread);
  player->engine.threads.detach(thread_of(thread));
  return 0;
}
pthread_t pthread_self() noexcept {
  const Entered player;
  return player ? handle(player->engine.threads.running()) : COROKIT_OWN(pthread_self)();
}
int sched_yield() noexcept {
  const Entered player;
  if (!player) return COROKIT_OWN(sched_yield)();
  player->yield(COROKIT_CODE(*player));
  return 0;
}

}  // extern "C"
