#include <15_steal_queue/steal_queue.hpp>

#include <explorer/program.hpp>

#include <atomic>
#include <deque>
#include <thread>

namespace {

using namespace mini;

struct Item {
  int pushed = 0;
  std::atomic<int> taken = 0;
};

void push(auto& queue, Item& item) {
  item.pushed = 1;
  explored::require(queue.push(&item), "push() returns true while there is room");
}

void take(Item* item) {
  if (!item) return;
  explored::require(item->pushed == 1, "whoever takes an item sees what was written before it was pushed");
  const int before = item->taken.fetch_add(1, std::memory_order_relaxed);
  explored::require(before == 0, "an item is taken once");
}

}  // namespace

COROKIT_EXPLORED(push_and_pop) {
  StealQueue<Item, 2> queue;
  Item items[2];
  explored::require(queue.empty(), "a new queue is empty");
  explored::require(queue.pop() == nullptr && queue.steal() == nullptr,
                    "nothing comes out of an empty queue");
  push(queue, items[0]);
  explored::require(!queue.empty(), "a queue with an item is not empty");
  push(queue, items[1]);
  explored::require(queue.pop() == &items[0], "pop() takes the oldest item");
  explored::require(queue.pop() == &items[1], "pop() takes the next one then");
  explored::require(queue.pop() == nullptr && queue.empty(), "a queue that was emptied is empty");
}

// Every sequence of six operations, against a std::deque.
COROKIT_EXPLORED(full) {
  constexpr std::size_t kCapacity = 2;
  StealQueue<Item, kCapacity> queue;
  std::deque<Item*> model;
  Item items[6];
  for (Item& item : items) {
    const std::size_t operation = explored::choose(3);
    if (operation == 0) {
      const bool has_room = model.size() < kCapacity;
      explored::require(queue.push(&item) == has_room,
                        "push() refuses an item if the queue is full, and only then");
      if (has_room) model.push_back(&item);
    } else {
      Item* const oldest = model.empty() ? nullptr : model.front();
      if (oldest) model.pop_front();
      Item* const taken = operation == 1 ? queue.pop() : queue.steal();
      explored::require(taken == oldest, "the oldest item comes out, and null if there is none");
    }
    explored::require(queue.empty() == model.empty(), "empty() says whether there are items");
  }
}

COROKIT_EXPLORED(published) {
  explored::wants("the thief has the item");
  StealQueue<Item, 2> queue;
  Item item;
  std::thread thief([&] {
    Item* const stolen = queue.steal();
    if (stolen) explored::reached("the thief has the item");
    take(stolen);
  });
  push(queue, item);
  thief.join();
  take(queue.pop());
  explored::require(item.taken == 1, "an item is taken once, by the thief or by the owner");
}

COROKIT_EXPLORED(one_item) {
  explored::wants("the owner has the item");
  explored::wants("the thief has the item");
  StealQueue<Item, 2> queue;
  Item item;
  push(queue, item);
  std::thread thief([&] {
    Item* const stolen = queue.steal();
    if (stolen) explored::reached("the thief has the item");
    take(stolen);
  });
  Item* const popped = queue.pop();
  if (popped) explored::reached("the owner has the item");
  take(popped);
  thief.join();
  explored::require(item.taken == 1, "an item that two want is not lost");
}

COROKIT_EXPLORED(edge_two_thieves) {
  explored::wants("the thieves have an item each");
  explored::wants("the owner and a thief have an item each");
  StealQueue<Item, 2> queue;
  Item items[2];
  std::thread first([&] { take(queue.steal()); });
  std::thread second([&] { take(queue.steal()); });
  for (Item& item : items) push(queue, item);
  Item* const popped = queue.pop();
  take(popped);
  first.join();
  second.join();
  if (items[0].taken == 1 && items[1].taken == 1) {
    explored::reached(popped ? "the owner and a thief have an item each" : "the thieves have an item each");
  }
  while (Item* const item = queue.pop()) take(item);
  explored::require(items[0].taken == 1 && items[1].taken == 1, "no item is lost");
}

COROKIT_EXPLORED(edge_thieves_alone) {
  StealQueue<Item, 2> queue;
  Item items[2];
  for (Item& item : items) push(queue, item);
  std::thread first([&] { take(queue.steal()); });
  std::thread second([&] { take(queue.steal()); });
  first.join();
  second.join();
  explored::require(items[0].taken == 1 && items[1].taken == 1, "each of two thieves has an item");
}

COROKIT_EXPLORED(edge_pop_does_not_give_up) {
  explored::wants("a thief takes the older item");
  StealQueue<Item, 2> queue;
  Item items[2];
  for (Item& item : items) push(queue, item);
  std::thread thief([&] { take(queue.steal()); });
  Item* const popped = queue.pop();
  explored::require(popped, "pop() takes an item if there are more items than thieves");
  if (popped == &items[1]) explored::reached("a thief takes the older item");
  take(popped);
  thief.join();
  explored::require(items[0].taken == 1 && items[1].taken == 1, "owner and thief have an item each");
}

COROKIT_EXPLORED(rounds) {
  explored::wants("the thief has an item of a later round");
  StealQueue<Item, 2> queue;
  Item items[5];
  push(queue, items[0]);
  std::thread thief([&] {
    Item* const stolen = queue.steal();
    if (stolen == &items[4]) explored::reached("the thief has an item of a later round");
    take(stolen);
  });
  take(queue.pop());
  for (std::size_t i = 1; i < 5; ++i) {
    push(queue, items[i]);
    if (i < 4) take(queue.pop());
  }
  thief.join();
  while (Item* const item = queue.pop()) take(item);
  for (const Item& item : items) explored::require(item.taken == 1, "no item is lost");
}

COROKIT_EXPLORED(edge_slot_used_again) {
  explored::wants("the thief has the first item");
  StealQueue<Item, 1> queue;
  Item items[2];
  push(queue, items[0]);
  std::thread thief([&] {
    Item* const stolen = queue.steal();
    if (stolen == &items[0]) explored::reached("the thief has the first item");
    take(stolen);
  });
  items[1].pushed = 1;
  const bool has_room =
      queue.push(&items[1]);  // into the slot that the thief reads, if it has taken the first item
  thief.join();
  while (Item* const item = queue.pop()) take(item);
  explored::require(items[0].taken == 1, "the older item is not lost");
  explored::require(items[1].taken == (has_room ? 1 : 0),
                    "the item in the slot that is used again is not lost");
}
