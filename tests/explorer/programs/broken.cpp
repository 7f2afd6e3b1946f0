// What a program says itself that it must not do, and how it ends when it should not.
//
// Explored: an_update_is_lost: broken
// Explored: the_main_thread_throws: uncaught exception
// Explored: a_thread_throws: uncaught exception
// Explored: a_noexcept_function_throws: uncaught exception
// Explored: a_rare_exception: uncaught exception
// Explored: a_thread_is_not_joined: crash
// Explored: calls_abort: crash
// Explored: an_assertion_fails: broken
// Explored: dereferences_null: crash
// Explored: divides_by_zero: crash
// Explored: recurses_for_ever: crash
// Explored: calls_exit: crash
// Explored: nobody_is_ever_second: not reached
#undef NDEBUG
#include "explorer/program.hpp"

#include <atomic>
#include <cassert>
#include <cstdlib>
#include <stdexcept>
#include <thread>

COROKIT_EXPLORED(an_update_is_lost) {
  std::atomic<int> counter = 0;
  const auto increase = [&] { counter.store(counter.load() + 1); };
  std::thread thread(increase);
  increase();
  thread.join();
  explored::require(counter.load() == 2, "no update is lost");
}

COROKIT_EXPLORED(the_main_thread_throws) {
  throw std::runtime_error("the disk is full");
}

COROKIT_EXPLORED(a_thread_throws) {
  std::thread thread([] { throw std::runtime_error("the disk is full"); });
  thread.join();
}

COROKIT_EXPLORED(a_noexcept_function_throws) {
  const auto save = []() noexcept { throw std::runtime_error("the disk is full"); };
  save();
}

COROKIT_EXPLORED(a_rare_exception) {
  std::atomic<int> places = 1;
  const auto book = [&] {
    if (places.load() == 0) return;
    if (places.fetch_sub(1) == 0) throw std::runtime_error("the last place is gone");
  };
  std::thread thread(book);
  book();
  thread.join();
}

COROKIT_EXPLORED(a_thread_is_not_joined) {
  std::thread thread([] {});
}

COROKIT_EXPLORED(calls_abort) {
  std::thread thread([] { std::abort(); });
  thread.join();
}

COROKIT_EXPLORED(an_assertion_fails) {
  std::atomic<int> counter = 0;
  std::thread thread([&] { ++counter; });
  assert(counter == 1 && "the thread was faster");
  thread.join();
}

COROKIT_EXPLORED(dereferences_null) {
  std::atomic<int*> number = nullptr;
  std::thread thread([&] { *number.load() = 42; });
  thread.join();
}

COROKIT_EXPLORED(divides_by_zero) {
  std::atomic<int> parts = 0;
  std::thread thread([&] { parts = 42 / parts; });
  thread.join();
}

namespace {

int depth(int calls) {
  volatile char room[100] = {1};
  return calls < 0 ? 0 : room[0] + depth(calls / 2 + 1);
}

}  // namespace

COROKIT_EXPLORED(recurses_for_ever) {
  int levels = 0;
  std::thread thread([&] { levels = depth(1); });
  thread.join();
}

COROKIT_EXPLORED(calls_exit) {
  std::thread thread([] { std::exit(0); });
  thread.join();
}

COROKIT_EXPLORED(nobody_is_ever_second) {
  explored::wants("the thread is second");
  std::atomic<int> place = 0;
  std::thread thread([&] {
    if (place.fetch_add(1) == 1) explored::reached("the thread is second");
  });
  thread.join();
  place.fetch_add(1);
}
