// Generated programs of a worker's run queue with room for two tasks, which is full at first, against a model. To steal
// takes two moments: the tasks are claimed, and their places become free. A thief may get nothing if a task is pushed
// meanwhile.
#include "executor/local_queue.hpp"

#include <gtest/gtest.h>
#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <utility>
#include <vector>

#include "play_programs.hpp"

namespace corokit::generated {
namespace {

using detail::TaskHeader;
constexpr int kOwner = 1;  // the owner of operations
constexpr std::uint32_t kRoom = 2;
using Queue = detail::LocalQueue<kRoom>;

struct Subject {
  std::array<TaskHeader, 6> tasks;
  std::size_t pushed = 0;
  Queue queue;
  std::array<Queue, kThreads> own;  // of the thieves

  Subject() {
    while (queue.push(tasks[pushed])) ++pushed;
  }

  /// Returns: the number of a task, from 1; 0 for none.
  int number(const TaskHeader* task) const { return task ? static_cast<int>(task - tasks.data()) + 1 : 0; }
};

struct Model {
  std::deque<int> tasks{1, 2};
  int pushed = 2;
  std::size_t claimed = 0;  // places whose tasks were taken and that are not free yet
  std::optional<std::size_t> thief;
  std::vector<int> stolen;
  std::array<std::deque<int>, kThreads> own;
  std::array<std::optional<int>, kThreads>
      looked;  // how many were pushed when a thief looked that will get nothing

  Answer push() {
    if (tasks.size() + claimed >= kRoom) return 0;
    tasks.push_back(++pushed);
    return 1;
  }
  Answer pop() {
    if (tasks.empty()) return 0;
    const int task = tasks.front();
    tasks.pop_front();
    if (thief) ++claimed;
    return task;
  }
  Answer steal(std::size_t thread) {
    if (thief || tasks.empty() || own[thread].size() > kRoom / 2) return 0;
    thief = thread;
    for (std::size_t left = tasks.size() - tasks.size() / 2; left > 0; --left) {
      stolen.push_back(tasks.front());
      tasks.pop_front();
      ++claimed;
    }
    return std::nullopt;
  }
  Answer look(std::size_t thread) {
    looked[thread] = pushed;
    return std::nullopt;
  }
  Answer end(std::size_t thread) {
    if (looked[thread])
      return *std::exchange(looked[thread], std::nullopt) != pushed ? Answer(0) : std::nullopt;
    thief.reset();
    claimed = 0;
    const int last = stolen.back();
    stolen.pop_back();
    own[thread].insert(own[thread].end(), stolen.begin(), stolen.end());
    stolen.clear();
    return last;
  }
  void drop(std::size_t) {}
  Answer rest() {
    int all = 0;
    for (const int task : tasks) all = 10 * all + task;
    for (const auto& queue : own)
      for (const int task : queue) all = 10 * all + task;
    return all;
  }
};

int push(Subject& s, Player&) {
  const bool has_room = s.queue.push(s.tasks[s.pushed]);
  if (has_room) ++s.pushed;
  return has_room;
}
int rest(Subject& s, Player&) {
  int all = 0;
  while (const TaskHeader* task = s.queue.pop()) all = 10 * all + s.number(task);
  for (Queue& queue : s.own)
    while (const TaskHeader* task = queue.pop()) all = 10 * all + s.number(task);
  return all;
}

const Primitive<Subject, Model> kQueue{
    .name = "run queue of 2",
    .alphabet =
        {
            {"push", push, [](Model& m, std::size_t) { return m.push(); }, 0, kOwner},
            {"pop", [](Subject& s, Player&) { return s.number(s.queue.pop()); },
             [](Model& m, std::size_t) { return m.pop(); }, 0, kOwner},
            {.name = "steal",
             .play = [](Subject& s, Player& p) { return s.number(s.queue.steal_into(s.own[p.number()])); },
             .model = [](Model& m, std::size_t thread) { return m.steal(thread); },
             .begun = [](Model& m, std::size_t thread) { return m.look(thread); }},
        },
    .observed = {"what is left", rest, [](Model& m, std::size_t) { return m.rest(); }},
};

TEST(LocalQueuePrograms, AreLinearizableAndLoseNoTask) {
  EXPECT_TRUE(every_program_is_explained(kQueue));
}

TEST(LocalQueuePrograms, LoseNoTaskWhereOldValuesAreSeen) {
  EXPECT_TRUE(every_program_is_explained(kQueue, kOldValues));
}

}  // namespace
}  // namespace corokit::generated
