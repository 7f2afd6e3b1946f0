// Memory that is used too late, freed too often, or never.
//
// Explored: a_freed_block_is_read: use after free
// Explored: a_freed_block_is_written: use after free
// Explored: a_destroyed_frame_is_read: use after free
// Explored: a_destroyed_frame_is_resumed: use after free
// Explored: a_reference_into_a_vector_that_grew: use after free
// Explored: a_lambda_coroutine_outlives_its_captures: use after free
// Explored: a_block_is_freed_twice: double free
// Explored: two_threads_free_a_block: double free
// Explored: a_frame_is_destroyed_twice: use after free
// Explored: a_block_is_forgotten: leak
// Explored: a_frame_is_forgotten: leak
// Explored: two_owners_in_a_circle: leak
// Explored: memory_that_is_kept_for_ever: right
#include "explorer/program.hpp"

#include <atomic>
#include <coroutine>
#include <exception>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace {

/// A coroutine that stops at its beginning and at its end, and is destroyed by hand.
struct Coroutine {
  struct promise_type {
    int result = 0;
    Coroutine get_return_object() { return {std::coroutine_handle<promise_type>::from_promise(*this)}; }
    std::suspend_always initial_suspend() const noexcept { return {}; }
    std::suspend_always final_suspend() const noexcept { return {}; }
    void return_value(int value) noexcept { result = value; }
    void unhandled_exception() const noexcept { std::terminate(); }
  };
  std::coroutine_handle<promise_type> handle;
};

Coroutine answer() {
  co_return 42;
}

}  // namespace

COROKIT_EXPLORED(a_freed_block_is_read) {
  auto number = std::make_unique<int>(42);
  const int* const address = number.get();
  number.reset();
  explored::require(*address == 42, "the number is still there");
}

COROKIT_EXPLORED(a_freed_block_is_written) {
  auto number = std::make_unique<int>(42);
  int* const address = number.get();
  std::thread thread([owner = std::move(number)] {});
  thread.join();
  *address = 43;
}

COROKIT_EXPLORED(a_destroyed_frame_is_read) {
  const Coroutine coroutine = answer();
  coroutine.handle.resume();
  coroutine.handle.destroy();
  explored::require(coroutine.handle.promise().result == 42, "the result is still there");
}

COROKIT_EXPLORED(a_destroyed_frame_is_resumed) {
  const Coroutine coroutine = answer();
  coroutine.handle.destroy();
  coroutine.handle.resume();
}

COROKIT_EXPLORED(a_reference_into_a_vector_that_grew) {
  std::vector<int> numbers{1};
  int& first = numbers.front();
  for (int i = 0; i < 100; ++i) numbers.push_back(i);
  first = 2;
}

COROKIT_EXPLORED(a_lambda_coroutine_outlives_its_captures) {
  const auto lambda = [number = 42]() -> Coroutine { co_return number; };
  auto copy = std::make_unique<decltype(lambda)>(lambda);
  const Coroutine coroutine = (*copy)();
  copy.reset();
  coroutine.handle.resume();
  coroutine.handle.destroy();
}

COROKIT_EXPLORED(a_block_is_freed_twice) {
  const std::shared_ptr<int> owner(new int(42));
  const std::shared_ptr<int> other_owner(owner.get());  // knows nothing of the first one
}

COROKIT_EXPLORED(two_threads_free_a_block) {
  std::atomic<int*> shared = new int(42);
  const auto clear = [&] {
    if (int* const number = shared.load()) {
      shared.store(nullptr);
      delete number;
    }
  };
  std::thread thread(clear);
  clear();
  thread.join();
}

COROKIT_EXPLORED(a_frame_is_destroyed_twice) {
  const Coroutine coroutine = answer();
  coroutine.handle.destroy();
  coroutine.handle.destroy();
}

COROKIT_EXPLORED(a_block_is_forgotten) {
  std::thread thread([] {
    const auto* const text = new std::string("a text that is too long to lie within the string");
    explored::require(!text->empty(), "the text is there");
  });
  thread.join();
}

COROKIT_EXPLORED(a_frame_is_forgotten) {
  std::thread thread([] { answer().handle.resume(); });
  thread.join();
}

COROKIT_EXPLORED(two_owners_in_a_circle) {
  struct Node {
    std::shared_ptr<Node> next;
  };
  const auto first = std::make_shared<Node>();
  first->next = std::make_shared<Node>();
  first->next->next = first;
}

COROKIT_EXPLORED(memory_that_is_kept_for_ever) {
  static const auto* const names =
      new std::vector<std::string>{"a name that is too long to lie within the string"};
  std::thread thread([] { explored::require(names->size() == 1, "the names are there"); });
  thread.join();
}
