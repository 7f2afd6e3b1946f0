// Waking a waiting task, and leaving a notification for a task that does not wait yet.
#include "measure.hpp"

#include <corokit/spawn.hpp>
#include <corokit/sync/notify.hpp>

#include <atomic>

namespace corokit::bench {
namespace {

Task<void> remember(benchmark::State* state) {
  Notify notify;
  for (auto _ : *state) {
    notify.notify_one();
    co_await notify.notified();
  }
}

struct PingPong {
  Notify ping, pong;
  std::atomic<bool> stop{false};
};

Task<void> answer(PingPong* players) {
  for (;;) {
    co_await players->ping.notified();
    if (players->stop.load(std::memory_order_relaxed)) co_return;
    players->pong.notify_one();
  }
}

Task<void> play(benchmark::State* state) {
  PingPong players;
  auto other = spawn(answer(&players));
  for (auto _ : *state) {
    players.ping.notify_one();
    co_await players.pong.notified();
  }
  players.stop.store(true, std::memory_order_relaxed);
  players.ping.notify_one();
  co_await other;
}

const Measure remembered("notify/remembered", remember);
const Measure round_trip("notify/round_trip", play);

}  // namespace
}  // namespace corokit::bench
