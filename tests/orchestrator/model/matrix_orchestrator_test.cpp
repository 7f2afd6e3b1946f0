// Explores a run of the orchestrator that another thread cancels.
#include <corokit/orchestrator/matrix_orchestrator.hpp>
#include <corokit/runtime.hpp>

#include <gtest/gtest.h>
#include <vector>

#include "explorer/expect.hpp"
#include "explorer/explore.hpp"
#include "explorer/seam.hpp"

namespace corokit {
namespace {

// cancel() changes more than one thing, and a run may see it between any two of them.
TEST(MatrixOrchestratorModel, ACancelledRunIsCompleteOrSaysThatItIsCancelled) {
  const model::Report report = model::explore({.preemptions = 2, .stale_loads = 1}, [] {
    const MatrixOrchestrator orchestrator(1);
    std::vector<AsyncTask> tasks;
    for (int i = 0; i < 2; ++i)
      tasks.emplace_back(
          [](std::uint32_t, CancellationToken) -> Task<AsyncTask::Answer> { co_return "done"; });
    model::Thread cancels([&orchestrator] { orchestrator.cancel(); });
    Runtime runtime = Runtime::current_thread();
    const auto results = runtime.block_on(orchestrator.run(std::move(tasks), Duration::max()));
    cancels.join();
    if (results) {
      model::require(results->size() == 2, "a run that gives results gives those of all tasks");
    } else {
      model::require(results.error().kind == OrchestratorError::Kind::cancelled,
                     "the error is the cancellation");
    }
  });
  EXPECT_TRUE(model::right_on_every_schedule(report));
}

}  // namespace
}  // namespace corokit
