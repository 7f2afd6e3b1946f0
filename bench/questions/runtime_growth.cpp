// Does a task, a message or a timer cost more, in time or in memory, where there are very many of them?
#include "questions.hpp"

#include <corokit/io/process.hpp>
#include <corokit/join_set.hpp>
#include <corokit/select.hpp>
#include <corokit/spawn.hpp>
#include <corokit/sync/mpsc.hpp>
#include <corokit/sync/notify.hpp>
#include <corokit/time/sleep.hpp>
#include <corokit/unordered.hpp>
#include <corokit/yield.hpp>

#include <unistd.h>
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <ctime>
#include <fstream>
#include <iterator>
#include <limits>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace corokit::bench {
namespace {

using namespace std::chrono_literals;

constexpr std::int64_t kSizes[] = {1'000, 10'000, 100'000, 1'000'000, 10'000'000};
constexpr std::int64_t kLargestQuick = 10'000;
constexpr double kBytesOfOne = 512;  // more than one of anything takes
constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();

double resident_bytes() {
  std::ifstream statm("/proc/self/statm");
  double all = 0, resident = 0;
  statm >> all >> resident;
  return resident * static_cast<double>(sysconf(_SC_PAGESIZE));
}

double processor_seconds() {
  timespec used{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
  return static_cast<double>(used.tv_sec) + static_cast<double>(used.tv_nsec) * 1e-9;
}

/// What a run has cost: processor time, and the memory of this process while all were alive, beyond that before.
class Cost {
 public:
  void all_are_alive() { bytes_ = resident_bytes() - before_; }
  double nanoseconds() const { return (processor_seconds() - start_) * 1e9; }
  double bytes() const { return bytes_; }

 private:
  double before_ = resident_bytes();
  double bytes_ = 0;
  double start_ = processor_seconds();
};

struct Gate {
  Notify open;
  std::atomic<std::int64_t> waiting{0};
  std::atomic<std::int64_t> passed{0};
};

Task<void> pass(Gate* gate) {
  gate->waiting.fetch_add(1, std::memory_order_relaxed);
  co_await gate->open.notified();
  gate->passed.fetch_add(1, std::memory_order_relaxed);
}

Task<void> tasks(std::int64_t n, Cost* cost) {
  Gate gate;
  for (std::int64_t i = 0; i < n; ++i) spawn(pass(&gate)).detach();
  while (gate.waiting.load() != n) co_await yield_now();
  cost->all_are_alive();
  // A task that counted may still be on its way to the wait.
  while (gate.passed.load() != n) {
    gate.open.notify_waiters();
    co_await yield_now();
  }
}

Task<void> messages(std::int64_t n, Cost* cost) {
  auto [sender, receiver] = mpsc::unbounded_channel<std::int64_t>();
  for (std::int64_t i = 0; i < n; ++i) static_cast<void>(sender.send(i));
  cost->all_are_alive();
  for (std::int64_t i = 0; i < n; ++i) co_await receiver.recv();
}

/// Most timers are dropped before they fire, as those of timeouts are.
Task<void> timers(std::int64_t n, Cost* cost) {
  FuturesUnordered<decltype(sleep(1h))> all;
  for (std::int64_t i = 0; i < n; ++i) all.push(sleep(1h + i % 100'000 * 1ms));
  co_await select(all.next(), yield_now());
  cost->all_are_alive();
}

Task<std::int64_t> answer(std::int64_t i) {
  co_await yield_now();
  co_return i;
}

Task<void> operations(std::int64_t n, Cost* cost) {
  FuturesUnordered<Task<std::int64_t>> all;
  for (std::int64_t i = 0; i < n; ++i) all.push(answer(i));
  co_await all.next();
  cost->all_are_alive();
  for (;;) {
    const auto next = co_await all.next();
    if (!next) break;
  }
}

Task<void> members(std::int64_t n, Cost* cost) {
  JoinSet<std::int64_t> all;
  for (std::int64_t i = 0; i < n; ++i) all.spawn(answer(i));
  cost->all_are_alive();
  for (;;) {
    const auto next = co_await all.join_next();
    if (!next) break;
  }
}

struct Kind {
  const char* name;
  Task<void> (*run)(std::int64_t n, Cost* cost);
};
constexpr Kind kKinds[] = {{"tasks", tasks},
                           {"messages", messages},
                           {"timers", timers},
                           {"FuturesUnordered", operations},
                           {"JoinSet", members}};

/// Runs it in a process of its own, whose memory nothing else has used.
Growth measure_alone(const Kind& kind, std::int64_t n) {
  io::Command program("/proc/self/exe");
  program.args({"--alone", kind.name, std::to_string(n)}).err(io::Command::Stdio::inherit);
  Runtime runtime = Runtime::current_thread();
  const auto output = runtime.block_on(program.output()).value();
  Growth growth;
  std::istringstream(output.out) >> growth.nanoseconds >> growth.bytes;
  return growth;
}

bool has_room_for(std::int64_t n) {
  const double free =
      static_cast<double>(sysconf(_SC_AVPHYS_PAGES)) * static_cast<double>(sysconf(_SC_PAGESIZE));
  return static_cast<double>(n) * kBytesOfOne < free;
}

void measure(benchmark::State& state, const Kind& kind) {
  Growth growth{kUnknown, kUnknown};
  const std::int64_t n = state.range(0);
  for (auto _ : state)
    if (is_quick() ? n <= kLargestQuick : has_room_for(n)) growth = measure_alone(kind, n);
  state.counters["ns"] = growth.nanoseconds;
  state.counters["bytes"] = growth.bytes;
}

Question question(std::string counter, std::string title, std::string y_title, std::string lesson) {
  Question asked;
  asked.id = "runtime";
  asked.topic = Question::Topic::runtime;
  asked.counter = std::move(counter);
  asked.figure.form = Figure::Form::lines;
  asked.figure.title = std::move(title);
  asked.figure.y_title = std::move(y_title);
  asked.figure.x_title = "alive at once";
  asked.figure.log_y = true;
  for (const std::int64_t size : kSizes) asked.figure.x.push_back(std::to_string(size));
  for (const Kind& kind : kKinds) asked.figure.series.push_back({kind.name, {}});
  asked.figure.lesson = std::move(lesson);
  return asked;
}

const Ask time_taken(question("ns", "Processor time of one, from its beginning to its end", "ns",
                              "All of them are alive at once. Nothing in the runtime depends on their "
                              "number, so a line rises only where "
                              "they no longer fit into a cache: each is then fetched from memory, once to "
                              "begin it and once to end it."));
const Ask memory(question("bytes", "Memory of one", "bytes",
                          "The resident memory of a process of its own, while all of them are alive. Few of "
                          "them share whole pages with "
                          "nothing else in them; from ten thousand on the line is flat."));

const bool registered = [] {
  for (const Kind& kind : kKinds) {
    auto* all = benchmark::RegisterBenchmark((std::string("runtime/") + kind.name).c_str(),
                                             [&kind](benchmark::State& state) { measure(state, kind); });
    all->Iterations(1)->Repetitions(3)->UseRealTime();
    for (const std::int64_t size : kSizes) all->Arg(size);
  }
  return true;
}();

}  // namespace

Growth measure_growth(const std::string& name, std::int64_t n) {
  const auto* kind =
      std::find_if(std::begin(kKinds), std::end(kKinds), [&](const Kind& k) { return k.name == name; });
  if (kind == std::end(kKinds)) throw std::runtime_error("nothing here is called " + name);
  Runtime runtime = Runtime::current_thread();
  Cost warm_up;
  runtime.block_on(tasks(1, &warm_up));
  Cost cost;
  runtime.block_on(kind->run(n, &cost));
  return {cost.nanoseconds() / static_cast<double>(n), cost.bytes() / static_cast<double>(n)};
}

}  // namespace corokit::bench
