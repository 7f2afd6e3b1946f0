// Larger data, and parts of the library that were compiled elsewhere.
//
// Explored: a_big_array: right
// Explored: a_big_block: right
// Explored: texts_under_a_mutex: right
// Explored: a_map_under_a_mutex: right
// Explored: a_function_from_another_thread: right
// Explored: a_block_for_a_cache_line: right
// Explored: weak_pointers: right
// Explored: the_last_owner_frees: right
// Explored: an_arena_of_the_library: right
// Explored: threads_print: right
// Explored: memory_is_copied: data race
#include "explorer/program.hpp"

#include <array>
#include <atomic>
#include <cstring>
#include <functional>
#include <map>
#include <memory>
#include <memory_resource>
#include <mutex>
#include <numeric>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

COROKIT_EXPLORED(a_big_array) {
  static std::array<int, 10'000> numbers{};
  std::thread thread([] { std::fill(numbers.begin(), numbers.begin() + 5'000, 1); });
  std::fill(numbers.begin() + 5'000, numbers.end(), 2);
  thread.join();
  explored::require(std::accumulate(numbers.begin(), numbers.end(), 0) == 15'000, "no number is lost");
}

COROKIT_EXPLORED(a_big_block) {
  std::vector<char> bytes(8'000'000);
  std::thread thread([&] { bytes.front() = 1; });
  bytes.back() = 2;
  thread.join();
  explored::require(bytes.front() + bytes.back() == 3, "no byte is lost");
}

COROKIT_EXPLORED(texts_under_a_mutex) {
  static const std::string kRest = " and more, which does not lie within the string; ";
  std::mutex mutex;
  std::string text;
  const auto write = [&](const std::string& word) {
    const std::lock_guard lock(mutex);
    text += word + kRest;
  };
  std::thread thread([&] { write("one"); });
  write("another");
  thread.join();
  explored::require(text.size() == std::string("oneanother").size() + 2 * kRest.size(), "no text is lost");
}

COROKIT_EXPLORED(a_map_under_a_mutex) {
  std::mutex mutex;
  std::map<std::string, int> counts;
  const auto count = [&](const char* word) {
    const std::lock_guard lock(mutex);
    ++counts[word];
  };
  std::thread thread([&] {
    count("a");
    count("b");
  });
  count("a");
  thread.join();
  explored::require(counts["a"] == 2 && counts["b"] == 1, "no word is lost");
}

COROKIT_EXPLORED(a_function_from_another_thread) {
  std::mutex mutex;
  std::vector<std::function<int()>> jobs;
  std::thread thread([&] {
    const std::lock_guard lock(mutex);
    jobs.emplace_back([text = std::string("a text that is too long to lie within the string")] {
      return static_cast<int>(text.size());
    });
  });
  int result = 48;
  {
    const std::lock_guard lock(mutex);
    if (!jobs.empty()) result = jobs.front()();
  }
  explored::require(result == 48, "the job has its text");
  thread.join();
}

COROKIT_EXPLORED(a_block_for_a_cache_line) {
  struct alignas(64) Slot {
    std::atomic<int> value = 0;
  };
  const auto slots = std::make_unique<Slot[]>(2);
  explored::require(reinterpret_cast<std::uintptr_t>(slots.get()) % 64 == 0,
                    "the block begins at a cache line");
  std::thread thread([&] { slots[0].value.store(1); });
  slots[1].value.store(2);
  thread.join();
  explored::require(slots[0].value.load() + slots[1].value.load() == 3, "no store is lost");
}

COROKIT_EXPLORED(weak_pointers) {
  explored::wants("the object is still there");
  explored::wants("the object is gone");
  auto owner = std::make_shared<int>(42);
  const std::weak_ptr<int> observer = owner;
  std::thread thread([owner = std::move(owner)]() mutable { owner.reset(); });
  if (const auto locked = observer.lock()) {
    explored::require(*locked == 42, "an object that was locked stays");
    explored::reached("the object is still there");
  } else {
    explored::reached("the object is gone");
  }
  thread.join();
}

COROKIT_EXPLORED(the_last_owner_frees) {
  struct Record {
    explicit Record(int& where) : freed(where) {}
    ~Record() { ++freed; }
    int& freed;
    std::atomic<int> reads = 0;
  };
  int freed = 0;
  auto mine = std::make_shared<Record>(freed);
  std::thread first([yours = mine]() mutable {
    yours->reads.fetch_add(1);
    yours.reset();
  });
  mine->reads.fetch_add(1);
  mine.reset();
  first.join();
  explored::require(freed == 1, "the object is destroyed once");
}

COROKIT_EXPLORED(an_arena_of_the_library) {
  std::array<std::byte, 1024> buffer{};
  std::pmr::monotonic_buffer_resource arena(buffer.data(), buffer.size());
  std::pmr::vector<int> numbers(&arena);
  std::thread thread([&] {
    for (int i = 0; i < 10; ++i) numbers.push_back(i);
  });
  thread.join();
  explored::require(std::accumulate(numbers.begin(), numbers.end(), 0) == 45, "no number is lost");
}

COROKIT_EXPLORED(threads_print) {
  const auto print = [](int number) {
    std::ostringstream text;
    text << "number " << number << ' ' << 0.5;
    explored::require(text.str() == "number " + std::to_string(number) + " 0.5",
                      "a stream is a thread's own");
  };
  std::thread thread([&] { print(1); });
  print(2);
  thread.join();
}

COROKIT_EXPLORED(memory_is_copied) {
  std::array<char, 100> from{};
  std::array<char, 100> to{};
  volatile std::size_t size = from.size();  // so that the size is not known when it is compiled
  std::thread thread([&] { from[99] = 1; });
  std::memcpy(to.data(), from.data(), size);
  thread.join();
}
