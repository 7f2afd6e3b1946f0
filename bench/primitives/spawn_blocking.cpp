// Running a function on a thread for blocking calls, and awaiting it.
#include "measure.hpp"

#include <corokit/spawn_blocking.hpp>

namespace corokit::bench {
namespace {

Task<void> spawn_and_join(benchmark::State* state) {
  for (auto _ : *state) {
    auto result = co_await spawn_blocking([] { return 7; });
    benchmark::DoNotOptimize(result);
  }
}

const Measure joined("spawn_blocking/join", spawn_and_join);

}  // namespace
}  // namespace corokit::bench
