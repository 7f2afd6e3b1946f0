// Three threads increase a counter under a spin lock.
//
// Explored: spin_lock: right
#include "spin_lock.hpp"
#include "explorer/program.hpp"

#include <mutex>
#include <thread>

COROKIT_EXPLORED(spin_lock) {
  SpinLock mutex;
  int counter = 0;
  const auto increase = [&] {
    const std::lock_guard lock(mutex);
    ++counter;
  };
  std::thread first(increase);
  std::thread second(increase);
  increase();
  first.join();
  second.join();
  explored::require(counter == 3, "no increment is lost");
}
