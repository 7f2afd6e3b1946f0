#include <corokit/time/timeout.hpp>

#include "stage.hpp"

namespace corokit::specified {
namespace {

Task<void> one_task_of_a_second(Check& check) {
  Stage stage(check);
  const MatrixOrchestrator orchestrator(1);
  const Instant begin = now();
  const Results results = co_await orchestrator.run(list(sleeper(stage, 1s)), 10ms);
  failed_as(check, results, Kind::timeout);
  exactly(check, now() - begin, 10ms, "the time that run() took, with a timeout of 10 ms");
  nobody_left(check, stage);
  // Its permit is back: another run gets one.
  const Results again = co_await orchestrator.run(list(sleeper(stage, 1ms)), 10s);
  check.that(again.has_value(), "after a timeout the next run gets no permit: it gives " + describe(again));
}

Task<void> tasks_in_line(Check& check) {
  Stage stage(check);
  const MatrixOrchestrator orchestrator(1);
  auto tasks = several(3, [&stage] { return sleeper(stage, 1s); });
  const Results results = co_await orchestrator.run(std::move(tasks), 10ms);
  failed_as(check, results, Kind::timeout);
  nobody_left(check, stage);
  co_await sleep(30ms);
  check.that(stage.started <= 1, "a task that was in line starts after the timeout");
}

}  // namespace

COROKIT_SPECIFIED_TEST(timeout) {
  check.run(one_task_of_a_second(check));
  check.run(tasks_in_line(check));
}

}  // namespace corokit::specified
