// One thread that runs for long without an operation that others could see, to its end or without one.
//
// Explored: a_million_allocations: right
// Explored: a_use_after_a_million_allocations: use after free
// Explored: looks_at_memory_for_ever: livelock
// Explored: allocates_for_ever: livelock
// Explored: calls_itself_for_ever: crash
// Explored: calls_itself_for_ever_without_memory: crash
#include "explorer/program.hpp"

#include <memory>

namespace {

struct Node {
  int value = 0;
};

int calls(int depth) {
  volatile int local = depth;
  return local < 0 ? 0 : calls(depth + 1) + local;
}

[[gnu::no_sanitize("thread")]] int calls_quietly(int depth) {
  volatile int local = depth;
  return local < 0 ? 0 : calls_quietly(depth + 1) + local;
}

}  // namespace

COROKIT_EXPLORED(a_million_allocations) {
  int sum = 0;
  for (int i = 0; i < 1'000'000; ++i) sum += std::make_unique<Node>(Node{1})->value;
  explored::require(sum == 1'000'000, "each node holds 1");
}

COROKIT_EXPLORED(a_use_after_a_million_allocations) {
  const Node* last = nullptr;
  for (int i = 0; i < 1'000'000; ++i) last = std::make_unique<Node>().get();
  explored::require(last->value == 0, "the node is there");
}

COROKIT_EXPLORED(looks_at_memory_for_ever) {
  volatile bool stop = false;
  while (!stop) {
  }
}

COROKIT_EXPLORED(allocates_for_ever) {
  volatile bool stop = false;
  while (!stop) std::make_unique<Node>()->value = 1;
}

COROKIT_EXPLORED(calls_itself_for_ever) {
  calls(0);
}

COROKIT_EXPLORED(calls_itself_for_ever_without_memory) {
  calls_quietly(0);
}
