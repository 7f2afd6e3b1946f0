#include "samples.hpp"

#include <utility>

namespace corokit::explorer {
namespace {

using State = Recording::State;
constexpr std::int64_t kMs = 1'000'000;

/// A oneshot channel whose sender publishes the value without release.
Recording race() {
  Recording r;
  r.test = "Oneshot.PublishesTheValue";
  r.token = "1.1";
  r.lanes = {"receiver", "sender"};
  r.steps = {
      {0,
       0,
       "oneshot.hpp:26",
       "  while (state_.load(std::memory_order_acquire) != kFull) yield();",
       "load, acquire: saw 0 (initial)",
       "",
       {}},
      {1, 1, "oneshot.hpp:21", "  value_ = value;", "writes 4 bytes: 7", "taken off", {{"value_", "7"}}},
      {1,
       2,
       "oneshot.hpp:22",
       "  state_.store(kFull, std::memory_order_relaxed);",
       "store, relaxed: wrote 1",
       "",
       {{"state_", "1"}}},
      {0,
       3,
       "oneshot.hpp:26",
       "  while (state_.load(std::memory_order_acquire) != kFull) yield();",
       "load, acquire: saw 1 (sender, step 2)",
       "finished",
       {}},
      {0, 4, "oneshot.hpp:27", "  return value_;", "reads 4 bytes", "", {}},
  };
  r.spans = {{0, 0, 1, State::running, ""}, {0, 1, 3, State::ready, ""},   {0, 3, 5, State::running, ""},
             {1, 0, 1, State::ready, ""},   {1, 1, 3, State::running, ""}, {1, 3, 3, State::finished, ""}};
  r.finding =
      "DATA RACE on value_: sender writes it at oneshot.hpp:21 (step 1), receiver reads it at oneshot.hpp:27 "
      "(step 4), "
      "and nothing orders the two";
  r.broken_at = {1, 4};
  return r;
}

/// Three threads on a spin lock that one of them never unlocks.
Recording spin_lock() {
  Recording r;
  r.test = "SpinLock.LetsEverybodyIn";
  r.token = "0";
  r.lanes = {"main", "thread 1", "thread 2"};
  const auto step = [&r](std::size_t lane, const char* place, const char* source, const char* operation,
                         const char* switched = "") {
    r.steps.push_back(
        {lane, static_cast<std::int64_t>(r.steps.size()), place, source, operation, switched, {}});
  };
  const auto* const exchange =
      "    while (locked_.exchange(true, std::memory_order_acquire)) std::this_thread::yield();";
  step(0, "spin_lock_test.cpp:14", "  std::thread first(work);", "starts thread 1");
  step(0, "spin_lock_test.cpp:15", "  std::thread second(work);", "starts thread 2");
  step(0, "spin_lock_test.cpp:16", "  first.join();", "joins thread 1");
  step(1, "spin_lock.hpp:9", exchange, "exchange, acquire: saw false (initial), wrote true",
       "waits for thread 1");
  step(1, "spin_lock_test.cpp:9", "  ++counter;", "writes 4 bytes: 1");
  r.steps.back().values = {{"counter (spin_lock_test.cpp:5)", "1"}};
  for (int i = 0; i < 3; ++i) {
    step(2, "spin_lock.hpp:9", exchange, "exchange, acquire: saw true (thread 1, step 3), wrote true",
         i == 0 ? "finished" : "");
  }
  for (int i = 0; i < 4; ++i) {
    step(0, "spin_lock.hpp:9", exchange, "exchange, acquire: saw true, wrote true",
         i == 0 ? "taken off" : "spins");
    step(0, "spin_lock.hpp:9", exchange, "yields");
    step(2, "spin_lock.hpp:9", exchange, "exchange, acquire: saw true, wrote true", "gives way");
  }
  r.finding =
      "LIVELOCK: main and thread 2 spin at spin_lock.hpp:9, and nobody is left who could change what they "
      "see\n"
      "thread 1 has finished and still holds the lock";
  return r;
}

/// Agents whose tasks need an oracle, for which there are two permits.
Recording agents() {
  Recording r;
  r.test = "Orchestrator.RespectsTheLimit";
  r.token = "4.1-17.2";
  r.in_virtual_time = true;
  r.lanes = {"agent 0", "agent 1", "oracle", "main"};
  const auto wait = "waits in Semaphore::acquire";
  r.steps = {
      {3, 0, "main.cpp:31", "co_await group.join();", "waits in JoinSet::join", "", {}},
      {0,
       0,
       "main.cpp:12",
       "auto permit = co_await permits.acquire();",
       "takes 1 permit",
       "waits for agent 0",
       {{"permits", "1"}}},
      {0, 0, "main.cpp:13", "co_await sleep(200ms);", "sleeps 200 ms", "", {}},
      {1,
       0,
       "main.cpp:12",
       "auto permit = co_await permits.acquire();",
       "takes 1 permit",
       "sleeps",
       {{"permits", "0"}}},
      {1, 0, "main.cpp:13", "co_await sleep(100ms);", "sleeps 100 ms", "", {}},
      {2, 0, "main.cpp:20", "auto permit = co_await permits.acquire();", wait, "sleeps", {}},
      {1,
       100 * kMs,
       "main.cpp:14",
       "co_return;",
       "gives back 1 permit",
       "waits for a permit",
       {{"permits", "0"}}},
      {2, 100 * kMs, "main.cpp:21", "co_await sleep(250ms);", "sleeps 250 ms", "finished", {}},
      {0, 200 * kMs, "main.cpp:14", "co_return;", "gives back 1 permit", "sleeps", {{"permits", "1"}}},
      {2, 350 * kMs, "main.cpp:22", "co_return;", "gives back 1 permit", "finished", {{"permits", "2"}}},
      {3,
       350 * kMs,
       "main.cpp:32",
       "check(elapsed <= 300ms);",
       "350 ms are more than 300 ms",
       "finished",
       {}},
  };
  r.steps[6].wakes = {2};
  r.steps[9].wakes = {3};
  r.spans = {{0, 0, 200 * kMs, State::running, "sleep"},
             {0, 200 * kMs, 200 * kMs, State::finished, ""},
             {1, 0, 100 * kMs, State::running, "sleep"},
             {1, 100 * kMs, 100 * kMs, State::finished, ""},
             {2, 0, 100 * kMs, State::waiting, "Semaphore::acquire"},
             {2, 100 * kMs, 350 * kMs, State::running, "sleep"},
             {2, 350 * kMs, 350 * kMs, State::finished, ""},
             {3, 0, 350 * kMs, State::waiting, "JoinSet::join"},
             {3, 350 * kMs, 350 * kMs, State::running, ""}};
  r.series = {{"permits", {{0, 2}, {0, 1}, {0, 0}, {200 * kMs, 1}, {350 * kMs, 2}}}};
  r.finding = "it took 350 ms, and the limit is 300 ms";
  r.broken_at = {10};
  return r;
}

/// More lanes than a table has columns; of one of them nothing is known, and steps are left out.
Recording twelve_lanes() {
  Recording r;
  r.test = "Barrier.ReleasesAll";
  r.token = "3.2";
  r.in_virtual_time = true;
  for (std::size_t i = 0; i < 12; ++i) {
    r.lanes.push_back("task " + std::to_string(i) + " (worker)");
    if (i == 7) continue;
    r.steps.push_back({i,
                       0,
                       "barrier_test.cpp:40",
                       "co_await barrier.arrive_and_wait();",
                       "waits in Barrier::arrive_and_wait",
                       i == 0 ? "" : "waits for the others",
                       {}});
    const std::int64_t end = 10 * kMs;
    r.spans.push_back({i, 0, end, State::waiting, "Barrier::arrive_and_wait"});
  }
  r.left_out = 118;
  r.left_out_at = 9;
  r.finding = "DEADLOCK: 11 tasks wait in Barrier::arrive_and_wait since 0 ms; the barrier waits for 12";
  return r;
}

/// Names and sources that try to be something else than text.
Recording hostile() {
  Recording r;
  r.test = "</title></script><script>alert(1)</script>";
  r.token = "\"><img src=x onerror=alert(2)>";
  r.lanes = {"</script><b>&amp;", std::string("nul\0 esc\x1b[31m bell\a tab\t", 23),
             "\xD7\xA9\xD7\x9C \xE2\x80\xAE"
             "evil",
             "\xE7\xB7\x9A\xE7\xA8\x8B \xF0\x9F\x90\x8C broken \xFF\xC3"};
  const std::string longer = "f(" + std::string(300, 'x') + ");";
  r.steps = {{0,
              0,
              "<!--:1",
              "  x = \"</script>\"; // <!-- ]]>",
              "writes \"\\\" and '\n",
              "",
              {{"__proto__", "<b>"}}},
             {1, 1, "a\x1b]0;title\a.cpp:2", longer, "store", "</td>", {{"constructor", "\x1b[2J"}}},
             {2,
              2,
              "b.cpp:3",
              "\xE2\x80\xAE"
              "rtl",
              "\xC2\x85\xE2\x80\xA8line",
              "${7*7}",
              {}},
             {3,
              3,
              "\xE7\xB7\x9A\xE7\xA8\x8B\xE7\xB7\x9A\xE7\xA8\x8B\xE7\xB7\x9A\xE7\xA8\x8B.cpp:4",
              "\xE7\xB7\x9A\xE7\xA8\x8B\xE7\xB7\x9A\xE7\xA8\x8B\xE7\xB7\x9A\xE7\xA8\x8B\xE7\xB7\x9A\xE7\xA8"
              "\x8B e\xCC\x81",
              "",
              "",
              {}}};
  r.spans = {{0, 0, 4, State::waiting, "</text></svg><script>alert(3)</script>"}};
  r.series = {{"<i>", {{0, INT64_MIN}, {2, INT64_MAX}}}};
  r.finding = "<script>alert(4)</script>\x1b[0m";
  r.broken_at = {3};
  return r;
}

}  // namespace

std::vector<Sample> samples() {
  return {{"race", race()}, {"spin_lock", spin_lock()},       {"agents", agents()},
          {"empty", {}},    {"twelve_lanes", twelve_lanes()}, {"hostile", hostile()}};
}

}  // namespace corokit::explorer
