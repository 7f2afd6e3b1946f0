// Cancelling a hundred thousand tasks; creating tokens, and looking at them.
#include "harness.hpp"

#include <corokit/spawn.hpp>
#include <corokit/sync/cancellation_token.hpp>
#include <corokit/sync/notify.hpp>
#include <corokit/yield.hpp>

#include <atomic>
#include <stdexcept>

namespace peers {
namespace {

struct Crowd {
  std::uint64_t tasks;
  std::atomic<std::uint64_t> parked{0};
  std::atomic<std::uint64_t> gone{0};
  Notify all_gone;

  explicit Crowd(std::uint64_t number) : tasks(number) {}
};

Task<void> wait_to_be_told(CancellationToken token, Crowd* crowd) {
  crowd->parked.fetch_add(1, std::memory_order_relaxed);
  co_await token.cancelled();
  if (crowd->gone.fetch_add(1, std::memory_order_relaxed) + 1 == crowd->tasks) crowd->all_gone.notify_one();
}

struct Cancelled {
  Duration call{}, all_done{};
};

Task<Cancelled> cancel_crowd(Crowd* crowd) {
  CancellationToken token;
  for (std::uint64_t i = 0; i < crowd->tasks; ++i) corokit::spawn(wait_to_be_told(token, crowd)).detach();
  while (crowd->parked.load(std::memory_order_relaxed) != crowd->tasks) co_await yield_now();
  Cancelled took;
  const auto start = Clock::now();
  token.cancel();
  took.call = Clock::now() - start;
  co_await crowd->all_gone.notified();
  took.all_done = Clock::now() - start;
  co_return took;
}

void cancel_shared(const Run& run) {
  Crowd crowd(run.count(100'000));
  const Cancelled took = run.root(cancel_crowd(&crowd));
  run.emit_per_op("call", took.call, crowd.tasks);
  run.emit_per_op("all_done", took.all_done, crowd.tasks);
}

Task<void> make_children(std::uint64_t times) {
  const CancellationToken parent;
  for (std::uint64_t i = 0; i < times; ++i) {
    const CancellationToken child = parent.child_token();
    asm volatile("" : : "r"(&child) : "memory");
  }
  co_return;
}

void child_token(const Run& run) {
  const auto times = run.count(5'000'000);
  run.emit_per_op("", run.root(timed(make_children(times))), times);
}

Task<void> look_often(std::uint64_t times) {
  const CancellationToken token;
  for (std::uint64_t i = 0; i < times; ++i) {
    asm volatile("" : : "r"(&token) : "memory");
    if (token.is_cancelled()) throw std::logic_error("nobody cancelled this");
  }
  co_return;
}

void is_cancelled(const Run& run) {
  const auto times = run.count(50'000'000);
  run.emit_per_op("", run.root(timed(look_often(times))), times);
}

const Suite suite{{"cancel_100k_shared", cancel_shared},
                  {"child_token", child_token},
                  {"token_is_cancelled", is_cancelled}};

}  // namespace
}  // namespace peers
