// How many small operations does an executor do in a second, and with how many workers?
#include "questions.hpp"

#include <corokit/fork_join.hpp>
#include <corokit/spawn.hpp>
#include <corokit/sync/mpsc.hpp>
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

Task<void> forks(int depth) {
  if (depth == 0) co_return;
  co_await fork_join(forks(depth - 1), forks(depth - 1));
}

Task<void> send_all(mpsc::Sender<int> sender, int messages) {
  for (int i = 0; i < messages; ++i) static_cast<void>(co_await sender.send(i));
}

Task<void> send_to_one(int senders, int messages) {
  auto [sender, receiver] = mpsc::channel<int>(64);
  std::vector<JoinHandle<void>> handles;
  for (int i = 0; i < senders; ++i) handles.push_back(spawn(send_all(sender, messages)));
  for (int i = 0; i < senders * messages; ++i) co_await receiver.recv();
  for (auto& handle : handles) co_await handle;
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
    {"a tree of forks", 16'383, [] { return forks(13); }},
    {"yield", 64 * 200, [] { return yield_together(64, 200); }},
    {"ping-pong", 2 * 5000, [] { return play_ping_pong(5000); }},
    {"four senders to one", 4 * 2000, [] { return send_to_one(4, 2000); }},
};

constexpr std::int64_t kWorkers[] = {1, 2, 4, 8, 16};

void measure(benchmark::State& state, Runtime runtime, const Workload& workload) {
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
          [&executor, &workload](benchmark::State& state) { measure(state, executor.make(), workload); })
          ->UseRealTime();
  }
  asked.figure.lesson =
      "Where tasks do next to nothing, the cost is that of handing them on. The global queue pays for its "
      "lock each time, and for every worker that it wakes. Work stealing keeps the tasks that a worker "
      "spawns on that worker. A single thread hands nothing on: for work this small it is hard to beat.";
  return asked;
}

Question question_of_workers() {
  Question asked;
  asked.id = "workers";
  asked.counter = "items_per_second";
  asked.unit = 1e6;
  asked.figure.form = Figure::Form::lines;
  asked.figure.title = "Throughput by the number of workers, of work stealing";
  asked.figure.y_title = "million operations per second";
  asked.figure.x_title = "workers";
  asked.figure.log_y = true;
  for (const std::int64_t workers : kWorkers) asked.figure.x.push_back(std::to_string(workers));
  for (const Workload& workload : kWorkloads) {
    asked.figure.series.push_back({workload.name, {}});
    auto* all = benchmark::RegisterBenchmark(
        (asked.id + "/" + workload.name).c_str(), [&workload](benchmark::State& state) {
          measure(state, Runtime::multi_thread(static_cast<std::size_t>(state.range(0))), workload);
        });
    for (const std::int64_t workers : kWorkers) all->Arg(workers)->UseRealTime();
  }
  asked.figure.lesson =
      "More workers than processors bring nothing, and must not cost much either: a worker without work "
      "sleeps, and one that looks for work does not keep another from running.";
  return asked;
}

const Ask asked(question());
const Ask asked_of_workers(question_of_workers());

}  // namespace
}  // namespace corokit::bench
