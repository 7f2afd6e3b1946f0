#include <cmath>

#include "draws.hpp"

namespace corokit::specified {
namespace {

/// The allowed comparisons are this many times n log2 n, enough to keep a few orders.
constexpr double kFactor = 40;

Task<Answer> at_once(Recorder& recorder, std::uint32_t id) {
  const Presence presence(recorder, id);
  co_return presence.answer();
}

/// Tasks of all priorities; every fourth has a deadline, which is far away. They arrive all at once, or one by one.
Tasks many(std::uint32_t count, std::uint32_t salt, bool one_by_one) {
  Tasks tasks;
  for (std::uint32_t id = 0; id < count; ++id) {
    const std::uint32_t random = (id + salt) * 2'654'435'761U;
    tasks.emplace_back(id, 1 + random % 10, 1ms * (1 + random / 16 % 50));
    if (one_by_one) tasks.back().release = now() + 1us * (random / 512 % 10'000);
    if (id % 4 == 0) tasks.back().deadline = now() + 1h + 1ms * (random / 256 % 10'000);
  }
  return tasks;
}

Task<void> counted(Check& check, std::uint32_t count, bool one_by_one) {
  Recorder recorder(check);
  const auto before = static_cast<std::uint64_t>(check.draw(0, 1'000'000));
  std::uint64_t counter = before;
  PriorityOptions options;
  options.comparisons = &counter;
  const NotedOrchestrator orchestrator(check, 4, options);
  const PriorityExecutor executor([&recorder](const PrioritizedTask& task, const PriorityContext&) {
    return at_once(recorder, task.id);
  });
  const Results results = co_await orchestrator.run_with_priority(
      many(count, static_cast<std::uint32_t>(before), one_by_one), executor, kPlenty);
  if (!succeeded(check, results) || !check.equal(results->size(), count, "the number of results")) co_return;
  check.equal(recorder.started(), count, "tasks that were begun");
  check.that(counter >= before + count, "the comparisons of " + show(count) +
                                            " tasks are not counted: *options.comparisons was " +
                                            show(before) + ", and is " + show(counter));
  const std::uint64_t comparisons = counter - before;
  const double most = kFactor * count * std::log2(count);
  check.that(static_cast<double>(comparisons) <= most,
             show(count) + " tasks take " + show(comparisons) + " comparisons: more than " + show(kFactor) +
                 " n log2 n, which are " + show(static_cast<std::uint64_t>(most)));
}

}  // namespace

COROKIT_SPECIFIED_TEST(complexity) {
  for (const bool one_by_one : {false, true})
    check.run(counted(check, static_cast<std::uint32_t>(either(check, 100, 50, 200)), one_by_one));
  if (!check.is_subject()) return;
  check.run(counted(check, 1'000, true));
  check.run(counted(check, 10'000, false));
}

}  // namespace corokit::specified
