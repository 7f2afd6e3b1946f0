#include <array>

#include "stage.hpp"

namespace corokit::specified {
namespace {

constexpr std::array<std::uint32_t, 5> kOrder{1, 3, 4, 2, 0};  // the task that ends first, second…
constexpr Duration kStep = 20ms;

/// When each task ended, by rank; zero while it has not.
using Ended = std::array<std::atomic<Instant::rep>, kOrder.size()>;

/// Notes its end.
struct Note {
  explicit Note(std::atomic<Instant::rep>& at) : ended(at) {}
  Note(const Note&) = delete;
  Note& operator=(const Note&) = delete;
  ~Note() { ended = now().time_since_epoch().count(); }
  std::atomic<Instant::rep>& ended;
};

/// Ends at its time, a step behind the one before it. That one is late only on a busy machine: then this one
/// is as well, so that there the order is as certain as in simulation.
AsyncTask runner(Stage& stage, Ended& ended, std::size_t rank) {
  return actor(stage, [&ended, rank](std::uint32_t id, CancellationToken) -> Task<Answer> {
    const Note note(ended.at(rank));
    co_await sleep(kStep * (rank + 1));
    if (rank > 0) {
      const auto& before = ended.at(rank - 1);
      for (int i = 0; i < 2000 && before == 0; ++i) co_await sleep(1ms);
      co_await sleep_until(Instant(Duration(before)) + kStep);
    }
    co_return name_of(id);
  });
}

Task<void> durations_in_disorder(Check& check) {
  Stage stage(check);
  Ended ended{};
  const MatrixOrchestrator orchestrator(kOrder.size());
  std::vector<AsyncTask> tasks;
  for (std::uint32_t id = 0; id < kOrder.size(); ++id) {
    const auto* const place = std::find(kOrder.begin(), kOrder.end(), id);
    tasks.push_back(runner(stage, ended, static_cast<std::size_t>(place - kOrder.begin())));
  }
  const Results results = co_await orchestrator.run(std::move(tasks), kPlenty);
  nobody_left(check, stage);
  if (!succeeded(check, results)) co_return;
  check.equal(ids(results), kOrder, "the ids of the results, in the order of completion");
  Duration expected{};
  for (const TaskResult& result : *results)
    exactly(check, std::chrono::milliseconds(result.duration_ms), expected += kStep,
            "duration_ms of task " + show(result.task_id));
}

/// Those who wait for a permit do not work yet.
Task<void> durations_in_line(Check& check) {
  Stage stage(check);
  const MatrixOrchestrator orchestrator(1);
  auto tasks = several(3, [&stage] { return sleeper(stage, 30ms); });
  const Results results = co_await orchestrator.run(std::move(tasks), kPlenty);
  if (!succeeded(check, results)) co_return;
  for (const TaskResult& result : *results)
    exactly(check, std::chrono::milliseconds(result.duration_ms), 30ms,
            "duration_ms, counted from the permit, of task " + show(result.task_id));
}

}  // namespace

COROKIT_SPECIFIED_TEST(futures_unordered) {
  check.run(durations_in_disorder(check));
  check.run(durations_in_line(check));
}

}  // namespace corokit::specified
