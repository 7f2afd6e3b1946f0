// The owner of a ring pushes two items and pops one, while two thieves steal.
//
// Explored: ring: right
#include "ring.hpp"
#include "explorer/program.hpp"

#include <thread>

namespace {

struct Item {
  int pushed = 0;
  int taken = 0;
};

void take(Item* item) {
  if (item == nullptr) return;
  explored::require(item->pushed == 1, "whoever has an item sees what was written before it was pushed");
  explored::require(++item->taken == 1, "one thread has the item");
}

}  // namespace

COROKIT_EXPLORED(ring) {
  explored::wants("the owner and a thief have an item each");
  explored::wants("the thieves have an item each");
  Ring<Item, 2> ring;
  Item items[2];
  std::thread first([&] { take(ring.steal()); });
  std::thread second([&] { take(ring.steal()); });
  for (Item& item : items) {
    item.pushed = 1;
    ring.push(&item);
  }
  Item* const popped = ring.pop();
  take(popped);
  first.join();
  second.join();
  if (items[0].taken == 1 && items[1].taken == 1) {
    explored::reached(popped == nullptr ? "the thieves have an item each"
                                        : "the owner and a thief have an item each");
  }
  while (Item* const item = ring.pop()) take(item);
  explored::require(items[0].taken == 1 && items[1].taken == 1, "no item is lost");
}
