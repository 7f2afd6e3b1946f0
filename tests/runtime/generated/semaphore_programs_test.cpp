// Generated programs of a semaphore, against a model of free permits and a queue.
#include <corokit/sync/semaphore.hpp>

#include <gtest/gtest.h>
#include <algorithm>
#include <array>
#include <cstddef>
#include <deque>
#include <utility>
#include <vector>

#include "play_programs.hpp"

namespace corokit::generated {
namespace {

constexpr int kClosed = -1;
constexpr int kRefused = -2;

struct Subject {
  Semaphore semaphore{1};
  std::array<std::vector<SemaphorePermit>, kThreads> held;

  template <class R>
  int keep(Player& player, R permit) {
    if (!permit) return kClosed;
    held[player.number()].push_back(std::move(*permit));
    return static_cast<int>(held[player.number()].back().num_permits());
  }
};

/// Permits that are free, and a queue in which the first one collects what it needs.
struct Model {
  struct Waiter {
    std::size_t thread;
    int wanted;
    int missing;
  };
  int free = 1;
  bool closed = false;
  std::deque<Waiter> queue;
  std::array<Answer, kThreads> ended;  // of the waits that are over
  std::array<std::vector<int>, kThreads> held;

  Answer acquire(std::size_t thread, int wanted) {
    if (closed) return kClosed;
    const int part = std::min(free, wanted);
    free -= part;
    if (part == wanted) return keep(thread, wanted);
    queue.push_back({thread, wanted, wanted - part});
    return std::nullopt;
  }
  int try_acquire(std::size_t thread, int wanted) {
    if (closed) return kClosed;
    if (free < wanted) return kRefused;
    free -= wanted;
    return keep(thread, wanted);
  }
  int keep(std::size_t thread, int permits) {
    held[thread].push_back(permits);
    return permits;
  }
  int give(int permits) {
    while (!queue.empty()) {
      const int part = std::min(permits, queue.front().missing);
      permits -= part;
      if ((queue.front().missing -= part) > 0) return 0;
      ended[queue.front().thread] = queue.front().wanted;
      queue.pop_front();
    }
    free += permits;
    return 0;
  }
  int release(std::size_t thread) {
    if (held[thread].empty()) return 0;
    const int permits = held[thread].back();
    held[thread].pop_back();
    give(permits);
    return static_cast<int>(held[thread].size());
  }
  int close() {
    closed = true;
    for (const Waiter& waiter : queue) {
      free += waiter.wanted - waiter.missing;
      ended[waiter.thread] = kClosed;
    }
    queue.clear();
    return 0;
  }
  Answer end(std::size_t thread) {
    const Answer answer = std::exchange(ended[thread], std::nullopt);
    if (answer && *answer > 0) keep(thread, *answer);
    return answer;
  }
  void drop(std::size_t thread) {
    if (const Answer answer = std::exchange(ended[thread], std::nullopt)) {
      if (*answer > 0) give(*answer);
      return;
    }
    const auto place = std::ranges::find(queue, thread, &Waiter::thread);
    const int collected = place->wanted - place->missing;
    queue.erase(place);
    give(collected);
  }
};

template <int kPermits>
int acquire(Subject& s, Player& player) {
  return player.await(s.semaphore.acquire_many(kPermits),
                      [&](auto r) { return s.keep(player, std::move(r)); });
}
template <int kPermits>
int try_acquire(Subject& s, Player& player) {
  auto permit = s.semaphore.try_acquire_many(kPermits);
  if (!permit && permit.error() == TryAcquireError::no_permits) return kRefused;
  return s.keep(player, std::move(permit));
}
int release(Subject& s, Player& player) {
  auto& held = s.held[player.number()];
  if (!held.empty()) held.pop_back();
  return static_cast<int>(held.size());
}
Answer model_release(Model& m, std::size_t thread) {
  return m.release(thread);
}

const Primitive<Subject, Model> kSemaphore{
    .name = "Semaphore",
    .alphabet =
        {
            {"acquire 1", acquire<1>, [](Model& m, std::size_t t) { return m.acquire(t, 1); }, 1},
            {"acquire 2", acquire<2>, [](Model& m, std::size_t t) { return m.acquire(t, 2); }, 1},
            {"try_acquire 1", try_acquire<1>,
             [](Model& m, std::size_t t) -> Answer { return m.try_acquire(t, 1); }},
            {"release", release, model_release},
            {"add 2", [](Subject& s, Player&) { return s.semaphore.add_permits(2), 0; },
             [](Model& m, std::size_t) -> Answer { return m.give(2); }},
            {"forget 1", [](Subject& s, Player&) { return static_cast<int>(s.semaphore.forget_permits(1)); },
             [](Model& m, std::size_t) -> Answer {
               const int forgotten = std::min(m.free, 1);
               m.free -= forgotten;
               return forgotten;
             }},
            {"close", [](Subject& s, Player&) { return s.semaphore.close(), 0; },
             [](Model& m, std::size_t) -> Answer { return m.close(); }},
        },
    .at_end = {"release", release, model_release},
    .observed = {"free permits",
                 [](Subject& s, Player&) { return static_cast<int>(s.semaphore.available_permits()); },
                 [](Model& m, std::size_t) -> Answer { return m.free; }},
};

TEST(SemaphorePrograms, AreLinearizableAndLoseNoPermit) {
  EXPECT_TRUE(every_program_is_explained(kSemaphore));
}

TEST(SemaphorePrograms, LoseNoPermitWhereOldValuesAreSeen) {
  EXPECT_TRUE(every_program_is_explained(kSemaphore, kOldValues));
}

}  // namespace
}  // namespace corokit::generated
