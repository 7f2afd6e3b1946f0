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

struct Table {
  Notify ping, pong;
  std::atomic<bool> stop{false};
};

Task<void> answer(Table* table) {
  for (;;) {
    co_await table->ping.notified();
    if (table->stop.load(std::memory_order_relaxed)) co_return;
    table->pong.notify_one();
  }
}

Task<void> play(benchmark::State* state) {
  Table table;
  auto other = spawn(answer(&table));
  for (auto _ : *state) {
    table.ping.notify_one();
    co_await table.pong.notified();
  }
  table.stop.store(true, std::memory_order_relaxed);
  table.ping.notify_one();
  co_await other;
}

const Measure remembered("notify/remembered", remember);
const Measure round_trip("notify/round_trip", play);

}  // namespace
}  // namespace corokit::bench
