// Programs that have more schedules than can be played.
//
// Explored: four_threads_at_eight_counters --schedules 2000: too large
// Explored: a_large_program_with_a_shallow_mistake: broken
// Explored: ten_thousand_rounds: too large
// Explored: a_hundred_threads: too large
#include "explorer/program.hpp"

#include <array>
#include <atomic>
#include <thread>
#include <vector>

namespace {

template <class Work>
void on_four_threads(const Work& work) {
  std::vector<std::jthread> threads;
  for (int i = 0; i < 4; ++i) threads.emplace_back(work);
}

}  // namespace

COROKIT_EXPLORED(four_threads_at_eight_counters) {
  std::array<std::atomic<int>, 8> counters{};
  on_four_threads([&] {
    for (int round = 0; round < 20; ++round) {
      for (std::atomic<int>& counter : counters) counter.fetch_add(1);
    }
  });
  for (const std::atomic<int>& counter : counters)
    explored::require(counter.load() == 80, "no increment is lost");
}

COROKIT_EXPLORED(a_large_program_with_a_shallow_mistake) {
  std::array<std::atomic<int>, 8> counters{};
  on_four_threads([&] {
    for (int round = 0; round < 20; ++round) {
      for (std::atomic<int>& counter : counters) counter.store(counter.load() + 1);
    }
  });
  for (const std::atomic<int>& counter : counters)
    explored::require(counter.load() == 80, "no increment is lost");
}

COROKIT_EXPLORED(ten_thousand_rounds) {
  std::atomic<int> counter = 0;
  const auto increase = [&] {
    for (int i = 0; i < 10'000; ++i) counter.fetch_add(1);
  };
  std::thread thread(increase);
  increase();
  thread.join();
  explored::require(counter.load() == 20'000, "no increment is lost");
}

COROKIT_EXPLORED(a_hundred_threads) {
  std::atomic<int> counter = 0;
  std::vector<std::jthread> threads;
  for (int i = 0; i < 100; ++i) threads.emplace_back([&] { counter.fetch_add(1); });
  threads.clear();
  explored::require(counter.load() == 100, "no increment is lost");
}
