// Two threads increase a counter under Dekker's mutex.
//
// Explored: dekker: right
// Explored: dekker_again_and_again: right
#include "dekker.hpp"
#include "explorer/program.hpp"

#include <thread>

namespace {

/// Each thread increases the counter that many times.
void increase(int main_times, int thread_times) {
  Dekker mutex;
  int counter = 0;
  const auto work = [&](std::size_t me, int times) {
    for (int i = 0; i < times; ++i) {
      mutex.lock(me);
      ++counter;
      mutex.unlock(me);
    }
  };
  std::thread thread(work, 0, thread_times);
  work(1, main_times);
  thread.join();
  explored::require(counter == main_times + thread_times, "no increment is lost");
}

}  // namespace

COROKIT_EXPLORED(dekker) {
  increase(1, 1);
}

COROKIT_EXPLORED(dekker_again_and_again) {
  increase(2, 2);
}
