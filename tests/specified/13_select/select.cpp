#include <13_select/select.hpp>

#include <explorer/program.hpp>
#include <stdexcept>
#include <thread>
#include <vector>

namespace {

using namespace mini;

/// Is opened once. One task waits for that, and is woken under the lock, which it takes before it goes on.
class Gate {
 public:
  void open() {
    const std::lock_guard lock(mutex_);
    open_ = true;
    if (Job* const job = std::exchange(waits_, nullptr)) job->wake();
  }

  auto opened() {
    struct Opened {
      explicit Opened(Gate& the_gate) noexcept : gate(the_gate) {}
      ~Opened() {
        const std::lock_guard lock(gate.mutex_);
        gate.waits_ = nullptr;
      }
      bool await_ready() const noexcept { return false; }
      bool await_suspend(std::coroutine_handle<> here) const {
        const std::lock_guard lock(gate.mutex_);
        if (!gate.open_) gate.waits_ = &suspend_in(here);
        return !gate.open_;
      }
      void await_resume() const {
        const std::lock_guard lock(gate.mutex_);
        explored::require(gate.open_, "a task goes on only when it has been woken");
      }
      Gate& gate;
    };
    return Opened(*this);
  }

 private:
  std::mutex mutex_;
  bool open_ = false;
  Job* waits_ = nullptr;
};

Task<int> after(Gate& gate, int number) {
  co_await gate.opened();
  co_return number;
}

Task<> two_then_a_third(Gate& a, Gate& b, Gate& c) {
  const auto first = co_await select(after(a, 1), after(b, 2));
  explored::require(first.index() == 0 ? std::get<0>(first) == 1 : std::get<1>(first) == 2, "it is the winner's value");
  co_await c.opened();
}

COROKIT_EXPLORED(a_wake_is_for_the_select_alone) {
  Gate a, b, c;
  std::thread opens_a([&] { a.open(); });
  std::thread opens_b([&] { b.open(); c.open(); });
  block_on(two_then_a_third(a, b, c));
  opens_a.join();
  opens_b.join();
}

}  // namespace
