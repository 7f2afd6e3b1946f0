#include "check.hpp"

#include <corokit/runtime.hpp>
#include <corokit/simulation.hpp>

namespace corokit::specified {

void Check::run(Task<void> task) {
  if (mode_ == Mode::thread_pool) {
    Runtime runtime = Runtime::multi_thread(4);
    runtime.block_on(std::move(task));
    return;
  }
  const auto finished = sim::run(sim::Options{.seed = seed_}, std::move(task));
  if (!finished) fail(finished.error().message);
}

}  // namespace corokit::specified
