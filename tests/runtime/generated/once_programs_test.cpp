// Generated programs of OnceCell and SetOnce, against models of a value that is made or set once. To make the value of a
// OnceCell takes two moments, between which others see that it is being made.
#include <corokit/sync/once_cell.hpp>
#include <corokit/sync/set_once.hpp>
#include <corokit/task.hpp>

#include <gtest/gtest.h>
#include <algorithm>
#include <array>
#include <cstddef>
#include <deque>
#include <optional>
#include <utility>

#include "play_programs.hpp"

namespace corokit::generated {
namespace {

using Value = model::Plain<int>;
using Kind = SetError<Value>::Kind;
constexpr int kOpens = 1;  // the owner of an operation
constexpr int kNone = 0;
constexpr int kAlready = -1;
constexpr int kInitializing = -2;

int answer(const Value* value) {
  return value ? value->get() : kNone;
}
template <class R>
int answer_of_set(const R& set) {
  if (set) return 1;
  return set.error().kind == Kind::initializing ? kInitializing : kAlready;
}
int value_of(std::size_t thread) {
  return 10 + static_cast<int>(thread);
}

struct CellSubject {
  OnceCell<Value> cell;
  SetOnce<int> gate;
};

struct CellModel {
  std::optional<int> value;
  bool gate_is_open = false;
  std::optional<std::size_t> maker;
  std::deque<std::size_t> queue;
  std::array<bool, kThreads + 1> sets{};   // the maker does so by set()
  std::array<bool, kThreads + 1> waits{};  // before it makes the value, for the gate
  std::array<bool, kThreads + 1> asks{};   // it waits for the value, and has no answer

  Answer get_or_init(std::size_t thread, bool waits_for_gate) {
    if (value) return *value;
    sets[thread] = false;
    waits[thread] = waits_for_gate;
    if (maker)
      queue.push_back(thread);
    else
      maker = thread;
    return std::nullopt;
  }
  Answer set(std::size_t thread) {
    if (value) return kAlready;
    if (maker) return kInitializing;
    sets[thread] = true;
    maker = thread;
    return std::nullopt;
  }
  Answer end(std::size_t thread) {
    if (value) {
      std::erase(queue, thread);
      return *value;
    }
    if (maker != thread || (!sets[thread] && waits[thread] && !gate_is_open)) return std::nullopt;
    maker.reset();
    value = value_of(thread);
    return sets[thread] ? 1 : *value;
  }
  void drop(std::size_t thread) {
    if (maker != thread) {
      std::erase(queue, thread);
      return;
    }
    maker.reset();
    if (queue.empty()) return;
    maker = queue.front();
    queue.pop_front();
  }
};

template <bool kWaits>
int get_or_init(CellSubject& s, Player& player) {
  const auto make = [&s, value = value_of(player.number())]() -> Task<Value> {
    return [](SetOnce<int>& gate, int of) -> Task<Value> {
      if constexpr (kWaits) co_await gate.wait();
      co_return Value(of);
    }(s.gate, value);
  };
  return player.await(s.cell.get_or_init(make), answer);
}

const Primitive<CellSubject, CellModel> kOnceCell{
    .name = "OnceCell",
    .alphabet =
        {
            {"get_or_init", get_or_init<false>,
             [](CellModel& m, std::size_t thread) { return m.get_or_init(thread, false); }, 1},
            {"get_or_init behind a gate", get_or_init<true>,
             [](CellModel& m, std::size_t thread) { return m.get_or_init(thread, true); }, 2},
            {"set",
             [](CellSubject& s, Player& player) {
               return answer_of_set(s.cell.set(Value(value_of(player.number()))));
             },
             [](CellModel& m, std::size_t thread) { return m.set(thread); }},
            {"get", [](CellSubject& s, Player&) { return answer(s.cell.get()); },
             [](CellModel& m, std::size_t) -> Answer { return m.value.value_or(kNone); }},
            {"open the gate",
             [](CellSubject& s, Player&) { return static_cast<int>(s.gate.set(1).has_value()); },
             [](CellModel& m, std::size_t) -> Answer { return !std::exchange(m.gate_is_open, true); }, 0,
             kOpens},
        },
    .observed = {"get", [](CellSubject& s, Player&) { return answer(s.cell.get()); },
                 [](CellModel& m, std::size_t) -> Answer { return m.value.value_or(kNone); }},
};

TEST(OnceCellPrograms, MakeOneValue) {
  EXPECT_TRUE(every_program_is_explained(kOnceCell));
}

TEST(OnceCellPrograms, MakeOneValueWhereOldValuesAreSeen) {
  EXPECT_TRUE(every_program_is_explained(kOnceCell, kOldValues));
}

struct SetSubject {
  SetOnce<Value> once;
};

struct SetModel {
  std::optional<int> value;
  std::optional<std::size_t> setter;

  Answer set(std::size_t thread) {
    if (value) return kAlready;
    if (setter) return kInitializing;
    setter = thread;
    return std::nullopt;
  }
  Answer end(std::size_t thread) {
    if (setter != thread) return value;
    setter.reset();
    value = value_of(thread);
    return 1;
  }
  void drop(std::size_t) {}
};

const Primitive<SetSubject, SetModel> kSetOnce{
    .name = "SetOnce",
    .alphabet =
        {
            {"wait", [](SetSubject& s, Player& player) { return player.await(s.once.wait(), answer); },
             [](SetModel& m, std::size_t) -> Answer { return m.value; }, 1},
            {"set",
             [](SetSubject& s, Player& player) {
               return answer_of_set(s.once.set(Value(value_of(player.number()))));
             },
             [](SetModel& m, std::size_t thread) { return m.set(thread); }},
            {"get", [](SetSubject& s, Player&) { return answer(s.once.get()); },
             [](SetModel& m, std::size_t) -> Answer { return m.value.value_or(kNone); }},
        },
    .observed = {"get", [](SetSubject& s, Player&) { return answer(s.once.get()); },
                 [](SetModel& m, std::size_t) -> Answer { return m.value.value_or(kNone); }},
};

TEST(SetOncePrograms, SetOneValue) {
  EXPECT_TRUE(every_program_is_explained(kSetOnce));
}

TEST(SetOncePrograms, SetOneValueWhereOldValuesAreSeen) {
  EXPECT_TRUE(every_program_is_explained(kSetOnce, kOldValues));
}

}  // namespace
}  // namespace corokit::generated
