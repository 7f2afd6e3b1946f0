// Waiting at a barrier, alone and with others.
#include "measure.hpp"

#include <corokit/spawn.hpp>
#include <corokit/sync/barrier.hpp>

#include <vector>

namespace corokit::bench {
namespace {

/// A barrier of one task never suspends it.
Task<void> meet_nobody(benchmark::State* state) {
  Barrier barrier(1);
  for (auto _ : *state) benchmark::DoNotOptimize(co_await barrier.wait());
}

struct Meeting {
  static constexpr std::size_t kOthers = 3;
  Barrier barrier{kOthers + 1};
  bool over = false;  // written before a wait, read after it
};

Task<void> come_every_time(Meeting* meeting) {
  for (;;) {
    co_await meeting->barrier.wait();
    if (meeting->over) co_return;
    co_await meeting->barrier.wait();
  }
}

/// In each iteration four tasks wait for each other twice.
Task<void> meet_others(benchmark::State* state) {
  Meeting meeting;
  std::vector<JoinHandle<void>> others;
  for (std::size_t i = 0; i < Meeting::kOthers; ++i) others.push_back(spawn(come_every_time(&meeting)));
  for (auto _ : *state) {
    co_await meeting.barrier.wait();
    co_await meeting.barrier.wait();
  }
  meeting.over = true;
  co_await meeting.barrier.wait();
  for (auto& other : others) co_await other;
}

const Measure alone("barrier/alone", meet_nobody);
const Measure four("barrier/four_tasks_meet_twice", meet_others);

}  // namespace
}  // namespace corokit::bench
