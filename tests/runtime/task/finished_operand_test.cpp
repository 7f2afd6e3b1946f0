// A select() drops what loses. A Task that has received a message, and is over or about to be, must not be dropped:
// nobody would get the message. Each shape of such a Task is played beside an operand that ends at the same time, with
// budgets of all sizes.
#include <corokit/join.hpp>
#include <corokit/join_all.hpp>
#include <corokit/select.hpp>
#include <corokit/spawn.hpp>
#include <corokit/sync/cancellation_token.hpp>
#include <corokit/sync/mpsc.hpp>
#include <corokit/task_local.hpp>
#include <corokit/time/timeout.hpp>
#include <corokit/unconstrained.hpp>
#include <corokit/yield.hpp>

#include <gtest/gtest.h>
#include <chrono>
#include <string>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

#include "support/manual_executor.hpp"

namespace corokit {
namespace {

using namespace std::chrono_literals;
using Receiver = mpsc::Receiver<int>;
using Shape = Task<int> (*)(Receiver&);

constinit TaskLocal<int> local;

Task<int> receive(Receiver& rx) {
  co_return (co_await rx.recv()).value_or(0);
}
Task<int> number(int value) {
  co_return value;
}

Task<int> in_a_child(Receiver& rx) {
  co_return co_await receive(rx);
}
Task<int> in_a_child_of_a_child(Receiver& rx) {
  co_return co_await in_a_child(rx);
}
Task<int> in_select(Receiver& rx) {
  CancellationToken never;
  const auto first = co_await select(biased, rx.recv(), never.cancelled());
  co_return first.index() == 0 ? std::get<0>(first).value_or(0) : 0;
}
Task<int> in_select_of_tasks(Receiver& rx) {
  CancellationToken never;
  const auto first = co_await select(receive(rx), never.cancelled());
  co_return first.index() == 0 ? std::get<0>(first) : 0;
}
Task<int> in_selects_within_selects(Receiver& rx) {
  CancellationToken never;
  const auto first = co_await select(select(receive(rx), never.cancelled()), never.cancelled());
  co_return first.index() == 0 ? std::get<0>(std::get<0>(first)) : 0;
}
Task<int> in_timeout(Receiver& rx) {
  const auto result = co_await timeout(1h, rx.recv());
  co_return result ? result->value_or(0) : 0;
}
Task<int> in_timeout_of_a_task(Receiver& rx) {
  const auto result = co_await timeout(1h, receive(rx));
  co_return result.value_or(0);
}
Task<int> in_join(Receiver& rx) {
  const auto both = co_await join(receive(rx), number(0));
  co_return std::get<0>(both);
}
Task<int> in_join_all(Receiver& rx) {
  std::vector<Task<int>> tasks;
  tasks.push_back(number(0));
  tasks.push_back(receive(rx));
  const auto all = co_await join_all(std::move(tasks));
  co_return all[1];
}
Task<int> in_unconstrained(Receiver& rx) {
  co_return co_await unconstrained(receive(rx));
}
Task<int> in_task_local(Receiver& rx) {
  co_return co_await local.with(1, receive(rx));
}

struct NamedShape {
  const char* name;
  Shape make;
};
const std::vector<NamedShape> kShapes{
    {"a Task", &receive},
    {"a child", &in_a_child},
    {"a child of a child", &in_a_child_of_a_child},
    {"select", &in_select},
    {"select of Tasks", &in_select_of_tasks},
    {"select in select", &in_selects_within_selects},
    {"timeout", &in_timeout},
    {"timeout of a Task", &in_timeout_of_a_task},
    {"join", &in_join},
    {"join_all", &in_join_all},
    {"unconstrained", &in_unconstrained},
    {"TaskLocal::with", &in_task_local},
};

struct Case {
  Shape make;
  int budget;
  int spent;  // of the budget, when the program begins
  bool is_cancelled_first;
  int turns_between;  // between the message and the cancellation
  bool is_operand_first;
};

Task<void> choose(const Case& chosen, Receiver& rx, CancellationToken stop, int& received) {
  for (int units = chosen.spent; units > 0; --units) co_await consume_budget();
  if (chosen.is_operand_first) {
    const auto first = co_await select(biased, chosen.make(rx), stop.cancelled());
    if (first.index() == 0) received += std::get<0>(first);
  } else {
    const auto first = co_await select(biased, stop.cancelled(), chosen.make(rx));
    if (first.index() == 1) received += std::get<1>(first);
  }
}

/// Returns: how many of the one message sent are left, with the receiver or in the channel.
int left_of(const Case& chosen) {
  auto [tx, rx] = mpsc::channel<int>(4);
  CancellationToken stop;
  int received = 0;
  test::ManualExecutor executor;
  executor.set_budget(chosen.budget);
  auto handle = detail::spawn_on(executor, choose(chosen, rx, stop, received));
  executor.run_all();
  const auto act = [&, &sender = tx](bool cancels) {
    if (cancels)
      stop.cancel();
    else
      EXPECT_TRUE(sender.try_send(1));
  };
  act(chosen.is_cancelled_first);
  for (int turn = 0; turn < chosen.turns_between; ++turn)
    if (executor.is_scheduled(handle.cell())) executor.run(handle.cell());
  act(!chosen.is_cancelled_first);
  executor.run_all();
  while (const auto message = rx.try_recv()) received += *message;
  return received;
}

TEST(FinishedOperand, WhatATaskHasReceivedIsNotLostToWhatEndsAtTheSameTime) {
  for (const NamedShape& shape : kShapes)
    for (int budget = 1; budget <= 6; ++budget)
      for (int spent = 0; spent <= budget; ++spent)
        for (int turns = 0; turns <= 3; ++turns)
          for (const bool cancelled_first : {false, true})
            for (const bool operand_first : {false, true})
              EXPECT_EQ(left_of({shape.make, budget, spent, cancelled_first, turns, operand_first}), 1)
                  << shape.name << ", budget " << budget << " of which " << spent << " are spent, " << turns
                  << " turns between, " << (cancelled_first ? "cancelled first, " : "")
                  << (operand_first ? "operand first" : "operand last");
}

}  // namespace
}  // namespace corokit
