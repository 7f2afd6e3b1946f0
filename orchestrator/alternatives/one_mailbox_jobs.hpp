#pragma once
// The jobs of one_mailbox.cpp: how one is performed, what it tells the run, and the queues in which it waits.
#include <corokit/orchestrator/latest_start.hpp>
#include <corokit/orchestrator/priority_orchestrator.hpp>
#include <corokit/sync/mpsc.hpp>
#include <corokit/sync/notify.hpp>
#include <corokit/sync/semaphore.hpp>
#include <corokit/time/clock.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace corokit::mailbox {

using Permit = OwnedSemaphorePermit;
using Key = std::array<std::int64_t, 3>;

constexpr std::int64_t kNever = LatestStart::kNever;

/// News of a job. Without a result, an error and the sign that it gave way, the job has ended without having started.
struct Mail {
  explicit Mail(std::size_t of) : job(of) {}
  std::size_t job;
  bool gave_way = false;
  std::optional<PriorityResult> result = std::nullopt;
  std::optional<std::string> error = std::nullopt;
};
using Mailbox = mpsc::UnboundedSender<Mail>;

/// The permit of a job. While the job waits after giving way, only the run touches the permit.
class Slot final : public PrioritySlot {
 public:
  Slot(std::size_t job, Permit permit, Mailbox mailbox)
      : job_(job), mailbox_(std::move(mailbox)), permit_(std::move(permit)) {}

  void ask() noexcept { is_asked_ = true; }
  bool is_asked() const noexcept override { return is_asked_; }
  Task<void> give_way() override {
    leave();
    is_asked_ = false;
    ++preemptions;
    Mail mail(job_);
    mail.gave_way = true;
    static_cast<void>(mailbox_.send(std::move(mail)));
    co_await next_.notified();
    since_ = now();
  }
  void go_on(Permit permit) {
    permit_.emplace(std::move(permit));
    next_.notify_one();
  }
  void leave() {
    if (permit_) used += now() - since_;
    permit_.reset();
  }

  Duration used{0};
  std::size_t preemptions = 0;

 private:
  std::size_t job_;
  Mailbox mailbox_;
  std::optional<Permit> permit_;
  Instant since_ = now();
  std::atomic<bool> is_asked_{false};
  Notify next_;
};

/// Gives the permit back however the job ends, also if somebody keeps a copy of its context.
struct Leaving {
  explicit Leaving(Slot& of) : slot(of) {}
  Leaving(const Leaving&) = delete;
  Leaving& operator=(const Leaving&) = delete;
  ~Leaving() { slot.leave(); }
  Slot& slot;
};

/// Awaits the task, and stores what it throws.
inline Task<std::optional<PriorityExecutor::Answer>> attempt(Task<PriorityExecutor::Answer> work,
                                                             std::string& thrown) {
  try {
    co_return co_await std::move(work);
  } catch (const std::exception& error) {
    thrown = error.what();
  } catch (...) {
    thrown = "something that is no std::exception";
  }
  co_return std::nullopt;
}

/// Performs a job under its permit, and tells the run what came of it.
inline Task<void> perform(std::shared_ptr<Slot> slot, std::size_t job, PrioritizedTask task,
                          PriorityExecutor executor, CancellationToken token, Mailbox mailbox) {
  Mail mail(job);
  {
    const Leaving leaving(*slot);
    const Instant started = now();
    std::string thrown;
    std::optional<PriorityExecutor::Answer> answer;
    const bool begins = !token.is_cancelled();
    if (begins) answer = co_await attempt(executor(task, PriorityContext(token, slot)), thrown);
    slot->leave();
    if (answer) {
      PriorityResult result(task.id, *answer ? std::move(**answer) : std::move(answer->error()));
      result.duration_ms = static_cast<std::uint64_t>(slot->used / std::chrono::milliseconds(1));
      result.preemptions = slot->preemptions;
      result.started = started;
      result.ended = now();
      if (task.deadline)
        result.deadline =
            result.ended <= *task.deadline ? PriorityResult::Deadline::met : PriorityResult::Deadline::missed;
      mail.result.emplace(std::move(result));
    } else if (begins) {
      mail.error.emplace(std::move(thrown));
    }
  }
  static_cast<void>(mailbox.send(std::move(mail)));
}

/// What the run knows of a task.
struct Job {
  Job(const PrioritizedTask& given, std::size_t at, Instant from) : task(given), number(at), arrival(from) {}

  enum class State { to_come, waiting, running, over };

  PrioritizedTask task;
  std::size_t number;
  Instant arrival;
  State state = State::to_come;
  std::size_t home = 0;    // the queue
  std::size_t worker = 0;  // while it runs
  std::size_t place = 0;   // in the order of the deadlines of its queue
  bool counts = false;     // LatestStart knows of it
  Key urgency{};
  Key age{};
  Key due{};   // among the waiting jobs whose deadlines can be met
  Key rank{};  // among the running jobs: the least urgent comes last
  Instant asked = Instant::max();
  bool has_result = false;
  std::shared_ptr<Slot> slot = nullptr;
};

/// Compares jobs by one of their keys, and counts.
struct Before {
  Key Job::*key;
  std::uint64_t* count;
  bool operator()(const Job* a, const Job* b) const {
    if (count) ++*count;
    return a->*key < b->*key;
  }
};
using Order = std::set<Job*, Before>;

/// The jobs of some workers.
struct Queue {
  Queue(std::vector<Job*> with_deadlines, std::size_t workers, std::uint64_t* count)
      : dated(std::move(with_deadlines)),
        latest(dated.size(), workers),
        by_urgency(Before{&Job::urgency, count}),
        by_age(Before{&Job::age, count}),
        by_due(Before{&Job::due, count}),
        running(Before{&Job::rank, count}) {}

  std::vector<Job*> dated;  // in the order of their deadlines
  LatestStart latest;
  Order by_urgency;
  Order by_age;
  Order by_due;
  Order running;  // without those that were asked to give way
  std::size_t asked = 0;
  std::vector<std::size_t> free;  // workers
};

}  // namespace corokit::mailbox
