// Generated programs of a mutex, against a model of an owner and a queue. The value counts its locks, so that each lock
// answers its place in the order of all, and an unordered access to it is a data race.
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
  std::array<std::vector<MutexGuard<Value>>, kThreads + 1> held;

  int keep(Player& player, MutexGuard<Value> guard) {
    guard->set(guard->get() + 1);
    const int locks = guard->get();
    held[player.number()].push_back(std::move(guard));
    return locks;
  }
};

struct Model {
  int locks = 0;
  std::optional<std::size_t> owner;
  std::optional<std::size_t> granted;  // the owner, until it goes on
  std::deque<std::size_t> queue;

  Answer lock(std::size_t thread) {
    if (!owner) return take(thread);
    queue.push_back(thread);
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
    if (queue.empty()) return;
    owner = granted = queue.front();
    queue.pop_front();
  }
  Answer end(std::size_t thread) {
    if (granted != thread) return std::nullopt;
    granted.reset();
    return ++locks;
  }
  void drop(std::size_t thread) {
    if (granted == thread)
      pass_on();
    else
      queue.erase(std::ranges::find(queue, thread));
  }
};

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

const Primitive<Subject, Model> kMutex{
    .name = "Mutex",
    .alphabet =
        {
            {"lock", lock, [](Model& m, std::size_t thread) { return m.lock(thread); }, 1},
            {"try_lock", try_lock, [](Model& m, std::size_t thread) -> Answer { return m.try_lock(thread); }},
            {"unlock", unlock, model_unlock},
        },
    .at_end = {"unlock", unlock, model_unlock},
    .observed = {"try_lock", try_lock,
                 [](Model& m, std::size_t thread) -> Answer { return m.try_lock(thread); }},
};

TEST(MutexPrograms, AreLinearizableAndLoseNoLock) {
  EXPECT_TRUE(every_program_is_explained(kMutex));
}

TEST(MutexPrograms, LoseNoLockWhereOldValuesAreSeen) {
  EXPECT_TRUE(every_program_is_explained(kMutex, kOldValues));
}

}  // namespace
}  // namespace corokit::generated
