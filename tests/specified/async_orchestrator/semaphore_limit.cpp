#include "recorder.hpp"

#include <corokit/spawn.hpp>

namespace corokit::specified {
namespace {

/// Takes 100 ms, or longer if a busy machine has not yet started 3 tasks.
AsyncTask patient(Recorder& recorder) {
  return recorded(recorder, [&recorder](std::uint32_t id, CancellationToken) -> Task<Answer> {
    co_await sleep(100ms);
    for (int i = 0; i < 500 && recorder.peak < 3; ++i) co_await sleep(10ms);
    co_return name_of(id);
  });
}

Task<void> ten_tasks(Check& check) {
  Recorder recorder(check);
  const MatrixOrchestrator orchestrator(3);
  auto tasks = several(10, [&recorder] { return patient(recorder); });
  const Results results = co_await orchestrator.run(std::move(tasks), kPlenty);
  check.equal(recorder.peak.load(), 3, "the most tasks that ran at once, with a limit of 3");
  no_task_left(check, recorder);
  if (succeeded(check, results)) check.equal(results->size(), 10u, "the number of results");
}

/// A permit is used again as soon as it is free, not only when all permits are.
Task<void> unequal_tasks(Check& check) {
  Recorder recorder(check);
  const MatrixOrchestrator orchestrator(2);
  const Instant begin = now();
  auto tasks = list(sleeper(recorder, 60ms), sleeper(recorder, 20ms), sleeper(recorder, 20ms));
  const Results results = co_await orchestrator.run(std::move(tasks), kPlenty);
  exactly(check, now() - begin, 60ms, "the time that tasks of 60, 20 and 20 ms take with a limit of 2");
  succeeded(check, results);
}

/// Sleeps, then answers the side it works for.
AsyncTask loyal(Recorder& recorder, const char* side) {
  return recorded(recorder, [side](std::uint32_t, CancellationToken) -> Task<Answer> {
    co_await sleep(20ms);
    co_return side;
  });
}

void four_results(Check& check, const Results& results, const char* side) {
  if (!succeeded(check, results)) return;
  std::vector<std::uint32_t> found = ids(results);
  std::sort(found.begin(), found.end());
  check.equal(found, std::vector<std::uint32_t>{0, 1, 2, 3},
              "the tasks that have a result, in one of two runs");
  for (const TaskResult& result : *results)
    check.equal(result.result, side, "a result of one of two runs on copies of one orchestrator");
}

/// A copy shares the semaphore: two runs at once share one limit, but each has its own results.
Task<void> two_runs(Check& check) {
  Recorder recorder(check);
  const MatrixOrchestrator orchestrator(3);
  const MatrixOrchestrator copy = orchestrator;
  auto red = several(4, [&recorder] { return loyal(recorder, "red"); });
  auto blue = several(4, [&recorder] { return loyal(recorder, "blue"); });
  JoinHandle<Results> first = spawn(orchestrator.run(std::move(red), kPlenty));
  JoinHandle<Results> second = spawn(copy.run(std::move(blue), kPlenty));
  const Results results = co_await returned(check, std::move(first));
  const Results more = co_await returned(check, std::move(second));
  check.that(recorder.peak <= 3, "two runs on copies of one orchestrator exceed its limit of 3 together");
  four_results(check, results, "red");
  four_results(check, more, "blue");
}

}  // namespace

COROKIT_SPECIFIED_TEST(semaphore_limit) {
  check.run(ten_tasks(check));
  check.run(unequal_tasks(check));
  check.run(two_runs(check));
}

}  // namespace corokit::specified
