// Compares OnceCell and SetOnce with their models. Callers make the value, fail, throw, or are dropped.
#include <corokit/explore_test.hpp>
#include <corokit/result.hpp>
#include <corokit/sync/once_cell.hpp>
#include <corokit/sync/set_once.hpp>
#include <corokit/task.hpp>

#include <gtest/gtest.h>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <stdexcept>
#include <utility>
#include <vector>

#include "support/chosen.hpp"
#include "support/gate.hpp"
#include "support/probe.hpp"

namespace corokit {
namespace {

using test::Chosen;
using test::Gate;
using test::Probe;

enum class Verdict { value, error, exception };
constexpr int kError = -1;
constexpr int kException = -2;

/// Says what the maker of one call does once it is told to end.
struct Script {
  Gate told;
  Verdict verdict = Verdict::value;
  int value = 0;
  int begun = 0;
};

Task<Result<int, int>> make(Script& script) {
  ++script.begun;
  co_await script.told.wait();
  if (script.verdict == Verdict::exception) throw std::runtime_error("no value");
  if (script.verdict == Verdict::error) co_return Err<int>(kError);
  co_return script.value;
}

Task<int> get(OnceCell<int>& cell, Script& script) {
  try {
    const auto got = co_await cell.get_or_try_init([&script] { return make(script); });
    co_return got ? **got : got.error();
  } catch (const std::runtime_error&) {
    co_return kException;
  }
}

/// The model is either a value or a queue of calls, whose head makes the value.
class Game {
 public:
  void play(int steps) {
    for (int i = 0; i < steps && !explorer::failed(); ++i) {
      step();
      EXPECT_EQ(cell_.get() ? *cell_.get() : 0, value_);
      int making = 0;
      for (const auto& one : calls_) making += one->script.begun;
      EXPECT_LE(making, 1);
    }
  }
  bool is_made() const { return value_ != 0; }

 private:
  struct Call {
    Call(OnceCell<int>& cell, int value) : probe(get(cell, script)) { script.value = value; }
    Script script;
    Probe<Task<int>> probe;
  };

  void step() {
    const std::uint32_t dice = Chosen::below(20);
    if (dice < 7) return call();
    if (dice == 7) return set();
    if (!calls_.empty()) dice < 13 ? drop() : go_on();
  }

  void call() {
    auto one = std::make_unique<Call>(cell_, next_value_++);
    ASSERT_EQ(one->probe.poll(), value_ != 0);
    if (value_ != 0) {
      EXPECT_EQ(one->probe.take(), value_);
      EXPECT_EQ(one->script.begun, 0);
    } else {
      EXPECT_EQ(one->script.begun, calls_.empty() ? 1 : 0);
      calls_.push_back(std::move(one));
    }
  }

  void set() {
    const int value = next_value_++;
    const auto set = cell_.set(value);
    ASSERT_EQ(set.has_value(), value_ == 0 && calls_.empty());
    if (set) {
      value_ = value;
    } else {
      using Kind = SetError<int>::Kind;
      EXPECT_EQ(set.error().kind, value_ != 0 ? Kind::already_initialized : Kind::initializing);
      EXPECT_EQ(set.error().value, value);
    }
  }

  void drop() {
    calls_.erase(calls_.begin() + Chosen::below(static_cast<std::uint32_t>(calls_.size())));
    expect_the_next_to_be_woken();
  }

  /// The head of the queue begins to make the value, or ends making it.
  /// Once there is a value, every other call gets it.
  void go_on() {
    Call& head = *calls_.front();
    if (value_ != 0) {
      ASSERT_TRUE(head.probe.poll());
      EXPECT_EQ(head.probe.take(), value_);
      EXPECT_EQ(head.script.begun, 0);
      calls_.pop_front();
      return;
    }
    if (head.script.begun == 0) {
      ASSERT_FALSE(head.probe.poll());
      ASSERT_EQ(head.script.begun, 1);
      return;
    }
    head.script.verdict = static_cast<Verdict>(Chosen::below(3));
    head.script.told.open();
    ASSERT_TRUE(head.probe.poll());
    const int got = head.probe.take();
    if (head.script.verdict == Verdict::value) value_ = head.script.value;
    EXPECT_EQ(got, head.script.verdict == Verdict::value   ? value_
                   : head.script.verdict == Verdict::error ? kError
                                                           : kException);
    calls_.pop_front();
    expect_the_next_to_be_woken();
  }

  void expect_the_next_to_be_woken() {
    for (std::size_t i = 0; i < calls_.size(); ++i)
      EXPECT_EQ(calls_[i]->probe.is_woken(), value_ != 0 || (i == 0 && calls_[i]->script.begun == 0));
  }

  OnceCell<int> cell_;
  int value_ = 0;  // 0 while there is none
  int next_value_ = 1;
  std::deque<std::unique_ptr<Call>> calls_;
};

COROKIT_EXPLORE(OnceCellModel, RandomOperationsMatchTheModel, .search = explorer::Search::random,
                .schedules = 500) {
  Game game;
  game.play(60);
  explorer::reached("the value is made", game.is_made());
  explorer::reached("no value is made", !game.is_made());
  co_return;
}

void play_on_a_set_once(int steps) {
  SetOnce<int> once;
  int value = 0;  // the model
  std::vector<std::unique_ptr<Probe<detail::SetOnceAwaiter<int>>>> waits;
  for (int step = 1; step <= steps; ++step) {
    const std::uint32_t dice = Chosen::below(20);
    if (dice < 10) {
      auto wait = std::make_unique<Probe<detail::SetOnceAwaiter<int>>>(once.wait());
      ASSERT_EQ(wait->poll(), value != 0);
      if (value == 0) waits.push_back(std::move(wait));
    } else if (dice == 10) {
      ASSERT_EQ(once.set(step).has_value(), value == 0);
      if (value == 0) value = step;
    } else if (!waits.empty()) {
      std::swap(waits[Chosen::below(static_cast<std::uint32_t>(waits.size()))], waits.back());
      if (dice > 14 && value != 0) {
        ASSERT_TRUE(waits.back()->poll());
        EXPECT_EQ(*waits.back()->take(), value);
      }
      waits.pop_back();
    }
    for (const auto& wait : waits) ASSERT_EQ(wait->wake_count(), value != 0 ? 1u : 0u);
    ASSERT_EQ(once.get() ? *once.get() : 0, value);
  }
}

COROKIT_EXPLORE(SetOnceModel, RandomOperationsMatchTheModel, .search = explorer::Search::random,
                .schedules = 500) {
  play_on_a_set_once(40);
  co_return;
}

}  // namespace
}  // namespace corokit
