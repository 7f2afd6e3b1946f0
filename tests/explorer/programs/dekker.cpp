// Two threads increase a counter under Dekker's mutex.
//
// Explored: dekker: right
#include "dekker.hpp"
#include "explorer/program.hpp"

#include <thread>

COROKIT_EXPLORED(dekker) {
  Dekker mutex;
  int counter = 0;
  const auto increase = [&](std::size_t me) {
    mutex.lock(me);
    ++counter;
    mutex.unlock(me);
  };
  std::thread thread(increase, 0);
  increase(1);
  thread.join();
  explored::require(counter == 2, "no increment is lost");
}
