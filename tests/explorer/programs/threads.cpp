// What belongs to a thread: its variables, its exceptions, its end.
//
// Explored: variables_of_a_thread: right
// Explored: a_variable_of_a_thread_with_a_destructor: right
// Explored: exceptions_stay_in_their_thread: right
// Explored: an_exception_is_handled_while_another_thread_throws: right
// Explored: exceptions_go_from_frame_to_frame: right
// Explored: an_exception_goes_to_another_thread: right
// Explored: two_threads_share_an_exception: right
// Explored: call_once: right
// Explored: call_once_again_after_an_exception: right
// Explored: a_static_of_a_function: right
// Explored: a_thread_is_asked_to_stop: right
// Explored: a_stop_callback_runs_once: right
// Explored: a_thread_starts_a_thread: right
// Explored: a_thread_is_moved: right
// Explored: threads_in_a_vector: right
// Explored: a_thread_that_is_detached_and_waited_for: right
#include "explorer/program.hpp"

#include <atomic>
#include <coroutine>
#include <exception>
#include <mutex>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace {

thread_local int calls = 0;

std::atomic<int> living = 0;

struct Counted {
  Counted() { living.fetch_add(1); }
  ~Counted() { living.fetch_sub(1); }
  int uses = 0;
};

thread_local Counted counted;

}  // namespace

COROKIT_EXPLORED(variables_of_a_thread) {
  std::atomic<int> turn = 0;
  const auto call = [&] {
    ++calls;
    turn.fetch_add(1);
    ++calls;
    explored::require(calls == 2, "each thread has its own variable");
  };
  std::thread thread(call);
  call();
  thread.join();
}

COROKIT_EXPLORED(a_variable_of_a_thread_with_a_destructor) {
  std::thread thread([] {
    ++counted.uses;
    explored::require(living.load() == 1, "it was made when it was first used");
  });
  thread.join();
  explored::require(living.load() == 0, "it ends with its thread");
}

COROKIT_EXPLORED(exceptions_stay_in_their_thread) {
  std::atomic<int> thrown = 0;
  const auto fail = [&](int code) {
    try {
      thrown.fetch_add(1);
      throw code;
    } catch (int caught) {
      thrown.fetch_add(1);
      explored::require(caught == code, "each thread catches its own exception");
      explored::require(std::uncaught_exceptions() == 0, "no exception is under way");
    }
  };
  std::thread thread([&] { fail(1); });
  fail(2);
  thread.join();
}

COROKIT_EXPLORED(an_exception_is_handled_while_another_thread_throws) {
  std::atomic<int> step = 0;
  const auto fail = [&](const std::string& why) {
    try {
      throw std::runtime_error(why);
    } catch (const std::exception&) {
      step.fetch_add(1);  // the other thread may throw and catch here
      try {
        throw;
      } catch (const std::exception& again) {
        step.fetch_add(1);
        explored::require(again.what() == why, "`throw;` throws the exception of its own thread again");
      }
    }
  };
  std::thread thread([&] { fail("the disk is full"); });
  fail("the printer is on fire");
  thread.join();
}

namespace {

/// A coroutine that runs when it is awaited, and goes on with whoever awaits it when it ends.
struct Task {
  struct promise_type {
    std::coroutine_handle<> continuation = std::noop_coroutine();
    std::exception_ptr exception;
    Task get_return_object() { return Task(std::coroutine_handle<promise_type>::from_promise(*this)); }
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
    void unhandled_exception() noexcept { exception = std::current_exception(); }
  };
  explicit Task(std::coroutine_handle<promise_type> handle) : coroutine(handle) {}
  Task(Task&& other) noexcept : coroutine(std::exchange(other.coroutine, nullptr)) {}
  ~Task() {
    if (coroutine) coroutine.destroy();
  }
  bool await_ready() const noexcept { return false; }
  std::coroutine_handle<> await_suspend(std::coroutine_handle<> awaiting) noexcept {
    coroutine.promise().continuation = awaiting;
    return coroutine;
  }
  void await_resume() const {
    if (coroutine.promise().exception) std::rethrow_exception(coroutine.promise().exception);
  }
  std::coroutine_handle<promise_type> coroutine;
};

Task divide(std::atomic<int>& step, int divisor) {
  step.fetch_add(1);
  if (divisor == 0) throw std::domain_error("there is no quotient");
  co_return;
}

Task calculate(std::atomic<int>& step, int divisor, bool& caught) {
  Task quotient = divide(step, divisor);
  try {
    co_await quotient;
  } catch (const std::domain_error&) {
    step.fetch_add(1);
    caught = true;
  }
}

}  // namespace

COROKIT_EXPLORED(exceptions_go_from_frame_to_frame) {
  std::atomic<int> step = 0;
  const auto run = [&](int divisor) {
    bool caught = false;
    const Task task = calculate(step, divisor, caught);
    task.coroutine.resume();
    explored::require(task.coroutine.done(), "the coroutine has run to its end");
    explored::require(caught == (divisor == 0), "whoever awaits gets the exception");
  };
  std::thread thread([&] { run(0); });
  run(0);
  run(1);
  thread.join();
}

COROKIT_EXPLORED(an_exception_goes_to_another_thread) {
  std::exception_ptr failure;
  std::thread thread([&] {
    try {
      throw std::runtime_error("the disk is full");
    } catch (...) {
      failure = std::current_exception();
    }
  });
  thread.join();
  try {
    std::rethrow_exception(failure);
  } catch (const std::runtime_error& error) {
    explored::require(error.what() == std::string("the disk is full"),
                      "the exception is the one that was thrown");
  }
}

COROKIT_EXPLORED(two_threads_share_an_exception) {
  std::exception_ptr failure = std::make_exception_ptr(42);
  const auto look = [](std::exception_ptr mine) {
    try {
      std::rethrow_exception(std::move(mine));
    } catch (const int& number) {
      explored::require(number == 42, "the exception lives as long as somebody holds it");
    }
  };
  std::thread thread([&look, yours = failure]() mutable { look(std::move(yours)); });
  look(std::exchange(failure, nullptr));
  thread.join();
}

COROKIT_EXPLORED(call_once) {
  std::once_flag flag;
  int value = 0;
  const auto get = [&] {
    std::call_once(flag, [&] { ++value; });
    explored::require(value == 1, "the function was called once, and before call_once() returns");
  };
  std::thread thread(get);
  get();
  thread.join();
}

COROKIT_EXPLORED(call_once_again_after_an_exception) {
  std::once_flag flag;
  std::atomic<int> attempts = 0;
  int value = 0;
  const auto get = [&] {
    try {
      std::call_once(flag, [&] {
        if (attempts.fetch_add(1) == 0) throw std::runtime_error("the first attempt fails");
        value = 42;
      });
      explored::require(value == 42, "the second attempt has succeeded");
    } catch (const std::runtime_error&) {
    }
  };
  std::thread thread(get);
  get();
  thread.join();
  explored::require(attempts.load() == 2, "who comes second tries again");
}

namespace {

std::atomic<int> made = 0;

struct Settings {
  Settings() : name("a name that is too long to lie within the string") { made.fetch_add(1); }
  std::string name;
};

const Settings& settings() {
  static const Settings settings;
  return settings;
}

}  // namespace

COROKIT_EXPLORED(a_static_of_a_function) {
  const auto look = [] { explored::require(!settings().name.empty(), "the object is complete"); };
  std::thread thread(look);
  look();
  thread.join();
  explored::require(made.load() == 1, "there is one object");
}

COROKIT_EXPLORED(a_thread_is_asked_to_stop) {
  int rounds = 0;
  std::jthread thread([&](const std::stop_token& stop) {
    while (!stop.stop_requested()) std::this_thread::yield();
    ++rounds;
  });
  thread.request_stop();
  thread.join();
  explored::require(rounds == 1, "the thread has stopped");
}

COROKIT_EXPLORED(a_stop_callback_runs_once) {
  std::stop_source source;
  int called = 0;
  {
    const std::stop_callback callback(source.get_token(), [&] { ++called; });
    std::thread other([&] { source.request_stop(); });
    source.request_stop();
    other.join();
  }
  explored::require(called == 1, "the callback was called once");
}

COROKIT_EXPLORED(a_thread_starts_a_thread) {
  int answer = 0;
  std::thread outer([&] {
    std::thread inner([&] { answer = 42; });
    inner.join();
  });
  outer.join();
  explored::require(answer == 42, "what the inner thread wrote is seen");
}

COROKIT_EXPLORED(a_thread_is_moved) {
  int answer = 0;
  std::thread first([&] { answer = 42; });
  std::thread second = std::move(first);
  explored::require(!first.joinable(), "the thread has gone");
  second.join();
  explored::require(answer == 42, "what the thread wrote is seen");
}

COROKIT_EXPLORED(threads_in_a_vector) {
  std::atomic<int> sum = 0;
  std::vector<std::jthread> threads;
  for (int i = 1; i <= 3; ++i)
    threads.emplace_back([&sum, i] { sum.fetch_add(i, std::memory_order_relaxed); });
  threads.clear();
  explored::require(sum.load() == 6, "all threads have been joined");
}

COROKIT_EXPLORED(a_thread_that_is_detached_and_waited_for) {
  static std::atomic<bool> done = false;  // the thread may still notify when this function has returned
  std::thread([] {
    done.store(true);
    done.notify_one();
  }).detach();
  done.wait(false);
}
