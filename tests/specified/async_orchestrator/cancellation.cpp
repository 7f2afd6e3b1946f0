#include "stage.hpp"

#include <corokit/spawn.hpp>
#include <corokit/time/timeout.hpp>

namespace corokit::specified {
namespace {

/// Waits for the token, at most 10 s.
AsyncTask listener(Stage& stage) {
  return actor(stage, [&stage](std::uint32_t id, CancellationToken token) -> Task<Answer> {
    const auto heard = co_await timeout(10s, token.cancelled());
    if (heard) ++stage.told;
    co_return name_of(id);
  });
}

Task<void> cancel_after_100_ms(Check& check) {
  Stage stage(check);
  const MatrixOrchestrator orchestrator(3);
  auto tasks = several(8, [&stage] { return listener(stage); });
  JoinHandle<Results> run = spawn(orchestrator.run(std::move(tasks), kPlenty));
  co_await until_started(stage, 3);
  co_await sleep(100ms);
  const int started = stage.started;
  check.that(started >= 3, "fewer tasks have started than the limit of 3 allows");
  const Instant cancelled = now();
  orchestrator.cancel();
  const Results results = co_await returned(check, std::move(run));
  failed_as(check, results, Kind::cancelled);
  check.equal(stage.told.load(), started, "started tasks that saw their token cancelled");
  check.that(now() - cancelled < 5s, "run() waits for the tasks as if nothing had been cancelled");
  nobody_left(check, stage);
  co_await sleep(20ms);
  check.equal(stage.started.load(), started, "tasks started, a while after cancel()");
}

}  // namespace

COROKIT_SPECIFIED_TEST(cancellation) {
  check.run(cancel_after_100_ms(check));
}

}  // namespace corokit::specified
