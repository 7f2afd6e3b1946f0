#include <03_block_on/block_on.hpp>
#include <explorer/program.hpp>

#include <atomic>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>

using namespace mini;
using explored::reached;
using explored::require;
using explored::wants;

namespace {

/// Awaited, it sends a thread for the parcel, which wakes the task when it is there, and does nothing else afterwards.
class Courier {
 public:
  Courier(std::thread& thread, int& parcel) : thread_(thread), parcel_(parcel) {}
  Courier(const Courier&) = delete;
  Courier& operator=(const Courier&) = delete;

  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> here) {
    thread_ = std::thread([&job = suspend_in(here), &parcel = parcel_] {
      parcel = 42;
      job.wake();
    });
  }
  void await_resume() const noexcept {}

 private:
  std::thread& thread_;
  int& parcel_;
};

Task<int> fetch() {
  std::thread thread;
  int parcel = 0;
  co_await Courier(thread, parcel);
  const int fetched = parcel;
  thread.join();
  co_return fetched;
}

/// Two threads have it in turn.
class Baton {
 public:
  /// co_await baton.turn(n) waits until pass(n).
  auto turn(int mine) { return Turn(*this, mine); }
  void pass(int next) {
    const std::lock_guard lock(mutex_);
    turn_ = next;
    if (waiting_) std::exchange(waiting_, nullptr)->wake();
  }

 private:
  class Turn {
   public:
    Turn(Baton& baton, int mine) : baton_(baton), mine_(mine) {}
    bool await_ready() const noexcept { return false; }
    bool await_suspend(std::coroutine_handle<> here) {
      const std::lock_guard lock(baton_.mutex_);
      if (baton_.turn_ == mine_) return false;
      baton_.waiting_ = &suspend_in(here);
      return true;
    }
    void await_resume() const {
      const std::lock_guard lock(baton_.mutex_);  // whoever wakes us is through
      require(baton_.turn_ == mine_, "a task goes on when it is woken, not before");
    }

   private:
    Baton& baton_;
    int mine_;
  };

  std::mutex mutex_;
  int turn_ = 0;
  Job* waiting_ = nullptr;
};

Task<> write(Baton& baton, int first, std::string& text) {
  co_await baton.turn(first);
  text += first == 0 ? 'a' : 'b';
  baton.pass(first + 1);
  co_await baton.turn(first + 2);
  text += first == 0 ? 'c' : 'd';
  baton.pass(first + 3);
}

Task<std::unique_ptr<int>> returns(int value) {
  co_return std::make_unique<int>(value);
}
Task<std::unique_ptr<int>> adds(int value) {
  const auto before = co_await returns(value);
  co_return std::make_unique<int>(*before + 1);
}
Task<> throws() {
  throw std::runtime_error("no");
  co_return;
}
Task<int> yields(int times) {
  for (int i = 0; i < times; ++i) co_await yield();
  co_return times;
}
Task<int> fetches_twice_and_throws(int& sum) {
  sum += co_await fetch();
  sum += co_await fetch();
  throw std::runtime_error("no");
}

template <class T>
bool block_on_throws(Task<T> task) {
  try {
    block_on(std::move(task));
  } catch (const std::runtime_error& error) {
    return std::string(error.what()) == "no";
  }
  return false;
}

}  // namespace

COROKIT_EXPLORED(a_task_that_never_waits) {
  require(*block_on(returns(41)) == 41, "block_on() returns what the task returns");
  require(*block_on(adds(41)) == 42,
          "block_on() returns what the task returns, also if that awaits another one");
}

COROKIT_EXPLORED(edge_exception) {
  require(block_on_throws(throws()), "block_on() throws what the task throws");
  require(!Job::running(), "no job runs when block_on() has returned");
}

COROKIT_EXPLORED(park_waits_for_unpark) {
  wants("park() comes first, and sleeps in the kernel");
  Parker parker;
  int parcel = 0;
  std::thread courier([&] {
    require(explored::counts().waits <= 2,
            "park() sleeps until it is woken, not for some time, again and again");
    parcel = 42;
    parker.unpark();
  });
  parker.park();
  if (explored::counts().waits != 0) reached("park() comes first, and sleeps in the kernel");
  require(parcel == 42, "park() returns after unpark()");
  courier.join();
}

COROKIT_EXPLORED(a_token_is_kept) {
  Parker parker;
  parker.unpark();
  parker.park();
  require(explored::counts().waits == 0, "park() does not sleep if unpark() came before");
  int parcel = 0;
  std::thread courier([&] {
    parcel = 42;
    parker.unpark();
  });
  parker.park();
  require(parcel == 42, "park() uses the token up: the next park() waits for the next unpark()");
  courier.join();
}

COROKIT_EXPLORED(edge_one_token_at_most) {
  Parker parker;
  parker.unpark();
  parker.unpark();
  parker.park();
  int parcel = 0;
  std::thread courier([&] {
    parcel = 42;
    parker.unpark();
  });
  parker.park();
  require(parcel == 42, "two unpark() before park() leave one token, not two");
  courier.join();
}

COROKIT_EXPLORED(a_wait_ends_for_nothing) {
  Parker parker;
  int parcel = 0;
  std::thread courier([&] {
    parcel = 42;
    parker.unpark();
  });
  parker.park();
  require(parcel == 42, "park() returns after unpark(), also if the wait in it ends for nothing");
  courier.join();
}

COROKIT_EXPLORED(a_task_waits) {
  wants("the thread sleeps in the kernel while its task waits");
  require(block_on(fetch()) == 42, "the task goes on when it is woken");
  if (explored::counts().waits != 0) reached("the thread sleeps in the kernel while its task waits");
}

COROKIT_EXPLORED(edge_woken_while_it_runs) {
  require(block_on(yields(3)) == 3, "a task that is woken before it has suspended goes on");
  require(explored::counts().waits == 0, "a thread does not sleep if its task was woken before it suspended");
}

COROKIT_EXPLORED(edge_waits_twice_and_throws) {
  int sum = 0;
  require(block_on_throws(fetches_twice_and_throws(sum)), "block_on() throws what the task throws");
  require(sum == 84, "a task may wait twice");
}

COROKIT_EXPLORED(two_threads_block) {
  Baton baton;
  std::string text;
  std::thread other([&] { block_on(write(baton, 1, text)); });
  block_on(write(baton, 0, text));
  other.join();
  require(text == "abcd", "each thread sleeps on its own, and is woken by the other one");
}

COROKIT_EXPLORED(two_threads_unpark) {
  std::atomic<int> parcels = 0;
  Parker parker;
  const auto bring = [&] {
    parcels.fetch_add(1, std::memory_order_relaxed);
    parker.unpark();
  };
  std::thread one(bring);
  std::thread other(bring);
  for (int parked = 0; parcels.load(std::memory_order_relaxed) < 2; ++parked) {
    require(parked < 2, "park() returns at most once for each unpark()");
    parker.park();
  }
  one.join();
  other.join();
}

COROKIT_EXPLORED(the_parker_goes) {
  auto parker = std::make_unique<Parker>();
  int parcel = 0;
  std::thread courier([&parcel, &parker = *parker] {
    parcel = 42;
    parker.unpark();
  });
  parker->park();
  parker.reset();
  require(parcel == 42, "park() returns after unpark()");
  courier.join();
}
