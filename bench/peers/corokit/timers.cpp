// Sleeps: a million at once, one at a time, and how late a sleep ends.
#include "harness.hpp"
#include "started.hpp"

#include <corokit/detail/executor/rng.hpp>
#include <corokit/spawn.hpp>
#include <corokit/sync/notify.hpp>
#include <corokit/time/sleep.hpp>

#include <algorithm>
#include <atomic>
#include <memory>

namespace peers {
namespace {

using corokit::detail::Rng;
using corokit::detail::SleepAwaiter;

double milliseconds(Duration duration) {
  return std::chrono::duration<double, std::milli>(duration).count();
}

Task<void> sleep_for(Duration duration) {
  co_await sleep(duration);
}

Task<void> sleep_randomly(std::uint64_t tasks) {
  Rng random;
  std::vector<JoinHandle<void>> handles;
  handles.reserve(tasks);
  for (std::uint64_t i = 0; i < tasks; ++i)
    handles.push_back(corokit::spawn(sleep_for((1 + random.below(1'000)) * 1ms)));
  for (auto& handle : handles) co_await handle;
}

void sleep_simple(const Run& run) {
  const auto tasks = run.count(1'000'000);
  const Duration before = cpu_time();
  const Duration took = run.root(timed(sleep_randomly(tasks)));
  const Duration cpu = cpu_time() - before;
  run.emit("over_1000ms", "ms", milliseconds(took) - 1'000);
  run.emit("cpu", "cpu-ms", milliseconds(cpu));
}

struct Wave {
  std::uint64_t tasks;
  std::uint64_t lead_ms;  // the time from the beginning to the first deadline
  std::atomic<std::uint64_t> parked{0};
  Notify all_parked;
  Duration setup{}, setup_cpu{}, fire_cpu{};
  double over_ideal_ms = 0;

  explicit Wave(std::uint64_t number, std::uint64_t lead) : tasks(number), lead_ms(lead) {}
};

Task<void> ride(Wave* wave, Instant deadline) {
  if (wave->parked.fetch_add(1, std::memory_order_relaxed) + 1 == wave->tasks) wave->all_parked.notify_one();
  co_await sleep_until(deadline);
}

Task<void> wave_root(Wave* wave) {
  Rng random;
  std::vector<JoinHandle<void>> handles;
  handles.reserve(wave->tasks);
  const Instant start = now();
  const Duration cpu = cpu_time();
  for (std::uint64_t i = 0; i < wave->tasks; ++i)
    handles.push_back(corokit::spawn(ride(wave, start + (wave->lead_ms + 1 + random.below(1'000)) * 1ms)));
  co_await wave->all_parked.notified();
  wave->setup = now() - start;
  wave->setup_cpu = cpu_time() - cpu;
  for (auto& handle : handles) co_await handle;
  wave->over_ideal_ms = milliseconds(now() - start) - static_cast<double>(wave->lead_ms + 1'000);
  wave->fire_cpu = cpu_time() - cpu - wave->setup_cpu;
}

/// All tasks must sleep before the first deadline, or the numbers after it would measure something else and are not
/// printed. Where new memory is slow, the slowest program needs eight seconds for a million tasks.
void sleep_wave(const Run& run) {
  Wave wave(run.count(1'000'000), std::max<std::uint64_t>(1'000, run.count(12'000)));
  run.root(wave_root(&wave));
  const auto per_task = [&wave](Duration cpu) {
    return static_cast<double>(cpu.count()) / static_cast<double>(wave.tasks);
  };
  run.emit_per_op("setup", wave.setup, wave.tasks);
  run.emit("setup_cpu", "cpu-ns/op", per_task(wave.setup_cpu));
  if (wave.setup > wave.lead_ms * 1ms) return;
  run.emit("over_ideal", "ms", wave.over_ideal_ms);
  run.emit("fire_cpu", "cpu-ns/op", per_task(wave.fire_cpu));
}

struct Took {
  Duration wall{}, cpu{};
};

Task<Took> start_and_drop(std::uint64_t times) {
  const auto start = Clock::now();
  const Duration cpu = cpu_time();
  for (std::uint64_t i = 0; i < times; ++i) {
    Started<SleepAwaiter> begun(sleep(60s));
    co_await begun;
  }
  Took took;
  took.wall = Clock::now() - start;
  took.cpu = cpu_time() - cpu;
  co_return took;
}

void sleep_poll_drop(const Run& run) {
  const auto times = run.count(2'000'000);
  const Took took = run.root(start_and_drop(times));
  run.emit_per_op("", took.wall, times);
  run.emit("cpu", "cpu-ns/op", static_cast<double>(took.cpu.count()) / static_cast<double>(times));
}

struct Boxes {
  Duration insert{}, remove{};
};

Task<Boxes> fill_and_empty(std::uint64_t sleeps) {
  using Begun = Started<SleepAwaiter>;
  Rng random;
  std::vector<std::unique_ptr<Begun>> all;
  all.reserve(sleeps);
  Boxes took;
  auto start = Clock::now();
  for (std::uint64_t i = 0; i < sleeps; ++i) {
    all.push_back(std::make_unique<Begun>(sleep((60'000 + random.below(1'000'000)) * 1ms)));
    co_await *all.back();
  }
  took.insert = Clock::now() - start;
  for (std::size_t i = all.size() - 1; i > 0; --i)
    std::swap(all[i], all[random.below(static_cast<std::uint32_t>(i + 1))]);
  start = Clock::now();
  for (auto& one : all) one.reset();
  took.remove = Clock::now() - start;
  co_return took;
}

void sleep_box(const Run& run) {
  const auto sleeps = run.count(1'000'000);
  const Boxes took = run.root(fill_and_empty(sleeps));
  run.emit_per_op("insert", took.insert, sleeps);
  run.emit_per_op("remove", took.remove, sleeps);
}

Task<Duration> be_late(Duration duration) {
  const Instant deadline = now() + duration;
  co_await sleep_until(deadline);
  co_return now() - deadline;
}

Task<std::vector<Duration>> be_late_together(std::uint64_t sleeps) {
  Rng random;
  std::vector<JoinHandle<Duration>> handles;
  handles.reserve(sleeps);
  for (std::uint64_t i = 0; i < sleeps; ++i)
    handles.push_back(corokit::spawn(be_late((1'000 + random.below(999'001)) * 1us)));
  std::vector<Duration> late;
  late.reserve(sleeps);
  for (auto& handle : handles) late.push_back(*co_await handle);
  co_return late;
}

void sleep_lateness(const Run& run) {
  auto late = run.root(be_late_together(run.count(10'000)));
  std::sort(late.begin(), late.end());
  struct Share {
    const char* suffix;
    double share;
  };
  for (const auto& [suffix, share] : {Share{"min", 0}, {"p50", 0.5}, {"p99", 0.99}, {"max", 1}}) {
    const auto place = static_cast<std::size_t>(static_cast<double>(late.size() - 1) * share);
    run.emit(suffix, "us", milliseconds(late[place]) * 1e3);
  }
}

const Suite suite{{"sleep_1m_simple", sleep_simple},
                  {"sleep_1m_wave", sleep_wave},
                  {"sleep_poll_drop", sleep_poll_drop},
                  {"sleep_box_1m", sleep_box},
                  {"sleep_lateness_10k", sleep_lateness}};

}  // namespace
}  // namespace peers
