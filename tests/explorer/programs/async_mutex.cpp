// Three jobs on three threads add to a sum that an async mutex guards.
//
// Explored: async_mutex: right
#include "async_mutex.hpp"
#include "explorer/program.hpp"
#include "job.hpp"

#include <thread>

namespace {

struct Account {
  AsyncMutex mutex;
  int sum = 0;
};

Job add(Account& account, int amount) {
  const auto thread = std::this_thread::get_id();
  co_await account.mutex.lock();
  if (std::this_thread::get_id() != thread) explored::reached("a job waits, and goes on on another thread");
  account.sum += amount;
  account.mutex.unlock();
}

}  // namespace

COROKIT_EXPLORED(async_mutex) {
  explored::wants("a job waits, and goes on on another thread");
  Account account;
  std::thread first([&] { add(account, 1); });
  std::thread second([&] { add(account, 2); });
  add(account, 4);
  first.join();
  second.join();
  explored::require(account.sum == 7, "each job has held the mutex once");
}
