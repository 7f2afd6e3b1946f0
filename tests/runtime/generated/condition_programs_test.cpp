// Generated programs of a Condition and its mutex, against a model of an owner and two queues. The first thread holds
// the lock at the beginning. The value counts the locks that lockers and waits get, so that each answers its place in
// the order of all, and an unordered access to it is a data race.
#include <corokit/sync/condition.hpp>
#include <corokit/sync/mutex.hpp>

#include <gtest/gtest.h>
#include <algorithm>
#include <array>
#include <cstddef>
#include <deque>
#include <optional>
#include <utility>
#include <vector>

#include "play_programs.hpp"

namespace corokit::generated {
namespace {

using Value = model::Plain<int>;
constexpr int kRefused = -1;

struct Subject {
  Mutex<Value> mutex;
  Condition condition;
  std::array<std::vector<MutexGuard<Value>>, kThreads + 1> held;

  Subject() { held[0].push_back(*mutex.try_lock()); }
  int keep(Player& player, MutexGuard<Value> guard) {
    guard->set(guard->get() + 1);
    const int locks = guard->get();
    held[player.number()].push_back(std::move(guard));
    return locks;
  }
};

struct Model {
  int locks = 0;
  std::optional<std::size_t> owner = 0;
  std::optional<std::size_t> granted;              // the owner, until it goes on
  std::deque<std::size_t> for_lock;                // lockers, and waits that were notified
  std::deque<std::size_t> waiting;                 // waits that were not
  std::array<bool, kThreads + 1> notified_once{};  // by notify_one()

  Answer lock(std::size_t thread) {
    if (!owner) return take(thread);
    for_lock.push_back(thread);
    return std::nullopt;
  }
  int try_lock(std::size_t thread) { return owner ? kRefused : take(thread); }
  int take(std::size_t thread) {
    owner = thread;
    return ++locks;
  }
  int unlock(std::size_t thread) {
    if (owner == thread) pass_on();
    return 0;
  }
  void pass_on() {
    owner.reset();
    granted.reset();
    if (for_lock.empty()) return;
    owner = granted = for_lock.front();
    for_lock.pop_front();
  }

  Answer wait(std::size_t thread) {
    if (owner != thread) return kRefused;
    waiting.push_back(thread);
    notified_once[thread] = false;
    pass_on();
    return std::nullopt;
  }
  int notify(bool once) {
    while (!waiting.empty()) {
      const std::size_t thread = waiting.front();
      waiting.pop_front();
      notified_once[thread] = once;
      for_lock.push_back(thread);
      if (!owner) pass_on();
      if (once) break;
    }
    return 0;
  }

  Answer end(std::size_t thread) {
    if (granted != thread) return std::nullopt;
    granted.reset();
    notified_once[thread] = false;
    return ++locks;
  }
  void drop(std::size_t thread) {
    if (const auto place = std::ranges::find(waiting, thread); place != waiting.end()) {
      waiting.erase(place);
      return;
    }
    if (std::exchange(notified_once[thread], false)) notify(true);  // it passes to the next
    if (granted == thread)
      pass_on();
    else
      for_lock.erase(std::ranges::find(for_lock, thread));
  }
};

int wait(Subject& s, Player& player) {
  auto& mine = s.held[player.number()];
  if (mine.empty()) return kRefused;
  auto guard = std::move(mine.back());
  mine.pop_back();
  return player.await(s.condition.wait(std::move(guard)),
                      [&](auto again) { return s.keep(player, std::move(again)); });
}
int lock(Subject& s, Player& player) {
  return player.await(s.mutex.lock(), [&](auto guard) { return s.keep(player, std::move(guard)); });
}
int try_lock(Subject& s, Player& player) {
  auto guard = s.mutex.try_lock();
  return guard ? s.keep(player, std::move(*guard)) : kRefused;
}
int unlock(Subject& s, Player& player) {
  s.held[player.number()].clear();
  return 0;
}
Answer model_unlock(Model& m, std::size_t thread) {
  return m.unlock(thread);
}

const Primitive<Subject, Model> kCondition{
    .name = "Condition",
    .alphabet =
        {
            {"wait", wait, [](Model& m, std::size_t thread) { return m.wait(thread); }, 1},
            {"lock", lock, [](Model& m, std::size_t thread) { return m.lock(thread); }, 1},
            {"notify_one", [](Subject& s, Player&) { return s.condition.notify_one(), 0; },
             [](Model& m, std::size_t) -> Answer { return m.notify(true); }},
            {"notify_all", [](Subject& s, Player&) { return s.condition.notify_all(), 0; },
             [](Model& m, std::size_t) -> Answer { return m.notify(false); }},
        },
    .at_end = {"unlock", unlock, model_unlock},
    .observed = {"try_lock", try_lock,
                 [](Model& m, std::size_t thread) -> Answer { return m.try_lock(thread); }},
};

TEST(ConditionPrograms, AreLinearizableAndLoseNoNotificationAndNoLock) {
  // So that all programs of four operations are played: with fewer, no notified wait is dropped before another one.
  EXPECT_TRUE(every_program_is_explained(kCondition, {.enough = 1'000'000}));
}

TEST(ConditionPrograms, LoseNothingWhereOldValuesAreSeen) {
  EXPECT_TRUE(every_program_is_explained(kCondition, kOldValues));
}

}  // namespace
}  // namespace corokit::generated
