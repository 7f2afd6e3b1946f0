// Permits: taking and giving back free ones, and waiting for one.
#include "measure.hpp"

#include <corokit/spawn.hpp>
#include <corokit/sync/semaphore.hpp>

namespace corokit::bench {
namespace {

Task<void> acquire_and_release(benchmark::State* state) {
  Semaphore semaphore(1);
  for (auto _ : *state) {
    const auto permit = co_await semaphore.acquire();
    benchmark::DoNotOptimize(permit);
  }
}

Task<void> acquire_many(benchmark::State* state) {
  Semaphore semaphore(64);
  for (auto _ : *state) {
    const auto permits = co_await semaphore.acquire_many(64);
    benchmark::DoNotOptimize(permits);
  }
}

Task<void> give_back(Semaphore* wanted, Semaphore* given) {
  for (;;) {
    auto permit = co_await wanted->acquire();
    if (!permit) co_return;
    permit->forget();
    given->add_permits(1);
  }
}

/// Each iteration waits for a permit that another task gives back when it is asked to.
Task<void> wait_for_permit(benchmark::State* state) {
  Semaphore wanted(0), given(0);
  auto giver = spawn(give_back(&wanted, &given));
  for (auto _ : *state) {
    wanted.add_permits(1);
    auto permit = co_await given.acquire();
    permit->forget();
  }
  wanted.close();
  co_await giver;
}

const Measure one("semaphore/free", acquire_and_release);
const Measure many("semaphore/free_many", acquire_many);
const Measure waiting("semaphore/round_trip", wait_for_permit);

}  // namespace
}  // namespace corokit::bench
