// How many small operations does an executor do in a second?
#include "questions.hpp"

#include <corokit/spawn.hpp>
#include <corokit/sync/notify.hpp>
#include <corokit/yield.hpp>

#include <vector>

namespace corokit::bench {
namespace {

Task<void> nothing() {
  co_return;
}

Task<void> spawn_and_join(int tasks) {
  std::vector<JoinHandle<void>> handles;
  handles.reserve(static_cast<std::size_t>(tasks));
  for (int i = 0; i < tasks; ++i) handles.push_back(spawn(nothing()));
  for (auto& handle : handles) co_await handle;
}

Task<void> tree(int depth) {
  if (depth == 0) co_return;
  auto left = spawn(tree(depth - 1));
  auto right = spawn(tree(depth - 1));
  co_await left;
  co_await right;
}

Task<void> yield_often(int times) {
  for (int i = 0; i < times; ++i) co_await yield_now();
}

Task<void> yield_together(int tasks, int times) {
  std::vector<JoinHandle<void>> handles;
  for (int i = 0; i < tasks; ++i) handles.push_back(spawn(yield_often(times)));
  for (auto& handle : handles) co_await handle;
}

struct PingPong {
  Notify ping;
  Notify pong;
};

Task<void> answer(PingPong* game, int times) {
  for (int i = 0; i < times; ++i) {
    co_await game->ping.notified();
    game->pong.notify_one();
  }
}

Task<void> play_ping_pong(int times) {
  PingPong game;
  auto other = spawn(answer(&game, times));
  for (int i = 0; i < times; ++i) {
    game.ping.notify_one();
    co_await game.pong.notified();
  }
  co_await other;
}

struct Workload {
  const char* name;
  int operations;
  Task<void> (*make)();
};

const Workload kWorkloads[] = {
    {"spawn and join", 10'000, [] { return spawn_and_join(10'000); }},
    {"a tree of tasks", 16'383, [] { return tree(13); }},
    {"yield", 64 * 200, [] { return yield_together(64, 200); }},
    {"ping-pong", 2 * 5000, [] { return play_ping_pong(5000); }},
};

void measure(benchmark::State& state, const TestedExecutor& executor, const Workload& workload) {
  Runtime runtime = executor.make();
  for (auto _ : state) runtime.block_on(workload.make());
  state.SetItemsProcessed(state.iterations() * workload.operations);
}

Question question() {
  Question asked;
  asked.id = "throughput";
  asked.counter = "items_per_second";
  asked.unit = 1e6;
  asked.figure.title = "Throughput of small operations";
  asked.figure.y_title = "million operations per second";
  asked.figure.x_title = "workload";
  asked.figure.series = series_of_executors();
  for (const Workload& workload : kWorkloads) {
    asked.figure.x.emplace_back(workload.name);
    for (const TestedExecutor& executor : tested_executors())
      benchmark::RegisterBenchmark(
          (asked.id + "/" + executor.name + "/" + workload.name).c_str(),
          [&executor, &workload](benchmark::State& state) { measure(state, executor, workload); })
          ->UseRealTime();
  }
  asked.figure.lesson =
      "Where tasks do next to nothing, the cost is that of handing them on. The global queue pays for its "
      "lock each time, and for every worker that it wakes. Work stealing keeps the tasks that a worker "
      "spawns on that worker. A single thread hands nothing on: for work this small it is hard to beat.";
  return asked;
}

const Ask asked(question());

}  // namespace
}  // namespace corokit::bench
