// What threads tell each other by the library.
//
// Explored: a_promise_and_its_future: right
// Explored: a_promise_that_is_broken: right
// Explored: an_exception_in_a_future: right
// Explored: a_shared_future: right
// Explored: a_packaged_task: right
// Explored: async: right
// Explored: a_counting_semaphore: right
// Explored: the_semaphore_of_libstdcxx_12 --preemptions 5 --stale-loads 0: lost wake-up
// Explored: a_binary_semaphore_as_a_signal: right
// Explored: try_acquire_for_a_while: right
// Explored: a_latch: right
// Explored: a_barrier: right
// Explored: a_barrier_that_a_thread_leaves: right
// Explored: wait_and_notify_of_an_atomic: right
// Explored: wait_and_notify_of_a_byte: right
// Explored: wait_and_notify_of_a_pointer: right
// Explored: two_threads_wait_for_an_atomic: right
#include "explorer/program.hpp"

#include <atomic>
#include <barrier>
#include <chrono>
#include <future>
#include <latch>
#include <semaphore>
#include <stdexcept>
#include <thread>

COROKIT_EXPLORED(a_promise_and_its_future) {
  std::promise<int> promise;
  std::future<int> future = promise.get_future();
  std::thread thread([&] { promise.set_value(42); });
  explored::require(future.get() == 42, "the value arrives");
  thread.join();
}

COROKIT_EXPLORED(a_promise_that_is_broken) {
  std::future<int> future;
  {
    std::promise<int> promise;
    future = promise.get_future();
    std::thread([promise = std::move(promise)] {}).join();
  }
  bool broken = false;
  try {
    future.get();
  } catch (const std::future_error& error) {
    broken = error.code() == std::future_errc::broken_promise;
  }
  explored::require(broken, "the future says that the promise was broken");
}

COROKIT_EXPLORED(an_exception_in_a_future) {
  std::promise<int> promise;
  std::future<int> future = promise.get_future();
  std::thread thread([promise = std::move(promise)]() mutable {
    try {
      throw std::runtime_error("the disk is full");
    } catch (...) {
      promise.set_exception(std::current_exception());
    }
  });
  bool failed = false;
  try {
    future.get();
  } catch (const std::runtime_error&) {
    failed = true;
  }
  explored::require(failed, "the exception arrives");
  thread.join();
}

COROKIT_EXPLORED(a_shared_future) {
  std::promise<int> promise;
  const std::shared_future<int> future = promise.get_future().share();
  std::thread first([future] { explored::require(future.get() == 42, "the value arrives everywhere"); });
  std::thread second([future] { explored::require(future.get() == 42, "the value arrives everywhere"); });
  promise.set_value(42);
  first.join();
  second.join();
}

COROKIT_EXPLORED(a_packaged_task) {
  std::packaged_task<int(int)> task([](int number) { return 2 * number; });
  std::future<int> future = task.get_future();
  std::thread thread(std::move(task), 21);
  explored::require(future.get() == 42, "the result arrives");
  thread.join();
}

COROKIT_EXPLORED(async) {
  std::future<int> future = std::async(std::launch::async, [] { return 42; });
  std::future<int> lazy = std::async(std::launch::deferred, [] { return 43; });
  explored::require(future.get() == 42 && lazy.get() == 43, "the results arrive");
}

COROKIT_EXPLORED(a_counting_semaphore) {
  std::counting_semaphore<2> letters(0);
  int first_letter = 0;
  int second_letter = 0;
  std::thread first([&] {
    first_letter = 1;
    letters.release();
  });
  std::thread second([&] {
    second_letter = 2;
    letters.release();
  });
  letters.acquire();
  letters.acquire();
  explored::require(first_letter + second_letter == 3, "both letters have been written");
  first.join();
  second.join();
}

// That of libstdc++ 12 may sleep although there is a place (GCC PR 104928): before it looks for one, it reads how many
// there are, and it sleeps if there are as many again. In between another thread has taken one, and given it back after
// the last look.
COROKIT_EXPLORED(the_semaphore_of_libstdcxx_12) {
  std::counting_semaphore<1> places(1);
  const auto visit = [&] {
    places.acquire();
    places.release();
  };
  std::thread thread(visit);
  visit();
  thread.join();
}

COROKIT_EXPLORED(a_binary_semaphore_as_a_signal) {
  std::binary_semaphore ready(0);
  int letter = 0;
  std::thread thread([&] {
    letter = 42;
    ready.release();
  });
  ready.acquire();
  explored::require(letter == 42, "who was let in sees what was written before");
  thread.join();
}

COROKIT_EXPLORED(try_acquire_for_a_while) {
  explored::wants("it comes in time");
  std::binary_semaphore ready(0);
  std::thread thread([&] { ready.release(); });
  const bool in_time = ready.try_acquire_for(std::chrono::milliseconds(10));
  explored::reached(in_time ? "it comes in time" : "the time is over");
  thread.join();
}

COROKIT_EXPLORED(a_latch) {
  std::latch done(2);
  int left = 0;
  int right = 0;
  std::thread first([&] {
    left = 1;
    done.count_down();
  });
  std::thread second([&] {
    right = 1;
    done.count_down();
  });
  done.wait();
  explored::require(left + right == 2, "both threads have done their work");
  first.join();
  second.join();
}

COROKIT_EXPLORED(a_barrier) {
  int completed = 0;
  std::barrier barrier(2, [&]() noexcept { ++completed; });
  int left = 0;
  int right = 0;
  std::thread thread([&] {
    left = 1;
    barrier.arrive_and_wait();
    explored::require(right == 1, "each sees what the other one wrote before the barrier");
    barrier.arrive_and_wait();
  });
  right = 1;
  barrier.arrive_and_wait();
  explored::require(left == 1, "each sees what the other one wrote before the barrier");
  barrier.arrive_and_wait();
  explored::require(completed == 2, "the function was called once a phase");
  thread.join();
}

COROKIT_EXPLORED(a_barrier_that_a_thread_leaves) {
  std::barrier barrier(2);
  int letter = 0;
  std::thread thread([&] {
    letter = 42;
    barrier.arrive_and_drop();
  });
  barrier.arrive_and_wait();
  explored::require(letter == 42, "nobody goes on before all have come");
  barrier.arrive_and_wait();
  thread.join();
}

COROKIT_EXPLORED(wait_and_notify_of_an_atomic) {
  std::atomic<int> ready = 0;
  int letter = 0;
  std::thread thread([&] {
    letter = 42;
    ready.store(1, std::memory_order_release);
    ready.notify_one();
  });
  ready.wait(0, std::memory_order_acquire);
  explored::require(letter == 42, "who was woken sees what was written before");
  thread.join();
}

COROKIT_EXPLORED(wait_and_notify_of_a_byte) {
  std::atomic<bool> ready = false;
  int letter = 0;
  std::thread thread([&] {
    letter = 42;
    ready.store(true, std::memory_order_release);
    ready.notify_one();
  });
  ready.wait(false, std::memory_order_acquire);
  explored::require(letter == 42, "who was woken sees what was written before");
  thread.join();
}

COROKIT_EXPLORED(wait_and_notify_of_a_pointer) {
  std::atomic<const int*> parcel = nullptr;
  const int content = 42;
  std::thread thread([&] {
    parcel.store(&content, std::memory_order_release);
    parcel.notify_all();
  });
  parcel.wait(nullptr, std::memory_order_acquire);
  explored::require(*parcel.load(std::memory_order_acquire) == 42, "the parcel has arrived");
  thread.join();
}

COROKIT_EXPLORED(two_threads_wait_for_an_atomic) {
  std::atomic<int> gate = 0;
  const auto pass = [&] {
    gate.wait(0);
    gate.fetch_add(1);
  };
  std::thread first(pass);
  std::thread second(pass);
  gate.store(1);
  gate.notify_all();
  first.join();
  second.join();
  explored::require(gate.load() == 3, "both have passed the gate");
}
