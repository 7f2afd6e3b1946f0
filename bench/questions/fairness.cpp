// Do equal tasks get equal turns?
#include "metrics.hpp"
#include "questions.hpp"

#include <corokit/spawn.hpp>
#include <corokit/sync/notify.hpp>
#include <corokit/time/clock.hpp>
#include <corokit/time/sleep.hpp>
#include <corokit/yield.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <vector>

namespace corokit::bench {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kTasks = 64;

void spin(Duration duration) {
  const Instant end = now() + duration;
  while (now() < end) {
  }
}

struct Turns {
  std::int64_t count = 0;
  Duration longest_pause{};
};

Task<void> take_turns(const std::atomic<bool>* over, Turns* turns) {
  Instant last = now();
  while (!over->load(std::memory_order_relaxed)) {  // relaxed: a turn more or less does not matter
    spin(5us);
    ++turns->count;
    co_await yield_now();
    const Instant back = now();
    turns->longest_pause = std::max(turns->longest_pause, back - last);
    last = back;
  }
}

/// Two tasks that only wake each other, so one of them is always the last task that was woken.
Task<void> chat(const std::atomic<bool>* over, Notify* mine, Notify* theirs) {
  while (!over->load(std::memory_order_relaxed)) {
    theirs->notify_one();
    co_await mine->notified();
  }
  theirs->notify_one();
}

Task<std::vector<Turns>> compete(bool with_chat) {
  std::atomic<bool> over{false};
  std::vector<Turns> turns(kTasks);
  Notify left, right;
  std::vector<JoinHandle<void>> handles;
  for (Turns& mine : turns) handles.push_back(spawn(take_turns(&over, &mine)));
  if (with_chat) {
    handles.push_back(spawn(chat(&over, &left, &right)));
    handles.push_back(spawn(chat(&over, &right, &left)));
  }
  co_await sleep(is_quick() ? 20ms : 200ms);
  over.store(true, std::memory_order_relaxed);
  for (auto& handle : handles) co_await handle;
  co_return turns;
}

void measure(benchmark::State& state, const TestedExecutor& executor, bool with_chat) {
  Runtime runtime = executor.make();
  for (auto _ : state) {
    const std::vector<Turns> turns = runtime.block_on(compete(with_chat));
    double sum = 0;
    std::vector<double> counts;
    Duration pause{};
    for (const Turns& mine : turns) {
      counts.push_back(static_cast<double>(mine.count));
      sum += counts.back();
      pause = std::max(pause, mine.longest_pause);
    }
    state.counters["unlucky_share"] = 100 * percentile(counts, 0.05) * kTasks / sum;
    state.counters["pause_ms"] = std::chrono::duration<double, std::milli>(pause).count();
  }
}

Question question(std::string counter, std::string title, std::string y_title, std::string lesson) {
  Question asked;
  asked.id = "fairness";
  asked.counter = std::move(counter);
  asked.figure.title = std::move(title);
  asked.figure.y_title = std::move(y_title);
  asked.figure.x_title = "64 tasks that yield";
  asked.figure.x = {"alone", "beside two that chat"};
  asked.figure.series = series_of_executors();
  asked.figure.lesson = std::move(lesson);
  return asked;
}

const Ask share(
    question("unlucky_share", "Fairness: what an unlucky one of 64 equal tasks got",
             "its turns by the mean (5th percentile), %",
             "100 % is a fair share. With one thread, or one queue for all workers, everybody stands in the "
             "same line. With a queue for each worker, how often a task runs depends on how long the queue "
             "is that it stands in. On a machine that has other things to do, a worker that the operating "
             "system puts aside takes its task's turns with it, whichever the executor."));
const Ask pause(question(
    "pause_ms", "Fairness: the longest that one of them had to wait", "longest pause between two turns, ms",
    "A turn takes 5 µs, so with one thread a round takes 0.3 ms. What is far beyond that is the operating "
    "system, which took the processor away from a worker and with it from whatever stood in its queue."));

const bool registered = [] {
  for (const TestedExecutor& executor : tested_executors())
    for (const bool with_chat : {false, true})
      benchmark::RegisterBenchmark(
          (std::string("fairness/") + executor.name + (with_chat ? "/beside two that chat" : "/alone"))
              .c_str(),
          [&executor, with_chat](benchmark::State& state) { measure(state, executor, with_chat); })
          ->UseRealTime()
          ->Iterations(1);
  return true;
}();

}  // namespace
}  // namespace corokit::bench
