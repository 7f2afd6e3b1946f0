// A loop of operations that are over at once lets other tasks run when it has spent its budget, whatever the operations are.
#include <corokit/join.hpp>
#include <corokit/select.hpp>
#include <corokit/time/timeout.hpp>

#include <gtest/gtest.h>
#include <chrono>
#include <utility>

#include "support/manual_executor.hpp"
#include "support/ready_operations.hpp"

namespace corokit::test {
namespace {

/// Awaits an operation over and over, until another task has run, or too often.
template <class Make, class Await>
Task<int> count_until_another_task_runs(Make make, Await await) {
  bool other_ran = false;
  const auto other = spawn([](bool& ran) -> Task<void> {
    ran = true;
    co_return;
  }(other_ran));
  int rounds = 0;
  for (; !other_ran && rounds < 1'000; ++rounds) {
    // Finished handles are made outside of the loop's own awaits: they would give way.
    auto first = detail::spawn_on(*detail::current_context()->scheduler, ReadyPrimitives::one());
    auto second = detail::spawn_on(*detail::current_context()->scheduler, ReadyPrimitives::one());
    auto& executor = static_cast<ManualExecutor&>(*detail::current_context()->scheduler);
    executor.run(first.cell());
    executor.run(second.cell());
    ReadyPrimitives primitives(std::move(first), std::move(second));
    co_await await(make(primitives));
  }
  co_return rounds;
}

template <class Await>
void every_operation_gives_way(Await await) {
  for_each_ready_operation([&await](const char* name, auto make) {
    ManualExecutor executor;
    executor.set_budget(16);
    auto handle = detail::spawn_on(executor, count_until_another_task_runs(make, await));
    executor.run_all();
    ASSERT_TRUE(handle.is_finished()) << name;
    EXPECT_LE(handle.cell().take(), 20) << name;
  });
}

TEST(Budget, EveryAwaitableGivesWayOnceItIsSpent) {
  every_operation_gives_way([](auto operation) { return operation; });
}

TEST(Budget, EveryAwaitableGivesWayInsideOfASelect) {
  every_operation_gives_way([](auto operation) { return select(biased, std::move(operation)); });
}

TEST(Budget, EveryAwaitableGivesWayInsideOfAJoin) {
  every_operation_gives_way([](auto operation) { return join(std::move(operation)); });
}

TEST(Budget, EveryAwaitableGivesWayInsideOfATimeout) {
  every_operation_gives_way(
      [](auto operation) { return timeout(std::chrono::hours(1), std::move(operation)); });
}

}  // namespace
}  // namespace corokit::test
