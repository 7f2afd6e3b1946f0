// Threads that spin, as they may: whatever they wait for comes.
//
// Explored: a_ticket_lock: right
// Explored: a_consumer_spins: right
// Explored: a_consumer_spins_without_yield: right
// Explored: a_spinner_counts_its_rounds: right
// Explored: spinning_with_a_pause_that_grows: right
// Explored: a_compare_exchange_loop: right
// Explored: two_threads_try_and_give_back: right
// Explored: two_threads_meet_by_spinning: right
// Explored: a_reader_of_a_sequence_lock: right
// Explored: polls_and_sleeps: right
// Explored: polls_a_future: right
// Explored: spins_until_a_deadline: right
#include "explorer/program.hpp"

#include <atomic>
#include <chrono>
#include <future>
#include <mutex>
#include <thread>

COROKIT_EXPLORED(a_ticket_lock) {
  std::atomic<int> next_ticket = 0;
  std::atomic<int> serving = 0;
  int counter = 0;
  const auto increase = [&] {
    const int ticket = next_ticket.fetch_add(1, std::memory_order_relaxed);
    while (serving.load(std::memory_order_acquire) != ticket) std::this_thread::yield();
    ++counter;
    serving.store(ticket + 1, std::memory_order_release);
  };
  std::thread first(increase);
  std::thread second(increase);
  increase();
  first.join();
  second.join();
  explored::require(counter == 3, "no increment is lost");
}

COROKIT_EXPLORED(a_consumer_spins) {
  std::atomic<int> slot = 0;
  std::thread producer([&] {
    for (int i = 1; i <= 2; ++i) {
      while (slot.load(std::memory_order_acquire) != 0) std::this_thread::yield();
      slot.store(i, std::memory_order_release);
    }
  });
  for (int i = 1; i <= 2; ++i) {
    int got = 0;
    while ((got = slot.exchange(0, std::memory_order_acq_rel)) == 0) std::this_thread::yield();
    explored::require(got == i, "the numbers come in order");
  }
  producer.join();
}

COROKIT_EXPLORED(a_consumer_spins_without_yield) {
  std::atomic<bool> ready = false;
  int letter = 0;
  std::thread producer([&] {
    letter = 42;
    ready.store(true, std::memory_order_release);
  });
  while (!ready.load(std::memory_order_acquire)) {
  }
  explored::require(letter == 42, "the consumer sees the letter");
  producer.join();
}

COROKIT_EXPLORED(a_spinner_counts_its_rounds) {
  std::atomic<bool> ready = false;
  long rounds = 0;
  std::thread spinner([&] {
    while (!ready.load(std::memory_order_acquire)) ++rounds;
  });
  ready.store(true, std::memory_order_release);
  spinner.join();
  explored::require(rounds >= 0, "the rounds were counted");
}

COROKIT_EXPLORED(spinning_with_a_pause_that_grows) {
  std::atomic<bool> locked = false;
  int counter = 0;
  const auto increase = [&] {
    for (int pause = 1; locked.exchange(true, std::memory_order_acquire);
         pause = pause < 64 ? 2 * pause : pause) {
      for (int i = 0; i < pause; ++i) std::this_thread::yield();
    }
    ++counter;
    locked.store(false, std::memory_order_release);
  };
  std::thread thread(increase);
  increase();
  thread.join();
  explored::require(counter == 2, "no increment is lost");
}

COROKIT_EXPLORED(a_compare_exchange_loop) {
  std::atomic<int> counter = 0;
  const auto double_and_add_one = [&] {
    int seen = counter.load(std::memory_order_relaxed);
    while (!counter.compare_exchange_weak(seen, 2 * seen + 1, std::memory_order_relaxed)) {
    }
  };
  std::thread first(double_and_add_one);
  std::thread second(double_and_add_one);
  double_and_add_one();
  first.join();
  second.join();
  explored::require(counter.load() == 7, "no update is lost");
}

COROKIT_EXPLORED(two_threads_try_and_give_back) {
  std::mutex fork;
  std::mutex knife;
  int meals = 0;
  const auto eat = [&](std::mutex& first, std::mutex& second) {
    for (;;) {
      const std::unique_lock one(first);
      const std::unique_lock other(second, std::try_to_lock);
      if (other.owns_lock()) {
        ++meals;
        return;
      }
    }
  };
  std::thread thread([&] { eat(fork, knife); });
  eat(knife, fork);
  thread.join();
  explored::require(meals == 2, "each thread has eaten");
}

COROKIT_EXPLORED(two_threads_meet_by_spinning) {
  std::atomic<int> arrived = 0;
  int left = 0;
  int right = 0;
  const auto meet = [&] {
    arrived.fetch_add(1, std::memory_order_acq_rel);
    while (arrived.load(std::memory_order_acquire) != 2) std::this_thread::yield();
  };
  std::thread thread([&] {
    left = 1;
    meet();
    explored::require(right == 1, "each sees what the other one wrote before they met");
  });
  right = 1;
  meet();
  explored::require(left == 1, "each sees what the other one wrote before they met");
  thread.join();
}

COROKIT_EXPLORED(a_reader_of_a_sequence_lock) {
  std::atomic<unsigned> version = 0;  // odd while the writer is at work
  std::atomic<int> left = 0;
  std::atomic<int> right = 0;
  std::thread writer([&] {
    version.store(1, std::memory_order_relaxed);
    std::atomic_thread_fence(std::memory_order_release);
    left.store(1, std::memory_order_relaxed);
    right.store(1, std::memory_order_relaxed);
    version.store(2, std::memory_order_release);
  });
  for (;;) {
    const unsigned before = version.load(std::memory_order_acquire);
    const int one = left.load(std::memory_order_relaxed);
    const int other = right.load(std::memory_order_relaxed);
    std::atomic_thread_fence(std::memory_order_acquire);
    if (before % 2 == 0 && version.load(std::memory_order_relaxed) == before) {
      explored::require(one == other, "both halves are of one version");
      break;
    }
  }
  writer.join();
}

COROKIT_EXPLORED(polls_and_sleeps) {
  std::atomic<bool> ready = false;
  std::thread thread([&] { ready.store(true); });
  while (!ready.load()) std::this_thread::sleep_for(std::chrono::milliseconds(10));
  thread.join();
}

COROKIT_EXPLORED(polls_a_future) {
  std::promise<int> promise;
  std::future<int> future = promise.get_future();
  std::thread thread([&] { promise.set_value(42); });
  while (future.wait_for(std::chrono::seconds(0)) != std::future_status::ready) std::this_thread::yield();
  explored::require(future.get() == 42, "the value arrives");
  thread.join();
}

COROKIT_EXPLORED(spins_until_a_deadline) {
  std::atomic<bool> ready = false;
  std::thread thread([&] { ready.store(true); });
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(1);
  while (!ready.load() && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
  thread.join();
  explored::require(ready.load(), "the thread has ended");
}
