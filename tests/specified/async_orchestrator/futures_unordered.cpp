#include <algorithm>

#include "plan.hpp"

namespace corokit::specified {
namespace {

/// Results come in the order of completion, also while other tasks wait for permits; durations count from the permit.
Task<void> order_of_completion(Check& check) {
  Load load{3, {30ms, 20ms, 100ms, 40ms, 40ms}};
  if (!check.is_subject()) load = Load::draw(check, 12);
  const NotedOrchestrator orchestrator(check, load.limit);
  Recorder recorder(check);
  const Instant begin = now();
  const Results results = co_await orchestrator.run(recorder, load.tasks(recorder), kPlenty);
  if (!in_order(recorder, results)) co_return;
  ran_as_planned(recorder, load.plan(), begin);
}

Task<void> named_by_the_subject(Check& check) {
  const NotedOrchestrator orchestrator(check, 2);
  Recorder recorder(check);
  const Load load{2, {60ms, 20ms, 20ms}};
  const Results results = co_await orchestrator.run(recorder, load.tasks(recorder), kPlenty);
  if (!in_order(recorder, results)) co_return;
  check.equal(ids(results), std::vector<std::uint32_t>{1, 2, 0},
              "the ids of tasks of 60, 20 and 20 ms, with a limit of 2");
}

/// Tasks that end at once follow each other through one permit, while others hold the rest: each is completed before the
/// next one starts, so the results come in that order.
Task<void> one_permit_for_many(Check& check) {
  const int holders = check.draw(0, 2);
  const int count = check.draw(3, 10);
  const NotedOrchestrator orchestrator(check, holders + 1);
  Recorder recorder(check);
  std::atomic<int> passed{0};
  auto tasks = recorder.tasks(holders, [&] {
    return recorder.task([&passed, count](Entry& entry, CancellationToken) -> Task<Answer> {
      for (int i = 0; i < 5'000 && passed < count; ++i) co_await sleep(1ms);
      co_return answer_of(entry);
    });
  });
  for (int i = 0; i < count; ++i)
    tasks.push_back(recorder.task([&passed](Entry& entry, CancellationToken) -> Task<Answer> {
      ++passed;
      co_return answer_of(entry);
    }));
  const Results results = co_await orchestrator.run(recorder, std::move(tasks), kPlenty);
  if (!succeeded(recorder, results)) co_return;
  std::vector<std::uint32_t> order = ids(results);
  std::erase_if(order, [holders](std::uint32_t id) { return std::cmp_less(id, holders); });
  check.that(
      std::ranges::is_sorted(order),
      "tasks that follow each other through one permit have their results in the order " + show(order));
}

}  // namespace

COROKIT_SPECIFIED_TEST(futures_unordered) {
  if (check.is_subject()) check.run(named_by_the_subject(check));
  check.run(order_of_completion(check));
}

COROKIT_SPECIFIED_PART(futures_unordered, edge_one_permit_for_many) {
  check.run(one_permit_for_many(check));
}

}  // namespace corokit::specified
