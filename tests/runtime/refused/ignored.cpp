// What must not be thrown away: see task.cpp. g++ 12 does not warn about results of co_await.
#include <corokit/sync/mpsc.hpp>
#include <corokit/sync/mutex.hpp>
#include <corokit/sync/rw_lock.hpp>
#include <corokit/sync/semaphore.hpp>

using namespace corokit;

#ifdef mutex_guard  // its destructor unlocks the mutex
Task<> task(Mutex<>& mutex) {
  co_await mutex.lock();
}
#endif
#ifdef rw_lock_guard  // its destructor releases the lock
Task<> task(RwLock<int>& lock) {
  co_await lock.write();
}
#endif
#ifdef semaphore_permit  // it is given back at once
Task<> task(Semaphore& semaphore) {
  co_await semaphore.acquire();
}
#endif
#ifdef reserved_room  // it is given back at once
Task<> task(mpsc::Sender<int>& tx) {
  co_await tx.reserve();
}
#endif
