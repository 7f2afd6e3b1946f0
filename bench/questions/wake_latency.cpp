// How long does it take from a wake-up until the task runs?
#include "metrics.hpp"
#include "questions.hpp"

#include <corokit/spawn.hpp>
#include <corokit/sync/notify.hpp>
#include <corokit/time/clock.hpp>
#include <corokit/time/sleep.hpp>
#include <corokit/yield.hpp>

#include <atomic>
#include <chrono>
#include <thread>
#include <vector>

namespace corokit::bench {
namespace {

using namespace std::chrono_literals;

double in_us(Duration duration) {
  return std::chrono::duration<double, std::micro>(duration).count();
}

int rounds() {
  return is_quick() ? 50 : 400;
}

/// What a thread outside of the runtime, the caller, shares with the task that answers.
struct Call {
  Notify bell;
  Instant rung{};  // when the caller rang; written before the notification, read after it
  std::atomic<int> answered{0};
  std::atomic<bool> over{false};
};

Task<std::vector<double>> answer(Call* call) {
  std::vector<double> latencies;
  for (int i = 0; i < rounds(); ++i) {
    co_await call->bell.notified();
    latencies.push_back(in_us(now() - call->rung));
    call->answered.store(i + 1);
  }
  call->over.store(true);
  co_return latencies;
}

void ring(Call& call) {
  for (int i = 0; i < rounds(); ++i) {
    std::this_thread::sleep_for(200us);  // idle workers go to sleep meanwhile
    call.rung = now();
    call.bell.notify_one();
    while (call.answered.load() == i) std::this_thread::sleep_for(20us);
  }
}

Task<void> keep_busy(const std::atomic<bool>* over) {
  while (!over->load()) {
    const Instant end = now() + 10us;
    while (now() < end) {
    }
    co_await yield_now();
  }
}

Task<std::vector<double>> be_called(Call* call, bool busy) {
  std::vector<JoinHandle<void>> others;
  for (int i = 0; busy && i < 8; ++i) others.push_back(spawn(keep_busy(&call->over)));
  auto answering = spawn(answer(call));
  auto latencies = co_await answering;
  for (auto& other : others) co_await other;
  co_return std::move(*latencies);
}

Task<std::vector<double>> oversleep() {
  std::vector<double> late;
  for (int i = 0; i < rounds(); ++i) {
    const Instant deadline = now() + 1ms;
    co_await sleep_until(deadline);
    late.push_back(in_us(now() - deadline));
  }
  co_return late;
}

enum class Scene { idle, busy, timer };
struct NamedScene {
  Scene scene;
  const char* name;
};
const NamedScene kScenes[] = {{Scene::idle, "woken, idle runtime"},
                              {Scene::busy, "woken, 8 busy tasks"},
                              {Scene::timer, "sleep of 1 ms"}};

void measure(benchmark::State& state, const TestedExecutor& executor, Scene scene) {
  Runtime runtime = executor.make();
  for (auto _ : state) {
    std::vector<double> latencies;
    if (scene == Scene::timer) {
      latencies = runtime.block_on(oversleep());
    } else {
      Call call;
      std::thread caller([&call] { ring(call); });
      latencies = runtime.block_on(be_called(&call, scene == Scene::busy));
      caller.join();
    }
    state.counters["p50"] = percentile(latencies, 0.5);
    state.counters["p99"] = percentile(latencies, 0.99);
  }
}

Question question(std::string counter, std::string title, std::string lesson) {
  Question asked;
  asked.id = "wake-up";
  asked.counter = std::move(counter);
  asked.figure.title = std::move(title);
  asked.figure.y_title = "from the wake-up to the task, µs";
  asked.figure.x_title = "the task is";
  asked.figure.log_y = true;
  for (const NamedScene& scene : kScenes) asked.figure.x.emplace_back(scene.name);
  asked.figure.series = series_of_executors();
  asked.figure.lesson = std::move(lesson);
  return asked;
}

const Ask typical(question("p50", "Wake-up latency: the median",
                           "On an idle runtime this is the time that the kernel needs to wake a thread, and "
                           "hardly depends on the executor. On a busy one a task that is woken from outside "
                           "stands behind other tasks, each of which takes 10 µs; and a worker with a queue "
                           "of its own looks only now and then at the tasks that came from outside."));
const Ask late(question("p99", "Wake-up latency: the 99th percentile",
                        "Executors differ in the tail: tasks stand behind others on a busy worker, and the "
                        "operating system has put workers to sleep. The axis is logarithmic."));

const bool registered = [] {
  for (const TestedExecutor& executor : tested_executors())
    for (const NamedScene& scene : kScenes)
      benchmark::RegisterBenchmark(
          (std::string("wake-up/") + executor.name + "/" + scene.name).c_str(),
          [&executor, &scene](benchmark::State& state) { measure(state, executor, scene.scene); })
          ->UseRealTime()
          ->Iterations(1);
  return true;
}();

}  // namespace
}  // namespace corokit::bench
