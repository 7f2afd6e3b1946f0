// The maker of programs, and the search for an explanation.
#include "programs.hpp"

#include <gtest/gtest.h>
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "linearize.hpp"

namespace corokit::generated {
namespace {

std::size_t steps(const Program& program) {
  std::size_t all = 0;
  for (const auto& thread : program) all += thread.size();
  return all;
}

TEST(Programs, AreAllThatThereAreUpToTheOrderOfTheThreads) {
  // Of one form: 1|1, 1|11, 1|1|1; 11|11, 1|1|11.
  const std::vector<Form> one{{{0}}};
  EXPECT_EQ(make_programs(one, 1).small.size(), 3u);
  EXPECT_EQ(make_programs(one, 1).large.size(), 2u);
  // Of two: 3 of 1|1, 8 of 1|2, 4 of 1|1|1; 10 of 2|2, 12 of 1|1|2.
  const std::vector<Form> two{{{0}}, {{1}}};
  EXPECT_EQ(make_programs(two, 1).small.size(), 15u);
  EXPECT_EQ(make_programs(two, 1).large.size(), 22u);
  for (const Program& program : make_programs(two, 1).small) EXPECT_LE(steps(program), 3u);
  for (const Program& program : make_programs(two, 1).large) EXPECT_EQ(steps(program), 4u);
}

TEST(Programs, KeepTheOperationsOfAnOwnerInOneThread) {
  const std::vector<Form> forms{{{0}, 1}, {{1}, 1}, {{2}, 0}};
  for (const Program& program : make_programs(forms, 1).small) {
    std::size_t threads = 0;
    for (const auto& thread : program)
      threads +=
          std::any_of(thread.begin(), thread.end(), [](const Step& step) { return step.operation < 2; });
    EXPECT_LE(threads, 1u);
  }
}

TEST(Programs, OfFourStepsComeInAnOrderThatTheSeedGives) {
  const std::vector<Form> forms{{{0}}, {{1}}, {{2}}};
  const auto order = [&forms](std::uint64_t seed) {
    std::vector<std::size_t> first;
    for (const Program& program : make_programs(forms, seed).large) first.push_back(program[0][0].operation);
    return first;
  };
  EXPECT_EQ(order(1), order(1));
  EXPECT_NE(order(1), order(2));
}

/// A lock without a queue: it answers 1 if it is taken, and waits otherwise.
struct Nothing {};
struct LockModel {
  bool taken = false;
  Answer lock() { return taken ? std::nullopt : Answer(taken = true); }
  Answer unlock() { return taken = false; }
  Answer end(std::size_t) { return lock(); }
  void drop(std::size_t) {}
};
constexpr std::size_t kLock = 0;
constexpr std::size_t kUnlock = 1;
const Primitive<Nothing, LockModel> kLocks{
    .name = "lock",
    .alphabet = {{"lock", nullptr, [](LockModel& m, std::size_t) { return m.lock(); }, 1},
                 {"unlock", nullptr, [](LockModel& m, std::size_t) { return m.unlock(); }}}};

bool is_explained(const History& history, Order order = Order::real_time) {
  return Explanation(kLocks, history, order).exists();
}
void note(History& history, std::size_t thread, Piece::Kind kind, std::size_t operation, Answer answer) {
  history.begin(thread, kind, operation);
  history.end(thread, answer);
}

TEST(Linearization, NeedsAnOrderInWhichTheModelAnswersTheSame) {
  History history;
  note(history, 0, Piece::Kind::call, kLock, 1);
  EXPECT_TRUE(is_explained(history));
  note(history, 1, Piece::Kind::call, kLock, 1);
  EXPECT_FALSE(is_explained(history)) << "both hold the lock";
}

TEST(Linearization, LetsOverlappingOperationsTakeEffectInEitherOrder) {
  History history;
  note(history, 0, Piece::Kind::call, kLock, 1);
  history.begin(0, Piece::Kind::call, kUnlock);
  note(history, 1, Piece::Kind::call, kLock, 1);
  history.end(0, 0);
  EXPECT_TRUE(is_explained(history));
}

TEST(Linearization, KeepsTheOrderOfTimeUnlessOldValuesAreSeen) {
  History history;
  note(history, 0, Piece::Kind::call, kLock, 1);
  note(history, 0, Piece::Kind::call, kUnlock, 0);
  note(history, 1, Piece::Kind::call, kLock, std::nullopt);
  EXPECT_FALSE(is_explained(history)) << "it waits for a lock that is free";
  EXPECT_TRUE(is_explained(history, Order::program)) << "it has not seen that the lock is free";
}

TEST(Linearization, RefusesAWaitForWhatHasCome) {
  for (const Order order : {Order::real_time, Order::program}) {
    History history;
    note(history, 0, Piece::Kind::call, kLock, 1);
    note(history, 1, Piece::Kind::call, kLock, std::nullopt);
    History held = history;
    held.begin(1, Piece::Kind::waits, kLock);
    EXPECT_TRUE(is_explained(held, order));
    note(history, 0, Piece::Kind::call, kUnlock, 0);
    history.begin(1, Piece::Kind::waits, kLock);
    EXPECT_FALSE(is_explained(history, order)) << "the wake-up was lost";
  }
}

}  // namespace
}  // namespace corokit::generated
