// A thread waits for a letter that another one puts into a mailbox.
//
// Explored: mailbox --spurious 1: right
#include "mailbox.hpp"
#include "explorer/program.hpp"

#include <thread>

COROKIT_EXPLORED(mailbox) {
  Mailbox mailbox;
  std::thread sender([&] { mailbox.put(42); });
  explored::require(mailbox.take() == 42, "what is taken is what was put");
  sender.join();
}
