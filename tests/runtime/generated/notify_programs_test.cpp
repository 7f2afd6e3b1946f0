// Generated programs of a Notify, against a model of a remembered notification and a queue. A wait is made before it is
// begun, and a notify_waiters() in between ends it.
#include <corokit/sync/notify.hpp>
#include <corokit/task.hpp>

#include <gtest/gtest.h>
#include <algorithm>
#include <array>
#include <cstddef>
#include <deque>
#include <optional>

#include "play_programs.hpp"

namespace corokit::generated {
namespace {

struct Subject {
  Notify notify;
};

struct Model {
  enum class Grant { oldest, newest, all };
  bool remembered = false;
  std::deque<std::size_t> queue;
  std::deque<std::size_t> made;
  std::array<std::optional<Grant>, kThreads + 1> granted;  // to waits that are over and have not gone on

  Answer wait(std::size_t thread) {
    if (std::exchange(remembered, false)) return 0;
    queue.push_back(thread);
    return std::nullopt;
  }
  int notify(Grant grant) {
    if (queue.empty()) {
      remembered = true;
    } else if (grant == Grant::oldest) {
      granted[queue.front()] = grant;
      queue.pop_front();
    } else {
      granted[queue.back()] = grant;
      queue.pop_back();
    }
    return 0;
  }
  int notify_waiters() {
    for (const std::size_t thread : queue) granted[thread] = Grant::all;
    for (const std::size_t thread : made) granted[thread] = Grant::all;
    queue.clear();
    made.clear();
    return 0;
  }
  Answer end(std::size_t thread) {
    return std::exchange(granted[thread], std::nullopt) ? Answer(0) : std::nullopt;
  }
  void drop(std::size_t thread) {
    const auto grant = std::exchange(granted[thread], std::nullopt);
    if (!grant)
      queue.erase(std::ranges::find(queue, thread));
    else if (*grant != Grant::all)
      notify(*grant);  // it passes to the next
  }
};

int nothing() {
  return 0;
}
int wait(Subject& s, Player& player) {
  return player.await(s.notify.notified(), nothing);
}

Task<void> enable_and_wait(Notify& notify) {
  auto notified = notify.notified();
  notified.enable();
  co_await notified;
}
int enabled_wait(Subject& s, Player& player) {
  return player.await(enable_and_wait(s.notify), nothing);
}
Answer model_wait(Model& m, std::size_t thread) {
  return m.wait(thread);
}

Answer model_make(Model& m, std::size_t thread) {
  m.made.push_back(thread);
  return std::nullopt;
}

const Primitive<Subject, Model> kNotify{
    .name = "Notify",
    .alphabet =
        {
            {.name = "notified", .play = wait, .model = model_wait, .waits = 1, .begun = model_make},
            {.name = "enabled notified",
             .play = enabled_wait,
             .model = model_wait,
             .waits = 1,
             .begun = model_make},
            {"notify_one", [](Subject& s, Player&) { return s.notify.notify_one(), 0; },
             [](Model& m, std::size_t) -> Answer { return m.notify(Model::Grant::oldest); }},
            {"notify_last", [](Subject& s, Player&) { return s.notify.notify_last(), 0; },
             [](Model& m, std::size_t) -> Answer { return m.notify(Model::Grant::newest); }},
            {"notify_waiters", [](Subject& s, Player&) { return s.notify.notify_waiters(), 0; },
             [](Model& m, std::size_t) -> Answer { return m.notify_waiters(); }},
        },
    .observed = {"notified", wait, model_wait},
};

TEST(NotifyPrograms, AreLinearizableAndLoseNoNotification) {
  EXPECT_TRUE(every_program_is_explained(kNotify));
}

TEST(NotifyPrograms, LoseNoNotificationWhereOldValuesAreSeen) {
  EXPECT_TRUE(every_program_is_explained(kNotify, kOldValues));
}

}  // namespace
}  // namespace corokit::generated
