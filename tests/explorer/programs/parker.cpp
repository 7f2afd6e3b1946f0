// A thread sleeps until another one has written what it needs.
//
// Explored: parker: right
#include "parker.hpp"
#include "explorer/program.hpp"

#include <thread>

COROKIT_EXPLORED(parker) {
  Parker parker;
  int parcel = 0;
  std::thread courier([&] {
    parcel = 42;
    parker.unpark();
  });
  parker.park();
  explored::require(parcel == 42, "who was woken sees what was written before");
  courier.join();
}
