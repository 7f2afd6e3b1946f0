// Yielding: among many tasks, and alone.
#include "harness.hpp"

#include <corokit/spawn.hpp>
#include <corokit/yield.hpp>

namespace peers {
namespace {

constexpr std::uint64_t kTasks = 200;
constexpr std::uint64_t kYields = 1'000;

Task<void> give_way(std::uint64_t times) {
  for (std::uint64_t i = 0; i < times; ++i) co_await yield_now();
}

Task<void> give_way_together(std::uint64_t rounds) {
  for (std::uint64_t round = 0; round < rounds; ++round) {
    std::vector<JoinHandle<void>> handles;
    handles.reserve(kTasks);
    for (std::uint64_t i = 0; i < kTasks; ++i) handles.push_back(corokit::spawn(give_way(kYields)));
    for (auto& handle : handles) co_await handle;
  }
}

void yield_many(const Run& run) {
  const auto rounds = run.count(10);
  run.emit_per_op("", run.root(timed(give_way_together(rounds))), rounds * kTasks * kYields);
}

void yield_lone(const Run& run) {
  const auto yields = run.count(1'000'000);
  run.emit_per_op("", run.root(timed(give_way(yields))), yields);
}

const Suite suite{{"yield_many", yield_many}, {"yield_lone", yield_lone}};

}  // namespace
}  // namespace peers
