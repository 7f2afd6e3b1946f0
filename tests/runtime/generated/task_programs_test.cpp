// Generated programs of a task that waits for a notification, against a model of whether it is queued, waits or is over. A
// turn takes two moments. If a notification and an abort both come in between, either may end the task.
#include <corokit/join_handle.hpp>
#include <corokit/sync/notify.hpp>
#include <corokit/task.hpp>

#include <gtest/gtest.h>
#include <array>
#include <cstddef>
#include <utility>

#include "../model/one_task_executor.hpp"
#include "play_programs.hpp"

namespace corokit::generated {
namespace {

constexpr int kRuns = 1;  // the owner of operations

constexpr int kNotQueued = 0;  // what a turn answers
constexpr int kWaits = 1;
constexpr int kNotified = 2;
constexpr int kCancelled = 3;

Task<Message> wait_for(Notify& notify) {
  const Message kept(1);
  co_await notify.notified();
  co_return kept;
}

struct Subject {
  Notify notify;
  model::OneTaskExecutor executor;
  JoinHandle<Message> handle = detail::spawn_on(executor, wait_for(notify));

  ~Subject() {
    handle.abort();
    executor.run_one();
  }
};

struct Model {
  bool queued = true;
  bool running = false;
  bool waits = false;
  bool granted = false;
  bool remembered = false;
  bool aborted = false;
  bool over = false;
  bool looks_for_the_abort_first = false;

  Answer run(bool abort_first) {
    if (!std::exchange(queued, false)) return kNotQueued;
    running = true;
    looks_for_the_abort_first = abort_first;
    return std::nullopt;
  }
  Answer end(std::size_t) {
    running = false;
    const bool is_notified = waits ? granted : remembered;
    over = is_notified || aborted;
    const bool is_cancelled = aborted && (looks_for_the_abort_first || !is_notified);
    if (!over) waits = true;
    if (!over) return kWaits;
    if (waits && granted && is_cancelled) remembered = true;  // its notification is passed on
    if (!waits && !is_cancelled) remembered = false;
    waits = false;
    return is_cancelled ? kCancelled : kNotified;
  }
  int notify() {
    if (waits && !granted) {
      granted = true;
      wake();
    } else {
      remembered = true;
    }
    return 0;
  }
  int abort() {
    aborted = true;
    wake();
    return 0;
  }
  void wake() { queued = queued || (!running && !over); }
  void drop(std::size_t) {}
};

int run(Subject& s, Player&) {
  if (!s.executor.run_one()) return kNotQueued;
  if (!s.handle.is_finished()) return kWaits;
  return s.handle.cell().outcome == detail::Outcome::value ? kNotified : kCancelled;
}
Answer model_run(Model& m, std::size_t) {
  return m.run(true);
}

const Primitive<Subject, Model> kTask{
    .name = "task",
    .alphabet =
        {
            {.name = "run",
             .play = run,
             .model = model_run,
             .owner = kRuns,
             .begun = [](Model& m, std::size_t) { return m.run(false); }},
            {"notify_one", [](Subject& s, Player&) { return s.notify.notify_one(), 0; },
             [](Model& m, std::size_t) -> Answer { return m.notify(); }},
            {"abort", [](Subject& s, Player&) { return s.handle.abort(), 0; },
             [](Model& m, std::size_t) -> Answer { return m.abort(); }},
            {"is_finished", [](Subject& s, Player&) { return int{s.handle.is_finished()}; },
             [](Model& m, std::size_t) -> Answer { return m.over; }},
        },
    .observed = {.name = "run",
                 .play = run,
                 .model = model_run,
                 .begun = [](Model& m, std::size_t) { return m.run(false); }},
};

TEST(TaskPrograms, AreLinearizableAndLoseNoWakeUp) {
  EXPECT_TRUE(every_program_is_explained(kTask));
}

TEST(TaskPrograms, LoseNoWakeUpWhereOldValuesAreSeen) {
  EXPECT_TRUE(every_program_is_explained(kTask, kOldValues));
}

}  // namespace
}  // namespace corokit::generated
