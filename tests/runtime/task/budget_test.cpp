// A task that has spent its budget gives way. That changes which other tasks run meanwhile, and nothing else: each
// awaitable and each combinator, nested once, is played at every remaining budget, and does what it does with one that
// never ends.
#include <corokit/join.hpp>
#include <corokit/select.hpp>
#include <corokit/time/timeout.hpp>

#include <gtest/gtest.h>
#include <algorithm>
#include <chrono>
#include <functional>
#include <string>
#include <utility>

#include "support/each_budget.hpp"
#include "support/ready_operations.hpp"

namespace corokit::test {
namespace {

Task<int> count_beginning(int& begun) {
  ++begun;
  co_return 0;
}

/// Awaits what `combine(operation, marker)` makes of an operation that is over at once.
template <class Make, class Combine>
Task<std::string> play(Make make, Combine combine) {
  auto first = spawn(ReadyPrimitives::one());
  auto second = spawn(ReadyPrimitives::one());
  while (!first.is_finished() || !second.is_finished()) co_await yield_now();
  ReadyPrimitives primitives(std::move(first), std::move(second));
  int begun = 0;
  std::string told = co_await combine(make(primitives), begun);
  co_return told + ", begun behind it: " + std::to_string(begun);
}

template <class Combine>
void every_operation_does_the_same_at_each_budget(Combine combine) {
  for_each_ready_operation([&combine](const char* name, auto make) {
    does_the_same_at_each_budget(name, [&] { return play(make, combine); });
  });
}

template <class A>
Task<int> await_as_task(A operation) {
  static_cast<void>(co_await std::move(operation));
  co_return 7;
}

/// As above, with each operation in a Task, for combinators whose operands are of one type. The combinator is then
/// compiled once, not once for each operation.
template <class Combine>
void every_task_does_the_same_at_each_budget(Combine combine) {
  using MakeTask = std::function<Task<int>(ReadyPrimitives&)>;
  const auto play_task = [&combine](const char* name, const MakeTask& make) {
    does_the_same_at_each_budget(name, [&] { return play(make, combine); });
  };
  for_each_ready_operation([&play_task](const char* name, auto make) {
    play_task(name, [make](ReadyPrimitives& primitives) { return await_as_task(make(primitives)); });
  });
}

TEST(Budget, DoesNotChangeWhatAnAwaitGives) {
  every_operation_does_the_same_at_each_budget([](auto operation, int&) -> Task<std::string> {
    static_cast<void>(co_await std::move(operation));
    co_return "over";
  });
}

TEST(Budget, DoesNotChangeWhoWinsABiasedSelect) {
  every_operation_does_the_same_at_each_budget([](auto operation, int& begun) -> Task<std::string> {
    auto first = co_await select(biased, std::move(operation), count_beginning(begun));
    co_return std::to_string(first.index());
  });
}

TEST(Budget, DoesNotBeginWhatAFairSelectDoesNotNeed) {
  every_operation_does_the_same_at_each_budget([](auto operation, int& begun) -> Task<std::string> {
    auto first = co_await select(std::move(operation), count_beginning(begun));
    const bool right = begun == (first.index() == 1 ? 1 : 0);
    begun = 0;  // either may win
    co_return right ? "one began" : "both began";
  });
}

TEST(Budget, DoesNotChangeAJoin) {
  every_operation_does_the_same_at_each_budget([](auto operation, int& begun) -> Task<std::string> {
    static_cast<void>(co_await join(std::move(operation), count_beginning(begun), count_beginning(begun)));
    co_return "joined";
  });
}

using Answer = Result<int, std::string>;

Task<Answer> answer_behind(Task<int> operation, Answer answer) {
  co_await std::move(operation);
  co_return answer;
}

Task<Answer> count_and_answer(int& begun, Answer answer) {
  ++begun;
  co_return answer;
}

TEST(Budget, DoesNotChangeATryJoin) {
  every_task_does_the_same_at_each_budget([](Task<int> operation, int& begun) -> Task<std::string> {
    const auto joined = co_await try_join(answer_behind(std::move(operation), 1), count_and_answer(begun, 2),
                                          count_and_answer(begun, 3));
    co_return joined == std::tuple(1, 2, 3) ? "joined" : "not joined";
  });
}

TEST(Budget, DoesNotChangeATryJoinThatFails) {
  using Error = Err<std::string>;
  every_task_does_the_same_at_each_budget([](Task<int> operation, int& begun) -> Task<std::string> {
    const auto joined =
        co_await try_join(answer_behind(std::move(operation), Error("broken")), count_and_answer(begun, 2));
    co_return joined ? "joined" : joined.error();
  });
  every_task_does_the_same_at_each_budget([](Task<int> operation, int& begun) -> Task<std::string> {
    const auto joined = co_await try_join(count_and_answer(begun, Error("early")),
                                          answer_behind(std::move(operation), Error("late")));
    co_return joined ? "joined" : joined.error();
  });
}

TEST(Budget, DoesNotChangeATryJoinOfPrimitives) {
  does_the_same_at_each_budget("of a channel", []() -> Task<std::string> {
    auto [sender, receiver] = mpsc::channel<int>(8);
    int begun = 0;
    const auto behind =
        [&begun](const mpsc::Sender<int>& tx) -> Task<Result<mpsc::Permit<int>, mpsc::Closed>> {
      ++begun;
      co_return co_await tx.reserve();
    };
    const auto granted = co_await try_join(sender.reserve(), sender.reserve_many(2), behind(sender));
    receiver.close();
    const auto refused = co_await try_join(sender.reserve(), sender.reserve_many(2), behind(sender));
    co_return std::to_string(granted.has_value()) + std::to_string(refused.has_value()) +
        ", begun: " + std::to_string(begun);
  });
}

TEST(Budget, DoesNotChangeAJoinSet) {
  every_task_does_the_same_at_each_budget([](Task<int> operation, int& begun) -> Task<std::string> {
    JoinSet<int> tasks;
    tasks.spawn(std::move(operation));
    tasks.spawn(count_beginning(begun));
    std::string results;
    while (auto result = co_await tasks.join_next()) results += std::to_string(result->value());
    std::sort(results.begin(), results.end());  // an operation that gives way is over later
    co_return results;
  });
}

TEST(Budget, DoesNotChangeATimeout) {
  every_operation_does_the_same_at_each_budget([](auto operation, int&) -> Task<std::string> {
    const auto result = co_await timeout(std::chrono::seconds(0), std::move(operation));
    co_return result ? "in time" : "too late";
  });
}

TEST(Budget, DoesNotChangeRunUntilCancelled) {
  every_operation_does_the_same_at_each_budget([](auto operation, int& begun) -> Task<std::string> {
    CancellationToken live;
    CancellationToken dead;
    dead.cancel();
    const auto ran = co_await live.run_until_cancelled(std::move(operation));
    const auto refused = co_await dead.run_until_cancelled(count_beginning(begun));
    co_return std::string(ran ? "ran" : "did not run") + (refused ? ", ran" : ", refused");
  });
}

TEST(Budget, DoesNotChangeFuturesUnordered) {
  every_task_does_the_same_at_each_budget([](Task<int> operation, int& begun) -> Task<std::string> {
    FuturesUnordered<Task<int>> futures;
    futures.push(std::move(operation));
    futures.push(count_beginning(begun));
    std::string
        results;  // their order is that of their completion, and an operation that gives way is over later
    while (auto result = co_await futures.next()) results += std::to_string(*result);
    std::sort(results.begin(), results.end());
    co_return results;
  });
}

TEST(Budget, DoesNotChangeAPinnedOperation) {
  every_operation_does_the_same_at_each_budget([](auto operation, int& begun) -> Task<std::string> {
    auto pinned = pin(std::move(operation));
    auto first = co_await select(biased, pinned, count_beginning(begun));
    co_return std::to_string(first.index());
  });
}

TEST(Budget, DoesNotChangeNestedCombinators) {
  every_operation_does_the_same_at_each_budget([](auto operation, int& begun) -> Task<std::string> {
    auto first =
        co_await select(biased, join(consume_budget(), std::move(operation)), count_beginning(begun));
    co_return std::to_string(first.index());
  });
  every_operation_does_the_same_at_each_budget([](auto operation, int& begun) -> Task<std::string> {
    auto [first, second] = co_await join(select(biased, std::move(operation), count_beginning(begun)),
                                         select(biased, consume_budget(), count_beginning(begun)));
    co_return std::to_string(first.index()) + std::to_string(second.index());
  });
  every_operation_does_the_same_at_each_budget([](auto operation, int& begun) -> Task<std::string> {
    const auto several = [](auto inner) -> Task<int> {
      for (int i = 0; i < 3; ++i) co_await consume_budget();
      static_cast<void>(co_await std::move(inner));
      co_await consume_budget();
      co_return 1;
    };
    auto first = co_await select(biased, timeout(std::chrono::seconds(0), several(std::move(operation))),
                                 count_beginning(begun));
    co_return std::to_string(first.index());
  });
}

}  // namespace
}  // namespace corokit::test
