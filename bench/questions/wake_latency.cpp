// How long does it take from the wake-up until the task runs?
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

/// Between a thread outside of the runtime, who calls, and a task, who answers.
struct Line {
  Notify bell;
  Instant rung{};  // written before the bell, read after it
  std::atomic<int> answered{0};
  std::atomic<bool> over{false};
};

Task<std::vector<double>> answer(Line* line) {
  std::vector<double> latencies;
  for (int i = 0; i < rounds(); ++i) {
    co_await line->bell.notified();
    latencies.push_back(in_us(now() - line->rung));
    line->answered.store(i + 1);
  }
  line->over.store(true);
  co_return latencies;
}

void call(Line& line) {
  for (int i = 0; i < rounds(); ++i) {
    std::this_thread::sleep_for(200us);  // so that idle workers have gone to sleep
    line.rung = now();
    line.bell.notify_one();
    while (line.answered.load() == i) std::this_thread::sleep_for(20us);
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

Task<std::vector<double>> be_called(Line* line, bool busy) {
  std::vector<JoinHandle<void>> others;
  for (int i = 0; busy && i < 8; ++i) others.push_back(spawn(keep_busy(&line->over)));
  auto answering = spawn(answer(line));
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

void measure(benchmark::State& state, const Contestant& contestant, Scene scene) {
  Runtime runtime = contestant.make();
  for (auto _ : state) {
    std::vector<double> latencies;
    if (scene == Scene::timer) {
      latencies = runtime.block_on(oversleep());
    } else {
      Line line;
      std::thread caller([&line] { call(line); });
      latencies = runtime.block_on(be_called(&line, scene == Scene::busy));
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
  asked.figure.series = series_of_contestants();
  asked.figure.lesson = std::move(lesson);
  return asked;
}

const Ask typical(question(
    "p50", "Wake-up latency: half of the wake-ups are faster",
    "On an idle runtime this is the time that the kernel needs to wake a thread, and hardly depends on the "
    "executor. On a busy one a task that is woken from outside stands behind others, each of which takes 10 "
    "µs; and a worker with a queue of its own looks only every so often at what came from outside."));
const Ask late(
    question("p99", "Wake-up latency: one of a hundred is slower",
             "The tail is where executors differ: work that stands behind others on a busy worker, and "
             "workers that were put to sleep by the operating system. The axis is logarithmic."));

const bool registered = [] {
  for (const Contestant& contestant : contestants())
    for (const NamedScene& scene : kScenes)
      benchmark::RegisterBenchmark(
          (std::string("wake-up/") + contestant.name + "/" + scene.name).c_str(),
          [&contestant, &scene](benchmark::State& state) { measure(state, contestant, scene.scene); })
          ->UseRealTime()
          ->Iterations(1);
  return true;
}();

}  // namespace
}  // namespace corokit::bench
