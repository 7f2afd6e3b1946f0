#include <algorithm>
#include <numeric>
#include <stdexcept>

#include "plan.hpp"

namespace corokit::specified {
namespace {

/// As many tasks run at once as the limit allows, and no more.
Task<void> the_limit_is_reached(Check& check) {
  const int limit = check.is_subject() ? 3 : check.draw(1, 9);
  const int count = check.is_subject() ? 10 : limit + check.draw(0, 12);
  const NotedOrchestrator orchestrator(check, limit);
  Recorder recorder(check);
  auto tasks = recorder.tasks(count, [&recorder, &check, limit] {
    return recorder.simulated ? sleeper(recorder, check.is_subject() ? Duration(100ms) : Duration(10ms))
                              : meeting(recorder, limit);
  });
  const Results results = co_await orchestrator.run(recorder, std::move(tasks), kPlenty);
  check.equal(recorder.heads.peak.load(), limit,
              "the most tasks that ran at once, with a limit of " + show(limit));
  succeeded(recorder, results);
}

/// A permit is used again as soon as it is free, not only when all permits are, by the task whose turn it is.
Task<void> unequal_tasks(Check& check) {
  Load load{2, {60ms, 20ms, 20ms}};
  if (!check.is_subject()) load = Load::draw(check, 16);
  const NotedOrchestrator orchestrator(check, load.limit);
  Recorder recorder(check);
  const Instant begin = now();
  const Results results = co_await orchestrator.run(recorder, load.tasks(recorder), kPlenty);
  ran_as_planned(recorder, load.plan(), begin);
  succeeded(recorder, results);
}

/// With a limit of one each task ends, and has its result, before the next one starts.
Task<void> one_at_a_time(Check& check) {
  const NotedOrchestrator orchestrator(check, 1);
  Recorder recorder(check);
  std::vector<std::uint32_t> order;  // no lock: only one task at a time may write here
  const int count = check.draw(4, 12);
  auto tasks = recorder.tasks(count, [&] {
    // Half of them end at once, so that several follow each other within one moment.
    const Duration duration = check.draw(0, 1) == 1 ? Duration(0) : draw_duration(check, 10);
    return recorder.task([&recorder, &order, duration](Entry& entry, CancellationToken) -> Task<Answer> {
      recorder.check.equal(recorder.heads.present.load(), 1, "tasks that run at once, with a limit of one");
      order.push_back(entry.place);
      if (duration > 0ms) co_await sleep(duration);
      co_return answer_of(entry);
    });
  });
  const Results results = co_await orchestrator.run(recorder, std::move(tasks), kPlenty);
  if (!succeeded(recorder, results)) co_return;
  std::vector<std::uint32_t> submitted(static_cast<std::size_t>(count));
  std::iota(submitted.begin(), submitted.end(), 0);
  check.equal(order, submitted, "the order in which tasks start, with a limit of one");
  check.equal(ids(results), submitted, "the order of the results, with a limit of one");
}

Task<void> none_at_a_time(Check& check) {
  bool refused = false;
  try {
    const MatrixOrchestrator impossible(0);
  } catch (const std::invalid_argument&) {
    refused = true;
  }
  check.that(refused, "a limit of 0 should throw std::invalid_argument in the constructor");
  co_return;
}

}  // namespace

COROKIT_SPECIFIED_TEST(semaphore_limit) {
  check.run(the_limit_is_reached(check));
  check.run(unequal_tasks(check));
}

COROKIT_SPECIFIED_PART(semaphore_limit, edge_one_at_a_time) {
  check.run(one_at_a_time(check));
  check.run(none_at_a_time(check));
}

}  // namespace corokit::specified
