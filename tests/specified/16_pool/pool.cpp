#include <16_pool/pool.hpp>

#include <explorer/program.hpp>

#include <atomic>
#include <thread>

namespace {

using namespace mini;

Task<> count(std::atomic<int>& counter) {
  ++counter;
  co_return;
}

/// Tells a thread that waits for it that it runs.
Task<> tell(Parker& parker) {
  parker.unpark();
  co_return;
}

/// Waits for open(), which another thread calls once.
class Gate {
 public:
  auto passed() noexcept {
    struct Passed {
      explicit Passed(Gate& the_gate) noexcept : gate(the_gate) {}
      bool await_ready() const noexcept { return false; }
      bool await_suspend(std::coroutine_handle<> here) const noexcept {
        Job& job = suspend_in(here);
        const std::lock_guard lock(gate.mutex_);
        if (!gate.is_open_) gate.waiter_ = &job;
        return !gate.is_open_;
      }
      void await_resume() const noexcept { const std::lock_guard lock(gate.mutex_); }
      ~Passed() {
        const std::lock_guard lock(gate.mutex_);
        gate.waiter_ = nullptr;
      }
      Gate& gate;
    };
    return Passed(*this);
  }
  /// Returns: whether a task waited for it.
  bool open() noexcept {
    const std::lock_guard lock(mutex_);
    is_open_ = true;
    if (waiter_) waiter_->wake();
    return waiter_ != nullptr;
  }

 private:
  std::mutex mutex_;
  bool is_open_ = false;
  Job* waiter_ = nullptr;
};

Task<> pass(Gate& gate, std::atomic<int>& passed) {
  co_await gate.passed();
  ++passed;
}

/// Holds up its thread until it is told to go on; then tells `over`.
Task<> wait_for(Parker& goes_on, Parker& over) {
  goes_on.park();
  over.unpark();
  co_return;
}

/// The same, and it is told by a task that it spawns.
Task<> spawn_and_wait(Pool<2>& pool, Parker& over) {
  Parker goes_on;
  pool.spawn(tell(goes_on));
  goes_on.park();
  over.unpark();
  co_return;
}

/// Tells that it runs, and holds up its thread until it is told something.
Task<> hold_up(Parker& runs, Parker& goes_on) {
  runs.unpark();
  goes_on.park();
  co_return;
}

Task<> spawn_more(Pool<2>& pool, int tasks, std::atomic<int>& ran) {
  for (int i = 0; i < tasks; ++i) pool.spawn(count(ran));
  co_return;
}

Task<> yield_twice(std::atomic<int>& ran) {
  co_await yield();
  co_await yield();
  ++ran;
}

/// Opens a gate when it is destroyed.
struct Opens {
  explicit Opens(Gate& the_gate) noexcept : gate(the_gate) {}
  Opens(const Opens&) = delete;
  ~Opens() { gate.open(); }
  Gate& gate;
};
Task<> wait_and_open(Gate& waits, Gate& opens, std::atomic<int>& passed) {
  const Opens guard(opens);
  co_await waits.passed();
  ++passed;
}

}  // namespace

COROKIT_EXPLORED(spawned) {
  std::atomic<int> ran = 0;
  Pool<2> pool(1);
  pool.spawn(count(ran));
  pool.shutdown();
  explored::require(ran == 1, "shutdown() runs what was spawned before");
}

COROKIT_EXPLORED(edge_no_room) {
  std::atomic<int> ran = 0;
  Pool<2> pool(1);
  pool.spawn(spawn_more(pool, 3, ran));
  pool.shutdown();
  explored::require(ran == 3, "tasks run that have no room in the queue of their worker");
}

COROKIT_EXPLORED(woken) {
  explored::wants("the task waits when it is woken");
  std::atomic<int> passed = 0;
  Gate gate;
  Pool<2> pool(1);
  pool.spawn(pass(gate, passed));
  if (gate.open()) explored::reached("the task waits when it is woken");
  pool.shutdown();
  explored::require(passed == 1, "a task that was woken goes on");
}

COROKIT_EXPLORED(edge_woken_while_it_runs) {
  std::atomic<int> ran = 0;
  Pool<2> pool(1);
  pool.spawn(yield_twice(ran));
  pool.shutdown();
  explored::require(ran == 1, "a task that is woken while it runs goes on");
}

COROKIT_EXPLORED(edge_two_workers) {
  std::atomic<int> passed = 0;
  Gate gate;
  Pool<2> pool(2);
  pool.spawn(pass(gate, passed));
  std::this_thread::yield();
  gate.open();
  pool.shutdown();
  explored::require(passed == 1, "a task that was woken goes on, on whichever worker");
}

COROKIT_EXPLORED(sleeping) {
  explored::wants("a worker that has nothing to do sleeps");
  Parker parker;
  Pool<2> pool(1);
  std::this_thread::yield();
  if (explored::counts().waits == 1) explored::reached("a worker that has nothing to do sleeps");
  pool.spawn(tell(parker));
  parker.park();
}

COROKIT_EXPLORED(edge_spawned_by_a_worker) {
  Parker over;
  Pool<2> pool(2);
  pool.spawn(spawn_and_wait(pool, over));
  over.park();
}

// The first task holds up a worker until the second one runs, on the other worker.
COROKIT_EXPLORED(searching) {
  Parker goes_on;
  Parker over;
  Pool<2> pool(2);
  std::this_thread::yield();
  pool.spawn(wait_for(goes_on, over));
  pool.spawn(tell(goes_on));
  over.park();
}

COROKIT_EXPLORED(wake_ups) {
  Parker runs;
  Parker goes_on;
  std::atomic<int> ran = 0;
  Pool<2> pool(1);
  pool.spawn(hold_up(runs, goes_on));
  runs.park();
  const auto before = explored::counts();
  pool.spawn(count(ran));
  pool.spawn(count(ran));
  explored::require((explored::counts() - before).wakes == 0, "nobody is woken if no worker sleeps");
  goes_on.unpark();
}

COROKIT_EXPLORED(edge_one_searches) {
  explored::wants("both workers sleep, two tasks are spawned, and one worker is woken for them");
  std::atomic<int> ran = 0;
  Pool<2> pool(2);
  std::this_thread::yield();
  const auto before = explored::counts();
  pool.spawn(count(ran));
  pool.spawn(count(ran));
  if (before.waits == 2 && (explored::counts() - before).wakes == 1 && ran == 0) {
    explored::reached("both workers sleep, two tasks are spawned, and one worker is woken for them");
  }
}

COROKIT_EXPLORED(shutdown) {
  std::atomic<int> ran = 0;
  Pool<2> pool(2);
  pool.spawn(spawn_more(pool, 1, ran));
  pool.shutdown();
  explored::require(ran == 1, "shutdown() runs also what the tasks spawn meanwhile");
  pool.spawn(count(ran));
  pool.shutdown();
  explored::require(ran == 1, "nothing runs after shutdown()");
}

COROKIT_EXPLORED(edge_drops) {
  std::atomic<int> passed = 0;
  {
    Gate gates[4];
    Pool<2> pool(1);
    // The last one is destroyed first, and opens the gate of the one before it; so does the second one.
    for (int i = 0; i < 4; ++i) pool.spawn(wait_and_open(gates[i], gates[i ^ 1], passed));
  }
  explored::require(passed == 0, "a task that waits when the pool is gone is destroyed where it waits");
}
