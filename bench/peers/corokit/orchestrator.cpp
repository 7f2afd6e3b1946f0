// The pattern of the orchestrator: many tasks, few permits, results in the order of completion.
#include "harness.hpp"

#include <corokit/join_set.hpp>
#include <corokit/spawn.hpp>
#include <corokit/sync/semaphore.hpp>
#include <corokit/unordered.hpp>
#include <corokit/yield.hpp>

#include <memory>
#include <stdexcept>

namespace peers {
namespace {

constexpr std::size_t kPermits = 64;
using Shared = std::shared_ptr<Semaphore>;

Task<std::string> work(Shared semaphore, std::uint64_t number) {
  const auto permit = co_await semaphore->acquire();
  co_await yield_now();
  co_return std::to_string(number);
}

Task<void> unordered(std::uint64_t tasks) {
  const auto semaphore = std::make_shared<Semaphore>(kPermits);
  FuturesUnordered<JoinHandle<std::string>> running;
  for (std::uint64_t i = 0; i < tasks; ++i) running.push(corokit::spawn(work(semaphore, i)));
  std::uint64_t results = 0;
  while (auto result = co_await running.next()) results += result->value().empty() ? 0 : 1;
  if (results != tasks) throw std::logic_error("results were lost");
}

Task<void> join_set(std::uint64_t tasks) {
  const auto semaphore = std::make_shared<Semaphore>(kPermits);
  JoinSet<std::string> running;
  for (std::uint64_t i = 0; i < tasks; ++i) running.spawn(work(semaphore, i));
  std::uint64_t results = 0;
  while (auto result = co_await running.join_next()) results += result->value().empty() ? 0 : 1;
  if (results != tasks) throw std::logic_error("results were lost");
}

template <Task<void> (*kPattern)(std::uint64_t), std::uint64_t kTasks>
void measure(const Run& run) {
  const auto tasks = run.count(kTasks);
  run.emit_per_op("", run.root(timed(kPattern(tasks))), tasks);
}

// tokio's collector is linear only outside of its budget. Ours always is and has no such switch, so both rows are the same.
const Suite suite{{"orch_fu", measure<unordered, 100'000>},
                  {"orch_fu_1m", measure<unordered, 1'000'000>},
                  {"orch_fu_unconstrained", measure<unordered, 100'000>},
                  {"orch_joinset", measure<join_set, 100'000>}};

}  // namespace
}  // namespace peers
