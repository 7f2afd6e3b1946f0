// The resident memory of a million tasks that wait: for a time, for a notification, or for ever.
#include "harness.hpp"
#include "started.hpp"

#include <corokit/spawn.hpp>
#include <corokit/sync/notify.hpp>
#include <corokit/time/sleep.hpp>
#include <corokit/yield.hpp>

#include <unistd.h>
#include <atomic>
#include <cstdlib>
#include <fstream>
#include <thread>

namespace peers {
namespace {

std::atomic<std::uint64_t> parked{0};
Notify notify;

Task<void> wait_for_time() {
  parked.fetch_add(1, std::memory_order_relaxed);
  co_await sleep(1h);
}

Task<void> wait_for_notification() {
  parked.fetch_add(1, std::memory_order_relaxed);
  co_await notify.notified();
}

Task<void> wait_for_nothing() {
  parked.fetch_add(1, std::memory_order_relaxed);
  co_await Pending();
}

double resident_bytes() {
  std::ifstream statm("/proc/self/statm");
  double all = 0, resident = 0;
  statm >> all >> resident;
  return resident * static_cast<double>(sysconf(_SC_PAGESIZE));
}

Task<double> park_all(std::uint64_t tasks, Task<void> (*wait)()) {
  const double before = resident_bytes();
  for (std::uint64_t i = 0; i < tasks; ++i) corokit::spawn(wait()).detach();
  while (parked.load(std::memory_order_acquire) != tasks) co_await yield_now();
  std::this_thread::sleep_for(20ms);  // the other worker may still run the last task
  co_return resident_bytes() - before;
}

template <Task<void> (*kWait)()>
void measure(const Run& run) {
  const auto tasks = run.count(1'000'000);
  Runtime runtime = run.runtime();
  run.emit("", "B/task", runtime.block_on(park_all(tasks, kWait)) / static_cast<double>(tasks));
  _exit(0);  // this avoids destroying a million tasks
}

const Suite suite{{"mem_sleep", measure<wait_for_time>},
                  {"mem_notify", measure<wait_for_notification>},
                  {"mem_pending", measure<wait_for_nothing>}};

}  // namespace
}  // namespace peers
