// Spawning tasks: one after another, from outside, in chains, and in pairs that send messages.
#include "harness.hpp"

#include <corokit/spawn.hpp>
#include <corokit/sync/notify.hpp>
#include <corokit/sync/oneshot.hpp>

#include <atomic>
#include <future>

namespace peers {
namespace {

constexpr std::uint64_t kSpawns = 10'000;
constexpr std::uint64_t kChain = 1'000;
constexpr std::uint64_t kPairs = 1'000;

Task<void> nothing() {
  co_return;
}

Task<void> spawn_and_await(std::uint64_t tasks) {
  std::vector<JoinHandle<void>> handles;
  handles.reserve(tasks);
  for (std::uint64_t i = 0; i < tasks; ++i) handles.push_back(corokit::spawn(nothing()));
  for (auto& handle : handles) co_await handle;
}

void spawn_await(const Run& run) {
  const auto tasks = run.count(1'000'000);
  run.emit_per_op("", run.root(timed(spawn_and_await(tasks))), tasks);
}

Task<void> count_down(std::atomic<std::uint64_t>* left, std::promise<void>* done) {
  if (left->fetch_sub(1, std::memory_order_acq_rel) == 1) done->set_value();
  co_return;
}

/// tokio's block_on() runs its future on the calling thread, which is no worker, so its tasks are spawned from outside.
/// With ours the calling thread only waits, so here it spawns them without block_on().
void spawn_many_local(const Run& run) {
  const auto rounds = run.count(100);
  Runtime runtime = run.runtime();
  std::atomic<std::uint64_t> left{0};
  const auto start = Clock::now();
  for (std::uint64_t round = 0; round < rounds; ++round) {
    std::promise<void> done;
    left.store(kSpawns, std::memory_order_relaxed);
    for (std::uint64_t i = 0; i < kSpawns; ++i) runtime.spawn(count_down(&left, &done)).detach();
    done.get_future().wait();
  }
  run.emit_per_op("", Clock::now() - start, rounds * kSpawns);
}

Task<void> await_all(std::vector<JoinHandle<void>>* handles) {
  for (auto& handle : *handles) co_await handle;
  handles->clear();
}

void spawn_many_remote(const Run& run) {
  const auto rounds = run.count(100);
  Runtime runtime = run.runtime();
  std::vector<JoinHandle<void>> handles;
  handles.reserve(kSpawns);
  const auto start = Clock::now();
  for (std::uint64_t round = 0; round < rounds; ++round) {
    for (std::uint64_t i = 0; i < kSpawns; ++i) handles.push_back(runtime.spawn(nothing()));
    runtime.block_on(await_all(&handles));
  }
  run.emit_per_op("", Clock::now() - start, rounds * kSpawns);
}

/// What the tasks of a round share.
struct Round {
  std::atomic<std::uint64_t> left{0};
  Notify done;

  void one_is_over() {
    if (left.fetch_sub(1, std::memory_order_acq_rel) == 1) done.notify_one();
  }
};

Task<void> answer(oneshot::Receiver<Unit> pinged, oneshot::Sender<Unit> pong) {
  (void)co_await pinged;
  (void)pong.send(Unit{});
}

Task<void> play(Round* round) {
  auto [ping, pinged] = oneshot::channel<Unit>();
  auto [pong, ponged] = oneshot::channel<Unit>();
  corokit::spawn(answer(std::move(pinged), std::move(pong))).detach();
  (void)ping.send(Unit{});
  (void)co_await ponged;
  round->one_is_over();
}

Task<void> play_rounds(std::uint64_t rounds) {
  Round round;
  for (std::uint64_t i = 0; i < rounds; ++i) {
    round.left.store(kPairs, std::memory_order_relaxed);
    for (std::uint64_t pair = 0; pair < kPairs; ++pair) corokit::spawn(play(&round)).detach();
    co_await round.done.notified();
  }
}

void ping_pong(const Run& run) {
  const auto rounds = run.count(200);
  run.emit_per_op("", run.root(timed(play_rounds(rounds))), rounds * kPairs);
}

Task<void> hop(std::uint64_t left, Notify* done) {
  if (left == 0)
    done->notify_one();
  else
    corokit::spawn(hop(left - 1, done)).detach();
  co_return;
}

Task<void> chain(std::uint64_t rounds) {
  Notify done;
  for (std::uint64_t i = 0; i < rounds; ++i) {
    corokit::spawn(hop(kChain - 1, &done)).detach();
    co_await done.notified();
  }
}

void chained_spawn(const Run& run) {
  const auto rounds = run.count(1'000);
  run.emit_per_op("", run.root(timed(chain(rounds))), rounds * kChain);
}

const Suite suite{{"spawn_await_1m", spawn_await},
                  {"spawn_many_local", spawn_many_local},
                  {"spawn_many_remote", spawn_many_remote},
                  {"ping_pong", ping_pong},
                  {"chained_spawn", chained_spawn}};

}  // namespace
}  // namespace peers
