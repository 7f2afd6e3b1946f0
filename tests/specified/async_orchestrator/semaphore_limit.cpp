#include "stage.hpp"

#include <corokit/spawn.hpp>

namespace corokit::specified {
namespace {

/// Takes 100 ms; longer only if a busy machine has not yet started as many as may run.
AsyncTask patient(Stage& stage) {
  return actor(stage, [&stage](std::uint32_t id, CancellationToken) -> Task<Answer> {
    co_await sleep(100ms);
    for (int i = 0; i < 500 && stage.peak < 3; ++i) co_await sleep(10ms);
    co_return name_of(id);
  });
}

Task<void> ten_tasks(Check& check) {
  Stage stage(check);
  const MatrixOrchestrator orchestrator(3);
  auto tasks = several(10, [&stage] { return patient(stage); });
  const Results results = co_await orchestrator.run(std::move(tasks), kPlenty);
  check.equal(stage.peak.load(), 3, "the most tasks that ran at once, with a limit of 3");
  nobody_left(check, stage);
  if (succeeded(check, results)) check.equal(results->size(), 10u, "the number of results");
}

/// A copy shares the semaphore: two runs at once have one limit.
Task<void> two_runs(Check& check) {
  Stage stage(check);
  const MatrixOrchestrator orchestrator(3);
  const MatrixOrchestrator copy = orchestrator;
  const auto make = [&stage] { return sleeper(stage, 20ms); };
  JoinHandle<Results> first = spawn(orchestrator.run(several(4, make), kPlenty));
  JoinHandle<Results> second = spawn(copy.run(several(4, make), kPlenty));
  const Results results = co_await returned(check, std::move(first));
  const Results more = co_await returned(check, std::move(second));
  check.that(stage.peak <= 3, "two runs on copies of one orchestrator pass its limit of 3 together");
  succeeded(check, results);
  succeeded(check, more);
}

}  // namespace

COROKIT_SPECIFIED_TEST(semaphore_limit) {
  check.run(ten_tasks(check));
  check.run(two_runs(check));
}

}  // namespace corokit::specified
