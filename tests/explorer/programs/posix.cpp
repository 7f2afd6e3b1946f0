// Threads without std::, as an older textbook has them.
//
// Explored: posix_threads: right
// Explored: posix_keys: right
// Explored: posix_read_write_lock: right
// Explored: posix_barrier: right
// Explored: posix_semaphore: right
// Explored: posix_spin_lock: right
// Explored: posix_error_check: right
#include "explorer/program.hpp"

#include <pthread.h>
#include <semaphore.h>
#include <cerrno>

namespace {

struct Mailbox {
  pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
  pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
  bool full = false;
};

void* put(void* argument) {
  auto* const mailbox = static_cast<Mailbox*>(argument);
  pthread_mutex_lock(&mailbox->mutex);
  mailbox->full = true;
  pthread_cond_signal(&mailbox->changed);
  pthread_mutex_unlock(&mailbox->mutex);
  return mailbox;
}

/// Runs `work` twice at once.
template <class Work>
void run_twice(Work& work) {
  pthread_t thread;
  const auto run = [](void* argument) -> void* {
    (*static_cast<Work*>(argument))();
    return nullptr;
  };
  explored::require(pthread_create(&thread, nullptr, run, &work) == 0, "the thread starts");
  work();
  pthread_join(thread, nullptr);
}

}  // namespace

COROKIT_EXPLORED(posix_threads) {
  Mailbox mailbox;
  pthread_t thread;
  explored::require(pthread_create(&thread, nullptr, put, &mailbox) == 0, "the thread starts");
  pthread_mutex_lock(&mailbox.mutex);
  while (!mailbox.full) pthread_cond_wait(&mailbox.changed, &mailbox.mutex);
  pthread_mutex_unlock(&mailbox.mutex);
  void* result = nullptr;
  pthread_join(thread, &result);
  explored::require(result == &mailbox, "pthread_join() gives what the thread returned");
  pthread_cond_destroy(&mailbox.changed);
  pthread_mutex_destroy(&mailbox.mutex);
}

COROKIT_EXPLORED(posix_keys) {
  static int ended = 0;
  pthread_key_t key;
  pthread_key_create(&key, [](void* value) { ended += *static_cast<int*>(value); });
  static int mine = 1;
  static int yours = 2;
  pthread_t thread;
  pthread_setspecific(key, &mine);
  const auto run = [](void* argument) -> void* {
    const pthread_key_t its_key = *static_cast<pthread_key_t*>(argument);
    explored::require(pthread_getspecific(its_key) == nullptr, "each thread has its own value");
    pthread_setspecific(its_key, &yours);
    return nullptr;
  };
  pthread_create(&thread, nullptr, run, &key);
  pthread_join(thread, nullptr);
  explored::require(pthread_getspecific(key) == &mine, "each thread has its own value");
  explored::require(ended == 2, "the value of the thread was given to the function for its end");
  pthread_setspecific(key, nullptr);
  pthread_key_delete(key);
}

COROKIT_EXPLORED(posix_read_write_lock) {
  pthread_rwlock_t lock = PTHREAD_RWLOCK_INITIALIZER;
  int value = 0;
  auto work = [&] {
    pthread_rwlock_rdlock(&lock);
    explored::require(value == 0 || value == 1, "nobody writes while somebody reads");
    pthread_rwlock_unlock(&lock);
    pthread_rwlock_wrlock(&lock);
    ++value;
    pthread_rwlock_unlock(&lock);
  };
  run_twice(work);
  explored::require(value == 2, "no increment is lost");
  pthread_rwlock_destroy(&lock);
}

COROKIT_EXPLORED(posix_barrier) {
  pthread_barrier_t barrier;
  pthread_barrier_init(&barrier, nullptr, 2);
  int last = 0;
  auto work = [&] {
    if (pthread_barrier_wait(&barrier) == PTHREAD_BARRIER_SERIAL_THREAD) ++last;
  };
  run_twice(work);
  explored::require(last == 1, "one thread is told that it is the chosen one");
  pthread_barrier_destroy(&barrier);
}

COROKIT_EXPLORED(posix_semaphore) {
  sem_t places;
  sem_init(&places, 0, 1);
  int counter = 0;
  auto work = [&] {
    sem_wait(&places);
    ++counter;
    sem_post(&places);
  };
  run_twice(work);
  explored::require(counter == 2, "no increment is lost");
  sem_destroy(&places);
}

COROKIT_EXPLORED(posix_spin_lock) {
  pthread_spinlock_t lock;
  pthread_spin_init(&lock, PTHREAD_PROCESS_PRIVATE);
  int counter = 0;
  auto work = [&] {
    pthread_spin_lock(&lock);
    ++counter;
    pthread_spin_unlock(&lock);
  };
  run_twice(work);
  explored::require(counter == 2, "no increment is lost");
  pthread_spin_destroy(&lock);
}

COROKIT_EXPLORED(posix_error_check) {
  pthread_mutexattr_t attributes;
  pthread_mutexattr_init(&attributes);
  pthread_mutexattr_settype(&attributes, PTHREAD_MUTEX_ERRORCHECK);
  pthread_mutex_t mutex;
  pthread_mutex_init(&mutex, &attributes);
  auto work = [&] {
    pthread_mutex_lock(&mutex);
    explored::require(pthread_mutex_lock(&mutex) == EDEADLK, "the mutex says that it is held already");
    pthread_mutex_unlock(&mutex);
  };
  run_twice(work);
  pthread_mutex_destroy(&mutex);
  pthread_mutexattr_destroy(&attributes);
}
