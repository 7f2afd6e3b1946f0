// What a program finds around it: globals, the stack, the heap, clocks, output.
//
// Explored: no_thread_at_all: right
// Explored: globals_are_new_in_each_schedule: right
// Explored: a_variable_of_the_main_thread: right
// Explored: a_big_local_array: right
// Explored: a_deep_recursion: right
// Explored: a_long_chain_of_awaits: right
// Explored: a_block_is_made_a_thousand_times: right
// Explored: more_memory_than_there_is: right
// Explored: memory_of_c: right
// Explored: output_of_all_kinds: right
// Explored: as_many_threads_as_processors: right
// Explored: clocks_go_on: right
// Explored: a_function_for_the_end: right
// Explored: a_sleep_is_no_order: data race
// Explored: a_sleep_may_be_too_short: broken
// Explored: a_thread_is_joined_twice: uncaught exception
// Explored: a_random_branch: not deterministic
#include "explorer/program.hpp"

#include <atomic>
#include <chrono>
#include <coroutine>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <iostream>
#include <map>
#include <memory>
#include <new>
#include <random>
#include <string>
#include <thread>
#include <utility>
#include <vector>

using std::chrono::milliseconds;

COROKIT_EXPLORED(no_thread_at_all) {
  explored::require(1 + 1 == 2, "a program may be as simple as that");
}

namespace {

std::map<std::string, int> registry{{"made before any program runs", 1}};
int runs = 0;

thread_local std::vector<std::string> notes;

int sum_of(volatile char* bytes, int size) {
  int sum = 0;
  for (int i = 0; i < size; ++i) sum += bytes[i];
  return sum;
}

int depth_of(int levels) {
  volatile char room[100] = {1};
  return levels == 0 ? 0 : depth_of(levels - 1) + room[0];
}

}  // namespace

COROKIT_EXPLORED(globals_are_new_in_each_schedule) {
  std::atomic<int> point = 0;
  std::thread thread([&] { point.fetch_add(1); });
  registry.emplace("a name that is too long to lie within the string", 2);
  ++runs;
  point.fetch_add(1);
  thread.join();
  explored::require(registry.size() == 2 && runs == 1, "each schedule begins with the same globals");
}

COROKIT_EXPLORED(a_variable_of_the_main_thread) {
  std::atomic<int> point = 0;
  std::thread thread([&] { point.fetch_add(1); });
  notes.emplace_back("a text that is too long to lie within the string");
  point.fetch_add(1);
  thread.join();
  explored::require(notes.size() == 1, "each schedule begins with the same variables");
}

COROKIT_EXPLORED(a_big_local_array) {
  std::thread thread([] {
    char bytes[1'000'000] = {};
    bytes[0] = bytes[999'999] = 1;
    explored::require(sum_of(bytes, 1'000) == 1, "the array is as it was made");
  });
  thread.join();
}

COROKIT_EXPLORED(a_deep_recursion) {
  std::thread thread([] { explored::require(depth_of(5'000) == 5'000, "each level is counted"); });
  thread.join();
}

namespace {

/// A coroutine that hands over to whoever awaits it when it ends, without a call.
struct Step {
  struct promise_type {
    std::coroutine_handle<> continuation = std::noop_coroutine();
    Step get_return_object() { return Step(std::coroutine_handle<promise_type>::from_promise(*this)); }
    std::suspend_always initial_suspend() const noexcept { return {}; }
    struct Final {
      bool await_ready() const noexcept { return false; }
      std::coroutine_handle<> await_suspend(std::coroutine_handle<promise_type> ended) const noexcept {
        return ended.promise().continuation;
      }
      void await_resume() const noexcept {}
    };
    Final final_suspend() const noexcept { return {}; }
    void return_void() const noexcept {}
    void unhandled_exception() const noexcept { std::terminate(); }
  };
  explicit Step(std::coroutine_handle<promise_type> handle) : coroutine(handle) {}
  Step(Step&& other) noexcept : coroutine(std::exchange(other.coroutine, nullptr)) {}
  ~Step() {
    if (coroutine) coroutine.destroy();
  }
  bool await_ready() const noexcept { return false; }
  std::coroutine_handle<> await_suspend(std::coroutine_handle<> awaiting) const noexcept {
    coroutine.promise().continuation = awaiting;
    return coroutine;
  }
  void await_resume() const noexcept {}
  std::coroutine_handle<promise_type> coroutine;
};

Step step(int& steps) {
  ++steps;
  co_return;
}

Step walk(int& steps) {
  for (int i = 0; i < 3'000; ++i) {
    Step next = step(steps);
    co_await next;
  }
}

}  // namespace

COROKIT_EXPLORED(a_long_chain_of_awaits) {
  int steps = 0;
  std::thread thread([&] {
    const Step all = walk(steps);
    all.coroutine.resume();
  });
  thread.join();
  explored::require(steps == 3'000, "each step was made");
}

COROKIT_EXPLORED(a_block_is_made_a_thousand_times) {
  std::thread thread([] {
    for (int i = 0; i < 1'000; ++i) {
      std::vector<char> bytes(100'000);
      bytes[50'000] = 1;
    }
  });
  thread.join();
}

COROKIT_EXPLORED(more_memory_than_there_is) {
  bool failed = false;
  std::thread thread([&] {
    try {
      const std::vector<char> bytes(std::size_t{1} << 60U);
    } catch (const std::bad_alloc&) {
      failed = true;
    }
  });
  thread.join();
  explored::require(failed, "the library says that there is too little memory");
}

COROKIT_EXPLORED(memory_of_c) {
  std::thread thread([] {
    auto* numbers = static_cast<int*>(std::calloc(100, sizeof(int)));
    explored::require(numbers != nullptr && numbers[99] == 0, "calloc() clears the block");
    numbers[99] = 42;
    numbers = static_cast<int*>(std::realloc(numbers, 10'000 * sizeof(int)));
    explored::require(numbers != nullptr && numbers[99] == 42, "realloc() keeps what is in the block");
    std::free(numbers);
    void* const line = std::aligned_alloc(64, 128);
    explored::require(reinterpret_cast<std::uintptr_t>(line) % 64 == 0, "the block is aligned");
    std::free(line);
    char* const copy = ::strdup("a text");
    explored::require(std::strcmp(copy, "a text") == 0, "the text is copied");
    std::free(copy);
  });
  thread.join();
}

COROKIT_EXPLORED(output_of_all_kinds) {
  std::thread thread([] { std::cout << "cout of a thread, " << 0.5 << '\n' << std::flush; });
  std::printf("printf of the main thread, %f\n", 0.5);
  std::clog << "clog of the main thread\n";
  thread.join();
}

COROKIT_EXPLORED(as_many_threads_as_processors) {
  const unsigned count = std::thread::hardware_concurrency();
  std::atomic<unsigned> ran = 0;
  std::vector<std::jthread> threads;
  for (unsigned i = 0; i < count; ++i) threads.emplace_back([&] { ran.fetch_add(1); });
  threads.clear();
  explored::require(ran.load() == count, "all threads have run");
}

COROKIT_EXPLORED(clocks_go_on) {
  const auto steady = std::chrono::steady_clock::now();
  const auto system = std::chrono::system_clock::now();
  std::thread thread([] { std::this_thread::sleep_for(milliseconds(30)); });
  std::this_thread::sleep_until(system + milliseconds(20));
  thread.join();
  explored::require(std::chrono::steady_clock::now() - steady >= milliseconds(30),
                    "the steady clock goes on");
  explored::require(std::chrono::system_clock::now() - system >= milliseconds(30),
                    "the system clock goes on");
}

COROKIT_EXPLORED(a_function_for_the_end) {
  std::atomic<int> point = 0;
  std::thread thread([&] { point.fetch_add(1); });
  explored::require(std::atexit([] { registry.clear(); }) == 0, "a program may ask to be told of its end");
  point.fetch_add(1);
  thread.join();
}

COROKIT_EXPLORED(a_sleep_is_no_order) {
  int result = 0;
  std::thread thread([&] { result = 42; });
  std::this_thread::sleep_for(milliseconds(100));
  explored::require(result == 42, "100 ms are enough");
  thread.join();
}

COROKIT_EXPLORED(a_sleep_may_be_too_short) {
  std::atomic<int> result = 0;
  std::thread thread([&] { result.store(42); });
  std::this_thread::sleep_for(milliseconds(100));
  explored::require(result.load() == 42, "100 ms are enough");
  thread.join();
}

COROKIT_EXPLORED(a_thread_is_joined_twice) {
  std::thread thread([] {});
  thread.join();
  thread.join();
}

COROKIT_EXPLORED(a_random_branch) {
  std::atomic<unsigned> point = 0;
  std::thread thread([&] { point.fetch_add(1); });
  std::random_device random;
  for (unsigned i = random() % 8; i > 0; --i) point.fetch_add(1);
  thread.join();
}
