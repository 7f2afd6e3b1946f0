// Two coroutines, each on a thread of its own, wait for an event that a third thread sets.
//
// Explored: event: right
#include "event.hpp"
#include "explorer/program.hpp"
#include "job.hpp"

#include <atomic>
#include <thread>

namespace {

struct Announcement {
  Event event;
  int text = 0;
  std::atomic<int> readers = 0;
};

Job read(Announcement& announcement) {
  const auto thread = std::this_thread::get_id();
  co_await announcement.event;
  if (std::this_thread::get_id() != thread) explored::reached("a coroutine waits until set() resumes it");
  explored::require(announcement.text == 42, "a waiter sees what was written before set()");
  announcement.readers.fetch_add(1, std::memory_order_relaxed);  // is read after all threads were joined
}

}  // namespace

COROKIT_EXPLORED(event) {
  explored::wants("a coroutine waits until set() resumes it");
  Announcement announcement;
  std::thread first([&] { read(announcement); });
  std::thread second([&] { read(announcement); });
  announcement.text = 42;
  announcement.event.set();
  first.join();
  second.join();
  explored::require(announcement.readers == 2, "each waiter is resumed once");
}
