// Generated programs of a lock for two readers or one writer, against a model of holders and a queue. A writer changes
// the value, and a reader answers it.
#include <corokit/sync/rw_lock.hpp>

#include <gtest/gtest.h>
#include <algorithm>
#include <array>
#include <cstddef>
#include <deque>
#include <optional>
#include <utility>
#include <variant>

#include "play_programs.hpp"

namespace corokit::generated {
namespace {

using Value = model::Plain<int>;
using Read = RwLockReadGuard<Value>;
using Write = RwLockWriteGuard<Value>;
constexpr int kMaxReaders = 2;
constexpr int kRefused = -1;

struct Subject {
  RwLock<Value> lock{Value(0), kMaxReaders};
  std::array<std::deque<std::variant<Read, Write>>, kThreads + 1> held;

  int keep(Player& player, Read guard) {
    const int value = guard->get();
    held[player.number()].emplace_back(std::move(guard));
    return value;
  }
  int keep(Player& player, Write guard) {
    guard->set(guard->get() + 1);
    const int value = guard->get();
    held[player.number()].emplace_back(std::move(guard));
    return value;
  }
};

struct Model {
  struct Waiter {
    std::size_t thread;
    bool writes;
  };
  int value = 0;
  int readers = 0;
  bool writer = false;
  std::deque<Waiter> queue;
  std::deque<Waiter> granted;                       // those that wait no longer, and have not gone on
  std::array<std::deque<bool>, kThreads + 1> held;  // of each guard: whether it is for writing

  bool admits(bool writes) const { return !writer && readers < (writes ? 1 : kMaxReaders); }
  void enter(bool writes) { writes ? writer = true : static_cast<bool>(++readers); }
  void leave(bool writes) {
    writes ? writer = false : static_cast<bool>(--readers);
    admit();
  }
  void admit() {
    while (!queue.empty() && admits(queue.front().writes)) {
      enter(queue.front().writes);
      granted.push_back(queue.front());
      queue.pop_front();
    }
  }
  int keep(std::size_t thread, bool writes) {
    held[thread].push_back(writes);
    return value += writes ? 1 : 0;
  }
  Answer lock(std::size_t thread, bool writes) {
    if (Answer answer = try_lock(thread, writes); *answer != kRefused) return answer;
    queue.push_back({thread, writes});
    return std::nullopt;
  }
  Answer try_lock(std::size_t thread, bool writes) {
    if (!queue.empty() || !admits(writes)) return kRefused;
    enter(writes);
    return keep(thread, writes);
  }
  Answer downgrade(std::size_t thread) {
    if (held[thread].empty() || !held[thread].back()) return kRefused;
    held[thread].back() = false;
    ++readers;
    leave(true);
    return value;
  }
  Answer release(std::size_t thread) {
    if (held[thread].empty()) return 0;
    const bool writes = held[thread].front();
    held[thread].pop_front();
    leave(writes);
    return static_cast<int>(held[thread].size());
  }
  Answer end(std::size_t thread) {
    const auto place = std::ranges::find(granted, thread, &Waiter::thread);
    if (place == granted.end()) return std::nullopt;
    const bool writes = place->writes;
    granted.erase(place);
    return keep(thread, writes);
  }
  void drop(std::size_t thread) {
    if (const auto place = std::ranges::find(granted, thread, &Waiter::thread); place != granted.end()) {
      const bool writes = place->writes;
      granted.erase(place);
      return leave(writes);
    }
    queue.erase(std::ranges::find(queue, thread, &Waiter::thread));
    admit();
  }
};

int read(Subject& s, Player& player) {
  return player.await(s.lock.read(), [&](Read guard) { return s.keep(player, std::move(guard)); });
}
int write(Subject& s, Player& player) {
  return player.await(s.lock.write(), [&](Write guard) { return s.keep(player, std::move(guard)); });
}
int try_read(Subject& s, Player& player) {
  auto guard = s.lock.try_read();
  return guard ? s.keep(player, std::move(*guard)) : kRefused;
}
int try_write(Subject& s, Player& player) {
  auto guard = s.lock.try_write();
  return guard ? s.keep(player, std::move(*guard)) : kRefused;
}
int downgrade(Subject& s, Player& player) {
  auto& held = s.held[player.number()];
  if (held.empty() || !std::holds_alternative<Write>(held.back())) return kRefused;
  Write guard = std::get<Write>(std::move(held.back()));
  held.back().emplace<Read>(std::move(guard).downgrade());
  return std::get<Read>(held.back())->get();
}
int release(Subject& s, Player& player) {
  auto& held = s.held[player.number()];
  if (!held.empty()) held.pop_front();
  return static_cast<int>(held.size());
}
Answer model_release(Model& m, std::size_t thread) {
  return m.release(thread);
}

const Primitive<Subject, Model> kRwLock{
    .name = "RwLock",
    .alphabet =
        {
            {"read", read, [](Model& m, std::size_t thread) { return m.lock(thread, false); }, 1},
            {"write", write, [](Model& m, std::size_t thread) { return m.lock(thread, true); }, 1},
            {"try_read", try_read, [](Model& m, std::size_t thread) { return m.try_lock(thread, false); }},
            {"try_write", try_write, [](Model& m, std::size_t thread) { return m.try_lock(thread, true); }},
            {"downgrade", downgrade, [](Model& m, std::size_t thread) { return m.downgrade(thread); }},
            {"release", release, model_release},
        },
    .at_end = {"release", release, model_release},
    .observed = {"try_write", try_write,
                 [](Model& m, std::size_t thread) { return m.try_lock(thread, true); }},
};

TEST(RwLockPrograms, AreLinearizableAndLoseNoLock) {
  EXPECT_TRUE(every_program_is_explained(kRwLock));
}

TEST(RwLockPrograms, LoseNoLockWhereOldValuesAreSeen) {
  EXPECT_TRUE(every_program_is_explained(kRwLock, kOldValues));
}

}  // namespace
}  // namespace corokit::generated
