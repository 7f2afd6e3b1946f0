// A sender, and receivers that look whether the value is there.
//
// Explored: oneshot: right
// Explored: oneshot_two_takers: right
#include "oneshot.hpp"
#include "explorer/program.hpp"

#include <thread>

COROKIT_EXPLORED(oneshot) {
  explored::wants("the receiver comes too early");
  explored::wants("the value is there");
  Oneshot<int> oneshot;
  std::thread sender([&] { oneshot.send(42); });
  const std::optional<int> value = oneshot.try_take();
  explored::reached(value ? "the value is there" : "the receiver comes too early");
  explored::require(value.value_or(42) == 42, "what is received is what was sent");
  sender.join();
}

COROKIT_EXPLORED(oneshot_two_takers) {
  explored::wants("the first thread has the value");
  explored::wants("the second thread has the value");
  Oneshot<int> oneshot;
  std::optional<int> first;
  std::optional<int> second;
  std::thread one([&] { first = oneshot.try_take(); });
  std::thread other([&] { second = oneshot.try_take(); });
  oneshot.send(42);
  one.join();
  other.join();
  explored::require(!first || !second, "one thread at most has the value");
  if (first) explored::reached("the first thread has the value");
  if (second) explored::reached("the second thread has the value");
}
