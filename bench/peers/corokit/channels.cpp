// Messages from one task to one, from several to one, and from one to all.
#include "harness.hpp"

#include <corokit/spawn.hpp>
#include <corokit/sync/broadcast.hpp>
#include <corokit/sync/mpsc.hpp>
#include <corokit/sync/notify.hpp>
#include <corokit/sync/oneshot.hpp>
#include <corokit/sync/watch.hpp>
#include <corokit/yield.hpp>

#include <array>
#include <atomic>
#include <stdexcept>

namespace peers {
namespace {

constexpr std::uint64_t kReceivers = 5;
constexpr std::uint64_t kBatch = 64;

void require(bool holds, const char* what) {
  if (!holds) throw std::logic_error(what);
}

template <std::size_t kWords>
struct Message {
  std::array<std::uint64_t, kWords> words;
  explicit Message(std::uint64_t value) noexcept { words.fill(value); }
};

template <std::size_t kWords>
Task<void> send_all(mpsc::Sender<Message<kWords>> tx, std::uint64_t messages) {
  for (std::uint64_t i = 0; i < messages; ++i) (void)co_await tx.send(Message<kWords>(i));
}

template <std::size_t kWords>
Task<void> bounded_root(std::uint64_t messages, std::uint64_t senders) {
  auto [tx, rx] = mpsc::channel<Message<kWords>>(128);
  for (std::uint64_t i = 0; i < senders; ++i)
    corokit::spawn(send_all<kWords>(tx, messages / senders)).detach();
  { const auto last = std::move(tx); }
  std::uint64_t received = 0;
  while (co_await rx.recv()) ++received;
  require(received == messages, "messages were lost");
}

template <std::size_t kWords, std::uint64_t kSenders>
void bounded(const Run& run) {
  const auto messages = run.count(1'000'000) / kSenders * kSenders;
  run.emit_per_op("", run.root(timed(bounded_root<kWords>(messages, kSenders))), messages);
}

Task<void> send_all_unbounded(mpsc::UnboundedSender<std::uint64_t> tx, std::uint64_t messages) {
  for (std::uint64_t i = 0; i < messages; ++i) (void)tx.send(i);
  co_return;
}

Task<void> unbounded_root(std::uint64_t messages, std::uint64_t senders) {
  auto [tx, rx] = mpsc::unbounded_channel<std::uint64_t>();
  for (std::uint64_t i = 0; i < senders; ++i)
    corokit::spawn(send_all_unbounded(tx, messages / senders)).detach();
  { const auto last = std::move(tx); }
  std::uint64_t received = 0;
  while (co_await rx.recv()) ++received;
  require(received == messages, "messages were lost");
}

template <std::uint64_t kSenders>
void unbounded(const Run& run) {
  const auto messages = run.count(1'000'000) / kSenders * kSenders;
  run.emit_per_op("", run.root(timed(unbounded_root(messages, kSenders))), messages);
}

Task<void> send_and_receive(std::uint64_t times) {
  for (std::uint64_t i = 0; i < times; ++i) {
    auto [tx, rx] = oneshot::channel<std::uint64_t>();
    (void)tx.send(i);
    const auto value = co_await rx;
    require(value && *value == i, "the value was lost");
  }
}

void oneshot_same_task(const Run& run) {
  const auto times = run.count(2'000'000);
  run.emit_per_op("", run.root(timed(send_and_receive(times))), times);
}

Task<std::uint64_t> receive_all(broadcast::Receiver<std::uint64_t> rx) {
  std::uint64_t received = 0;
  while (co_await rx.recv()) ++received;
  co_return received;
}

Task<Duration> broadcast_root(std::uint64_t messages) {
  auto channel = broadcast::channel<std::uint64_t>(1 << 18);
  std::vector<broadcast::Receiver<std::uint64_t>> receivers;
  receivers.push_back(std::move(channel.rx));
  while (receivers.size() < kReceivers) receivers.push_back(channel.tx.subscribe());
  const auto start = Clock::now();
  std::vector<JoinHandle<std::uint64_t>> handles;
  for (auto& rx : receivers) handles.push_back(corokit::spawn(receive_all(std::move(rx))));
  for (std::uint64_t i = 0; i < messages; ++i) (void)channel.tx.send(i);
  { const auto last = std::move(channel.tx); }
  for (auto& handle : handles) require(*co_await handle == messages, "messages were lost");
  co_return Clock::now() - start;
}

void broadcast_nolag(const Run& run) {
  const auto messages = run.count(200'000);
  run.emit_per_op("", run.root(broadcast_root(messages)), messages);
}

struct Batch {
  std::atomic<std::uint64_t> left{0};
  Notify taken;
};

Task<void> take_batches(broadcast::Receiver<std::uint64_t> rx, Batch* batch) {
  std::uint64_t received = 0;
  while (co_await rx.recv())
    if (++received % kBatch == 0 && batch->left.fetch_sub(1, std::memory_order_acq_rel) == 1)
      batch->taken.notify_one();
}

Task<Duration> batches_root(std::uint64_t batches) {
  Batch batch;
  auto [tx, rx] = broadcast::channel<std::uint64_t>(1'024);
  const auto start = Clock::now();
  std::vector<JoinHandle<void>> handles;
  for (std::uint64_t i = 0; i < kReceivers; ++i)
    handles.push_back(corokit::spawn(take_batches(tx.subscribe(), &batch)));
  { const auto unused = std::move(rx); }
  for (std::uint64_t i = 0; i < batches; ++i) {
    batch.left.store(kReceivers, std::memory_order_release);
    for (std::uint64_t message = 0; message < kBatch; ++message) (void)tx.send(message);
    co_await batch.taken.notified();
  }
  const Duration took = Clock::now() - start;
  { const auto last = std::move(tx); }
  for (auto& handle : handles) co_await handle;
  co_return took;
}

void broadcast_batch(const Run& run) {
  const auto batches = run.count(200'000 / kBatch);
  run.emit_per_op("", run.root(batches_root(batches)), batches * kBatch);
}

Task<std::uint64_t> see_changes(watch::Receiver<std::uint64_t> rx) {
  std::uint64_t seen = 0;
  volatile std::uint64_t sink = 0;
  while (co_await rx.changed()) {
    sink = *rx.borrow_and_update();
    ++seen;
  }
  (void)sink;
  co_return seen;
}

struct Watched {
  Duration took{};
  std::uint64_t seen = 0;
};

Task<Watched> watch_root(std::uint64_t updates, bool yields) {
  auto [tx, rx] = watch::channel<std::uint64_t>(0);
  std::vector<JoinHandle<std::uint64_t>> handles;
  for (std::uint64_t i = 0; i < kReceivers; ++i) handles.push_back(corokit::spawn(see_changes(rx)));
  Watched watched;
  const auto start = Clock::now();
  for (std::uint64_t i = 0; i < updates; ++i) {
    (void)tx.send(i);
    if (yields) co_await yield_now();
  }
  watched.took = Clock::now() - start;
  { const auto last = std::move(tx); }
  for (auto& handle : handles) watched.seen += *co_await handle;
  co_return watched;
}

template <bool kYields>
void watch_changes(const Run& run) {
  const auto updates = run.count(kYields ? 200'000 : 1'000'000);
  const Watched watched = run.root(watch_root(updates, kYields));
  run.emit_per_op("", watched.took, updates);
  run.emit("seen", "%",
           100.0 * static_cast<double>(watched.seen) / static_cast<double>(kReceivers * updates));
}

const Suite suite{{"mpsc_b128_1to1", bounded<1, 1>},         {"mpsc_b128_4to1", bounded<1, 4>},
                  {"mpsc_b128_1to1_64b", bounded<8, 1>},     {"mpsc_unb_1to1", unbounded<1>},
                  {"mpsc_unb_4to1", unbounded<4>},           {"oneshot_same_task", oneshot_same_task},
                  {"broadcast_nolag_5rx", broadcast_nolag},  {"broadcast_batch64_5rx", broadcast_batch},
                  {"watch_5rx_tight", watch_changes<false>}, {"watch_5rx_yield", watch_changes<true>}};

}  // namespace
}  // namespace peers
