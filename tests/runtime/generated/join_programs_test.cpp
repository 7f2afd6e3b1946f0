// Generated programs of a task and its JoinHandle, and of two tasks in a JoinSet, against models of results. A task is over
// in one turn, which takes two moments: it looks whether it is aborted, and its end is told.
#include <corokit/join_handle.hpp>
#include <corokit/join_set.hpp>
#include <corokit/task.hpp>

#include <gtest/gtest.h>
#include <array>
#include <cstddef>
#include <deque>
#include <optional>
#include <utility>

#include "../model/one_task_executor.hpp"
#include "play_programs.hpp"

namespace corokit::generated {
namespace {

// The owners of operations.
constexpr int kJoins = 1;
constexpr int kRuns = 2;  // and the number after it, for a second task

constexpr int kCancelled = -1;
constexpr int kNone = -2;  // the set is empty
constexpr int kEmpty = -3;
constexpr int kGone = -4;  // the handle or the set was dropped, or the result was taken

Task<Message> give(int value) {
  co_return Message(value);
}
template <class R>
int answer(const R& result) {
  return result ? result->value() : kCancelled;
}

/// A task on an executor of its own.
struct Spawned {
  model::OneTaskExecutor executor;
  JoinHandle<Message> handle;
  explicit Spawned(int value) : handle(detail::spawn_on(executor, give(value))) {}
  ~Spawned() { executor.run_one(); }
};

/// What a model knows of a task.
struct Job {
  int value;
  bool queued = true;
  bool aborted = false;
  int result = 0;

  /// The turn begins. Returns: false if it was not queued.
  bool begin() {
    if (!std::exchange(queued, false)) return false;
    result = aborted ? kCancelled : value;
    return true;
  }
};

struct HandleSubject {
  Spawned task{1};
  AbortHandle abort = task.handle.abort_handle();
  std::optional<JoinHandle<Message>> handle{std::move(task.handle)};
};

struct HandleModel {
  Job job{1};
  bool over = false;
  bool has_handle = true;
  std::array<bool, kThreads + 1> joins{};

  Answer run(std::size_t thread) {
    joins[thread] = false;
    return job.begin() ? std::nullopt : Answer(0);
  }
  Answer join(std::size_t thread) {
    joins[thread] = true;
    return has_handle ? std::nullopt : Answer(kGone);
  }
  Answer end(std::size_t thread) {
    if (!joins[thread]) return over = true;
    if (!over) return std::nullopt;
    has_handle = false;
    return job.result;
  }
  void drop(std::size_t) {}
};

int join(HandleSubject& s, Player& player) {
  if (!s.handle) return kGone;
  const int joined = player.await(*s.handle, [](const auto& result) { return answer(result); });
  if (!player.dropped()) s.handle.reset();
  return joined;
}
int drop_handle(HandleSubject& s, Player&) {
  if (!s.handle) return kGone;
  s.handle->detach();
  s.handle.reset();
  return 0;
}

const Primitive<HandleSubject, HandleModel> kJoinHandle{
    .name = "JoinHandle",
    .alphabet =
        {
            {"run", [](HandleSubject& s, Player&) { return int{s.task.executor.run_one()}; },
             [](HandleModel& m, std::size_t thread) { return m.run(thread); }, 0, kRuns},
            {"abort", [](HandleSubject& s, Player&) { return s.abort.abort(), 0; },
             [](HandleModel& m, std::size_t) -> Answer { return m.job.aborted = true, 0; }},
            {"is_finished", [](HandleSubject& s, Player&) { return int{s.abort.is_finished()}; },
             [](HandleModel& m, std::size_t) -> Answer { return m.over; }},
            {"join", join, [](HandleModel& m, std::size_t thread) { return m.join(thread); }, 1, kJoins},
            {"detach", drop_handle,
             [](HandleModel& m, std::size_t) -> Answer {
               return std::exchange(m.has_handle, false) ? 0 : kGone;
             },
             0, kJoins},
        },
    .observed = {"is_finished", [](HandleSubject& s, Player&) { return int{s.abort.is_finished()}; },
                 [](HandleModel& m, std::size_t) -> Answer { return m.over; }},
};

TEST(JoinHandlePrograms, AreLinearizableAndLoseNoResult) {
  EXPECT_TRUE(every_program_is_explained(kJoinHandle));
}

TEST(JoinHandlePrograms, LoseNoResultWhereOldValuesAreSeen) {
  EXPECT_TRUE(every_program_is_explained(kJoinHandle, kOldValues));
}

struct SetSubject {
  Spawned first{1};
  Spawned second{2};
  std::optional<JoinSet<Message>> set{std::in_place};

  SetSubject() {
    set->insert(std::move(first.handle));
    set->insert(std::move(second.handle));
  }
};

struct SetModel {
  enum class Waits { to_tell, to_join, to_abort };
  std::array<Job, 2> jobs{Job{1}, Job{2}};
  std::deque<std::size_t> done;  // those that are over and were not joined
  std::size_t members = 2;
  bool has_set = true;
  std::array<Waits, kThreads + 1> waits{};
  std::array<std::size_t, kThreads + 1> runs{};

  Answer run(std::size_t thread, std::size_t job) {
    waits[thread] = Waits::to_tell;
    runs[thread] = job;
    return jobs[job].begin() ? std::nullopt : Answer(0);
  }
  Answer join(std::size_t thread) {
    waits[thread] = Waits::to_join;
    return has_set ? std::nullopt : Answer(kGone);
  }
  Answer try_join() {
    if (!has_set) return kGone;
    if (done.empty()) return kEmpty;
    const int result = jobs[done.front()].result;
    done.pop_front();
    --members;
    return result;
  }
  Answer abort_all(std::size_t thread) {
    if (!has_set) return kGone;
    waits[thread] = Waits::to_abort;
    jobs[1].aborted = true;  // the one that was inserted last comes first
    return std::nullopt;
  }
  Answer drop_set() {
    if (!std::exchange(has_set, false)) return kGone;
    for (Job& job : jobs) job.aborted = true;
    return 0;
  }
  Answer end(std::size_t thread) {
    switch (waits[thread]) {
      case Waits::to_tell:
        done.push_back(runs[thread]);
        return 1;
      case Waits::to_abort:
        jobs[0].aborted = true;
        return 0;
      default:
        if (members == 0) return kNone;
        const Answer joined = try_join();
        return joined == kEmpty ? std::nullopt : joined;
    }
  }
  void drop(std::size_t) {}
};

int join_next(SetSubject& s, Player& player) {
  if (!s.set) return kGone;
  return player.await(s.set->join_next(), [](const auto& next) { return next ? answer(*next) : kNone; });
}
int try_join_next(SetSubject& s, Player&) {
  if (!s.set) return kGone;
  const auto next = s.set->try_join_next();
  return next ? answer(*next) : kEmpty;
}
int abort_all(SetSubject& s, Player&) {
  if (!s.set) return kGone;
  s.set->abort_all();
  return 0;
}
int drop_set(SetSubject& s, Player&) {
  if (!s.set) return kGone;
  s.set.reset();
  return 0;
}

const Primitive<SetSubject, SetModel> kJoinSet{
    .name = "JoinSet",
    .alphabet =
        {
            {"run the first", [](SetSubject& s, Player&) { return int{s.first.executor.run_one()}; },
             [](SetModel& m, std::size_t thread) { return m.run(thread, 0); }, 0, kRuns},
            {"run the second", [](SetSubject& s, Player&) { return int{s.second.executor.run_one()}; },
             [](SetModel& m, std::size_t thread) { return m.run(thread, 1); }, 0, kRuns + 1},
            {"join_next", join_next, [](SetModel& m, std::size_t thread) { return m.join(thread); }, 1,
             kJoins},
            {"try_join_next", try_join_next, [](SetModel& m, std::size_t) { return m.try_join(); }, 0,
             kJoins},
            {"abort_all", abort_all, [](SetModel& m, std::size_t thread) { return m.abort_all(thread); }, 0,
             kJoins},
            {"drop the set", drop_set, [](SetModel& m, std::size_t) { return m.drop_set(); }, 0, kJoins},
        },
    .observed = {"try_join_next", try_join_next, [](SetModel& m, std::size_t) { return m.try_join(); }},
};

TEST(JoinSetPrograms, AreLinearizableAndLoseNoResult) {
  EXPECT_TRUE(every_program_is_explained(kJoinSet));
}

TEST(JoinSetPrograms, LoseNoResultWhereOldValuesAreSeen) {
  EXPECT_TRUE(every_program_is_explained(kJoinSet, kOldValues));
}

}  // namespace
}  // namespace corokit::generated
