// Handles of children, and what uses a scope from outside or while it ends.
#include <corokit/join.hpp>
#include <corokit/runtime.hpp>
#include <corokit/scope.hpp>
#include <corokit/yield.hpp>

#include <gtest/gtest.h>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "support/counted.hpp"
#include "support/gate.hpp"
#include "support/small_tasks.hpp"

namespace corokit {
namespace {

using test::add;
using test::Census;
using test::Counted;
using test::Gate;
using test::wait_at;

TEST(Scope, AHandleThatOutlivesItGivesAValueThatWasThereOrThrows) {
  const auto program = []() -> Task<std::string> {
    std::vector<ScopedJoinHandle<int>> handles;
    int sum = 0;
    Census census;
    co_await scope([&](Scope& s) -> Task<void> {
      handles.push_back(s.spawn(add(sum, 4, 0, Counted(census))));
      handles.push_back(s.spawn(add(sum, 5, 100, Counted(census))));
      co_await yield_now();
    });
    std::string told = std::to_string(co_await handles[0]) + std::to_string(census.alive);
    for (auto& handle : handles) {
      told += handle.is_finished() ? '+' : '-';
      try {
        static_cast<void>(co_await handle);
      } catch (const std::logic_error&) {
        told += '!';
      }
    }
    co_return told;
  };
  EXPECT_EQ(block_on(program()), "40+!+!");
}

TEST(Scope, ABranchBesideItThatWaitsForAChildIsToldWhenTheScopeEnds) {
  const auto program = []() -> Task<std::string> {
    std::optional<ScopedJoinHandle<void>> handle;
    Gate never;
    Census census;
    const auto inside = [&]() -> Task<void> {
      co_await scope([&](Scope& s) -> Task<void> {
        handle.emplace(s.spawn(wait_at(&never, Counted(census))));
        for (int turn = 0; turn < 5; ++turn) co_await yield_now();
      });
    };
    const auto beside = [&]() -> Task<std::string> {
      while (!handle) co_await yield_now();
      try {
        co_await *handle;
      } catch (const std::logic_error&) {
        co_return "told";
      }
      co_return "given";
    };
    const auto joined = co_await join(inside(), beside());
    co_return std::get<1>(joined);
  };
  EXPECT_EQ(block_on(program()), "told");
}

TEST(Scope, RefusesAChildFromAnotherTask) {
  const auto program = []() -> Task<bool> {
    co_return co_await scope([](Scope& s) -> Task<bool> {
      auto other = spawn([](Scope* foreign) -> Task<bool> {
        try {
          foreign->spawn([]() -> Task<void> { co_return; }());
        } catch (const std::logic_error&) {
          co_return true;
        }
        co_return false;
      }(&s));
      const auto refused = co_await other;
      co_return *refused&& s.empty();
    });
  };
  EXPECT_TRUE(block_on(program()));
}

TEST(Scope, AChildThatADestructorStartsWhileItEndsIsDropped) {
  struct StartsOneMore {
    Scope& s;
    Census& census;
    StartsOneMore(Scope& in, Census& counts) noexcept : s(in), census(counts) {}
    StartsOneMore(const StartsOneMore&) = delete;
    StartsOneMore& operator=(const StartsOneMore&) = delete;
    ~StartsOneMore() {
      int sum = 0;
      s.spawn(add(sum, 1, 0, Counted(census)));
      if (sum != 0 || census.alive != 0) std::terminate();
    }
  };
  const auto child = [](Scope& s, Gate& never, Census& census) -> Task<void> {
    const StartsOneMore more(s, census);
    co_await never.wait();
  };
  const auto program = [](auto start, Census& census) -> Task<int> {
    Gate never;
    co_await scope([&](Scope& s) -> Task<void> {
      s.spawn(start(s, never, census));
      co_await yield_now();
    });
    co_return census.alive;
  };
  Census census;
  EXPECT_EQ(block_on(program(child, census)), 0);
}

}  // namespace
}  // namespace corokit
