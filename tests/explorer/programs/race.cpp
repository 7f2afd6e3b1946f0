// Plain data that two threads use without an order between them, and some that only looks like it.
//
// Explored: two_threads_count: data race
// Explored: a_block_is_read_while_it_is_freed: data race
// Explored: a_volatile_flag: data race
// Explored: a_volatile_flag_without_yield: data race
// Explored: two_threads_push_into_a_vector: data race
// Explored: one_shared_ptr_is_assigned_twice: data race
// Explored: bit_fields_share_a_byte: data race
// Explored: a_frame_is_shared: data race
// Explored: a_string_is_read_while_it_grows: data race
// Explored: the_writer_copies_a_whole_struct: data race
// Explored: neighbours_in_an_array: right
// Explored: each_has_its_own_shared_ptr: right
// Explored: two_threads_append_to_a_string: data race
// Explored: two_threads_insert_into_a_map: data race
// Explored: a_virtual_call_during_destruction: data race
// Explored: fields_that_are_not_aligned: data race
#include "explorer/program.hpp"

#include <array>
#include <coroutine>
#include <exception>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

COROKIT_EXPLORED(two_threads_count) {
  int counter = 0;
  std::thread thread([&] { ++counter; });
  ++counter;
  thread.join();
}

COROKIT_EXPLORED(a_block_is_read_while_it_is_freed) {
  auto number = std::make_unique<int>(42);
  const int* const address = number.get();
  std::thread owner([number = std::move(number)] {});  // frees it when it ends
  explored::require(*address == 42, "the number is still there");
  owner.join();
}

COROKIT_EXPLORED(a_volatile_flag) {
  volatile bool done = false;
  std::thread thread([&] { done = true; });
  while (!done) std::this_thread::yield();
  thread.join();
}

COROKIT_EXPLORED(a_volatile_flag_without_yield) {
  volatile bool done = false;
  std::thread thread([&] { done = true; });
  while (!done) {
  }
  thread.join();
}

COROKIT_EXPLORED(two_threads_push_into_a_vector) {
  std::vector<int> numbers;
  numbers.reserve(2);
  std::thread thread([&] { numbers.push_back(1); });
  numbers.push_back(2);
  thread.join();
}

COROKIT_EXPLORED(one_shared_ptr_is_assigned_twice) {
  std::shared_ptr<int> shared;
  std::thread thread([&] { shared = std::make_shared<int>(1); });
  shared = std::make_shared<int>(2);
  thread.join();
}

COROKIT_EXPLORED(bit_fields_share_a_byte) {
  struct {
    unsigned low : 4;
    unsigned high : 4;
  } flags{};
  std::thread thread([&] { flags.low = 1; });
  flags.high = 1;
  thread.join();
  explored::require(flags.low == 1 && flags.high == 1, "both are set");
}

namespace {

/// A coroutine that is resumed by hand.
struct Generator {
  struct promise_type {
    int value = 0;
    Generator get_return_object() {
      return Generator(std::coroutine_handle<promise_type>::from_promise(*this));
    }
    std::suspend_always initial_suspend() const noexcept { return {}; }
    std::suspend_always final_suspend() const noexcept { return {}; }
    std::suspend_always yield_value(int next) noexcept {
      value = next;
      return {};
    }
    void return_void() const noexcept {}
    void unhandled_exception() const noexcept { std::terminate(); }
  };
  explicit Generator(std::coroutine_handle<promise_type> handle) : coroutine(handle) {}
  Generator(const Generator&) = delete;
  Generator& operator=(const Generator&) = delete;
  ~Generator() { coroutine.destroy(); }
  std::coroutine_handle<promise_type> coroutine;
};

Generator count() {
  for (int i = 1;; ++i) co_yield i;
}

struct Point {
  long x, y, z, t, u, v, w;
};

}  // namespace

COROKIT_EXPLORED(a_frame_is_shared) {
  Generator numbers = count();
  std::thread thread([&] { numbers.coroutine.resume(); });
  [[maybe_unused]] const volatile int seen = numbers.coroutine.promise().value;
  thread.join();
}

COROKIT_EXPLORED(a_string_is_read_while_it_grows) {
  std::string text = "what is written here ";
  std::thread thread([&] { text += "lies on the heap"; });
  explored::require(text.size() >= 20, "no text is lost");
  thread.join();
}

COROKIT_EXPLORED(the_writer_copies_a_whole_struct) {
  Point point{};
  std::thread thread([&] {
    const Point other{1, 2, 3, 4, 5, 6, 7};
    point = other;
  });
  [[maybe_unused]] const volatile long seen = point.u;
  thread.join();
}

COROKIT_EXPLORED(neighbours_in_an_array) {
  std::array<char, 3> letters{};
  std::thread first([&] { letters[0] = 'a'; });
  std::thread second([&] { letters[1] = 'b'; });
  letters[2] = 'c';
  first.join();
  second.join();
  explored::require(letters == std::array<char, 3>{'a', 'b', 'c'}, "no letter is lost");
}

COROKIT_EXPLORED(each_has_its_own_shared_ptr) {
  auto mine = std::make_shared<int>(42);
  std::thread thread(
      [yours = mine] { explored::require(*yours == 42, "the number lives as long as its owners"); });
  explored::require(*mine == 42, "the number lives as long as its owners");
  mine.reset();
  thread.join();
}

COROKIT_EXPLORED(two_threads_append_to_a_string) {
  std::string text;
  std::thread thread([&] { text.append(10, 'a'); });
  text.append(10, 'b');
  thread.join();
}

COROKIT_EXPLORED(two_threads_insert_into_a_map) {
  std::map<int, int> squares;
  std::thread thread([&] { squares.emplace(2, 4); });
  squares.emplace(3, 9);
  thread.join();
}

namespace {

struct Shape {
  virtual ~Shape() = default;
  virtual int corners() const { return 0; }
};

struct Square : Shape {
  int corners() const override { return 4; }
};

}  // namespace

COROKIT_EXPLORED(a_virtual_call_during_destruction) {
  std::unique_ptr<Shape> shape = std::make_unique<Square>();
  const Shape& seen = *shape;
  std::thread owner([shape = std::move(shape)] {});
  explored::require(seen.corners() == 4, "the shape is a square");
  owner.join();
}

COROKIT_EXPLORED(fields_that_are_not_aligned) {
  struct [[gnu::packed]] {
    char first;
    int number;
  } packed{};
  std::thread thread([&] { packed.number = 1; });
  [[maybe_unused]] const volatile int seen = packed.number;
  thread.join();
}
