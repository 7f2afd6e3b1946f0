// The reference solution. One coroutine makes all decisions, on the task that awaits the run, so queues need no lock:
// it gives jobs to free workers, waits for the next event, and looks again.
//
//   run_all()        once for each run: awaits decide() under the global timeout, then ends what is left
//   decide()         once for each run: the loop
//   wait_for_slot()  once for each free worker that finds no slot: waits for one
//   wait_for_job()   once for each busy worker: waits until its job is over or gives way
//   perform()        once for each job, spawned: runs the task from its first slot to its answer
//
// A slot is a permit of the semaphore. It moves into the job when the job starts, goes back when the job gives way or
// is over, and comes with a message when the job goes on.
#include <corokit/orchestrator/priority_orchestrator.hpp>
#include <corokit/select.hpp>
#include <corokit/sync/mpsc.hpp>
#include <corokit/sync/oneshot.hpp>
#include <corokit/time/timeout.hpp>
#include <corokit/unordered.hpp>

#include <algorithm>
#include <numeric>
#include <set>
#include <variant>

#include "policy_orchestrator.hpp"
#include "priority_job.hpp"
#include "priority_jobs.hpp"
#include "priority_rules.hpp"

namespace corokit {

struct PriorityOrchestrator::State : detail::PriorityShared {
  using PriorityShared::PriorityShared;
};

namespace {

using Permit = OwnedSemaphorePermit;
using Ending = Result<detail::PriorityReport, JoinError>;

/// The message of a job that gives way: how to make it go on, and how long it has had a slot so far.
struct GaveWay {
  GaveWay(oneshot::Sender<Permit> sender, Duration had) : resume(std::move(sender)), used(had) {}
  oneshot::Sender<Permit> resume;
  Duration used;
};

class Slot final : public detail::LentSlot {
 public:
  Slot(Permit permit, mpsc::UnboundedSender<GaveWay> events)
      : LentSlot(std::move(permit)), events_(std::move(events)) {}

  Task<void> give_way() override {
    auto [resume, next] = oneshot::channel<Permit>();
    leave();
    count_preemption();
    static_cast<void>(events_.send(GaveWay(std::move(resume), used())));
    Result<Permit, oneshot::RecvError> permit = co_await next;
    // If there is no permit, the run is gone and soon drops this job; the job waits until then.
    if (!permit) co_await CancellationToken().cancelled();
    go_on(std::move(*permit));
  }

 private:
  mpsc::UnboundedSender<GaveWay> events_;
};

struct Job : detail::PriorityJob<Slot> {
  using PriorityJob::PriorityJob;
  std::optional<mpsc::UnboundedReceiver<GaveWay>> events;  // set from the start of the job to its end
  std::optional<oneshot::Sender<Permit>> resume;           // set while the job has given way
};

/// The jobs that wait for one worker.
class Queue {
 public:
  explicit Queue(const detail::PriorityRules& rules)
      : rules_(&rules), by_urgency_(rules.options.comparisons), by_age_(rules.options.comparisons) {}

  void insert(Job& job) {
    by_urgency_.insert(rules_->urgency(job), job);
    by_age_.insert(rules_->age(job), job);
  }
  void erase(const Job& job) {
    by_urgency_.erase(rules_->urgency(job));
    by_age_.erase(rules_->age(job));
  }
  bool empty() const noexcept { return by_urgency_.empty(); }
  /// Requires: not empty.
  Job& next(Instant time) const {
    Job& oldest = by_age_.first();
    return rules_->overdue(oldest) <= time ? oldest : by_urgency_.first();
  }

 private:
  const detail::PriorityRules* rules_;
  detail::Ranking<Job> by_urgency_;
  detail::Ranking<Job> by_age_;
};

/// What a worker has waited for: a slot, or the end of its job's time in one.
struct Event {
  using What = std::variant<Permit, GaveWay, Ending>;
  Event(std::size_t of, What that) : worker(of), what(std::move(that)) {}
  std::size_t worker;
  What what;
};

Task<Event> wait_for_slot(std::shared_ptr<Semaphore> slots, std::size_t worker) {
  Result<Permit, SemaphoreClosed> permit = co_await Semaphore::acquire_owned(std::move(slots));
  co_return Event(worker, std::move(*permit));  // the semaphore is never closed
}

Task<Event> wait_for_job(Job& job) {
  auto first = co_await select(biased, *job.work, job.events->recv());
  if (first.index() == 0) co_return Event(job.worker, std::get<0>(std::move(first)));
  co_return Event(job.worker, std::move(*std::get<1>(first)));
}

/// One run.
///
/// Requires: at most as many workers as tasks.
class Run : public detail::PriorityJobs<Job> {
 public:
  Run(std::shared_ptr<detail::PriorityShared> of, bool is_stealing, std::size_t workers,
      PriorityExecutor work, const std::vector<PrioritizedTask>& tasks)
      : PriorityJobs(of->options, is_stealing, workers, tasks),
        shared_(std::move(of)),
        executor_(std::move(work)),
        is_stealing_(is_stealing),
        queues_(workers, Queue(rules_)),
        work_(workers, Duration(0)),
        running_(workers),
        free_(workers) {
    std::iota(free_.begin(), free_.end(), std::size_t{0});
  }

  /// Makes all decisions that can be made now.
  void look();
  /// Waits for an event, for the cancellation, or until it is time to look again.
  /// Returns: the event, if there is one.
  Task<std::optional<Event>> next_event();
  /// Returns: why the run fails; none if it goes on.
  std::optional<PriorityError> handle(Event event);

  bool is_cancelled() const noexcept { return shared_->token.is_cancelled(); }
  /// Drops all coroutines that wait for a job, so that abort_and_join() may wait for it.
  void stop_waiting() { events_.clear(); }
  std::vector<PriorityResult> take_results() { return std::move(results_); }

 private:
  void receive();
  void give_out();
  void enqueue(Job& job);
  void dequeue(Job& job);
  Job* take(std::size_t worker);
  void start(std::size_t worker, Permit permit);
  void begin(Job& job, Permit permit);
  void suspend(Job& job, GaveWay message);
  std::optional<PriorityError> end(Job& job, Ending ending);
  bool has_work(std::size_t worker) const {
    return !queues_[worker].empty() || (is_stealing_ && waiting_ > 0);
  }

  std::shared_ptr<detail::PriorityShared> shared_;
  PriorityExecutor executor_;
  const bool is_stealing_;
  std::vector<Queue> queues_;        // of each worker
  detail::Extremes<Duration> work_;  // the estimated work that waits in each queue
  std::vector<Job*> running_;        // the job of each worker, or null
  std::vector<std::size_t> free_;    // the workers that look for a job next
  std::set<std::size_t> idle_;       // the workers that found no job
  std::size_t waiting_ = 0;          // the number of jobs in all queues
  std::vector<PriorityResult> results_;
  FuturesUnordered<Task<Event>> events_;  // destroyed before the jobs that it refers to
};

void Run::look() {
  if (is_cancelled()) stop([this](Job& job) { dequeue(job); });
  receive();
  give_out();
  if (!is_stopped_) deadlines_->ask(now());
}

void Run::receive() {
  while (Job* const job = arrival()) {
    enqueue(*job);
    // Its worker becomes free if it is idle, or else another idle worker, which may steal it.
    auto sleeper = idle_.find(job->worker);
    if (sleeper == idle_.end() && is_stealing_) sleeper = idle_.begin();
    if (sleeper != idle_.end()) free_.push_back(idle_.extract(sleeper).value());
  }
}

void Run::give_out() {
  for (const std::size_t worker : std::exchange(free_, {})) {
    if (!has_work(worker)) {
      idle_.insert(worker);
    } else if (auto permit = Semaphore::try_acquire_owned(shared_->slots)) {
      start(worker, std::move(*permit));
    } else {
      events_.push(wait_for_slot(shared_->slots, worker));
    }
  }
}

void Run::enqueue(Job& job) {
  job.is_waiting = true;
  queues_[job.worker].insert(job);
  work_.set(job.worker, work_[job.worker] + job.left());
  deadlines_->wait(job, now());
  ++waiting_;
}

void Run::dequeue(Job& job) {
  job.is_waiting = false;
  queues_[job.worker].erase(job);
  work_.set(job.worker, work_[job.worker] - job.left());
  --waiting_;
}

/// Takes the next job of a worker: from its own queue, or from the fullest, or from wherever a deadline is at risk.
/// Returns: null if there is none.
Job* Run::take(std::size_t worker) {
  if (!has_work(worker)) return nullptr;
  const Instant time = now();
  const Queue& queue = queues_[queues_[worker].empty() ? work_.most() : worker];
  Job* job = &queue.next(time);
  if (Job* urgent = deadlines_->must_run(job->group, *job, time)) job = urgent;
  dequeue(*job);
  return job;
}

void Run::start(std::size_t worker, Permit permit) {
  Job* job = take(worker);
  if (!job) {
    idle_.insert(worker);
    return;
  }
  job->worker = worker;
  running_[worker] = job;
  deadlines_->run(*job, now());
  if (job->resume) {
    static_cast<void>(job->resume->send(std::move(permit)));
    job->resume.reset();
  } else {
    begin(*job, std::move(permit));
  }
  events_.push(wait_for_job(*job));
}

void Run::begin(Job& job, Permit permit) {
  auto [sender, receiver] = mpsc::unbounded_channel<GaveWay>();
  job.is_started = true;
  job.events.emplace(std::move(receiver));
  job.slot = std::make_shared<Slot>(std::move(permit), std::move(sender));
  job.work.emplace(spawn(detail::perform(job.slot, job.task, executor_, shared_->token)));
}

void Run::suspend(Job& job, GaveWay message) {
  deadlines_->leave(job, now());
  job.used = message.used;
  job.resume.emplace(std::move(message.resume));
  enqueue(job);
}

std::optional<PriorityError> Run::end(Job& job, Ending ending) {
  auto report = finish(job, std::move(ending), is_cancelled());
  job.events.reset();
  if (!report) return std::move(report.error());
  if (*report) results_.push_back(std::move(**report));
  return std::nullopt;
}

std::optional<PriorityError> Run::handle(Event event) {
  if (auto* permit = std::get_if<Permit>(&event.what)) {
    start(event.worker, std::move(*permit));
    return std::nullopt;
  }
  Job& job = *std::exchange(running_[event.worker], nullptr);
  free_.push_back(event.worker);
  if (auto* ending = std::get_if<Ending>(&event.what)) return end(job, std::move(*ending));
  suspend(job, std::move(std::get<GaveWay>(event.what)));
  return std::nullopt;
}

Task<std::optional<Event>> Run::next_event() {
  if (is_stopped_) co_return co_await events_.next();
  const Instant until = next_look();
  if (events_.empty()) {
    co_await select(biased, shared_->token.cancelled(), sleep_until(until));
    co_return std::nullopt;
  }
  auto first = co_await select(biased, events_.next(), shared_->token.cancelled(), sleep_until(until));
  if (first.index() == 0) co_return std::move(std::get<0>(first));
  co_return std::nullopt;
}

Task<std::optional<PriorityError>> decide(Run& run) {
  for (;;) {
    run.look();
    if (run.is_over()) co_return std::nullopt;
    std::optional<Event> event = co_await run.next_event();
    if (!event) continue;
    if (auto failure = run.handle(std::move(*event))) co_return failure;
  }
}

}  // namespace

Task<PriorityOrchestrator::Results> detail::run_all(std::shared_ptr<PriorityShared> shared, bool is_stealing,
                                                    std::vector<PrioritizedTask> tasks,
                                                    PriorityExecutor executor, Duration global_timeout) {
  if (auto refusal = detail::refusal(tasks)) co_return Err<PriorityError>(std::move(*refusal));
  const std::size_t workers = std::min(shared->workers, tasks.size());
  Run run(std::move(shared), is_stealing, workers, std::move(executor), tasks);
  std::optional<PriorityError> failure;
  if (global_timeout > Duration::zero()) {
    auto decided = co_await timeout(global_timeout, decide(run));
    run.stop_waiting();
    co_await run.abort_and_join();
    if (decided && !*decided && !run.is_cancelled()) co_return run.take_results();
    if (decided) failure = std::move(*decided);
  }
  co_return Err<PriorityError>(
      detail::why_no_results(std::move(failure), run.is_cancelled(), run.unfinished()));
}

PriorityOrchestrator::PriorityOrchestrator(std::size_t max_concurrent, PriorityOptions options)
    : state_(std::make_shared<State>(max_concurrent, options)) {}

Task<PriorityOrchestrator::Results> PriorityOrchestrator::run_with_priority(
    std::vector<PrioritizedTask> tasks, PriorityExecutor executor, Duration global_timeout) const {
  return detail::run_all(state_, state_->is_stealing, std::move(tasks), std::move(executor), global_timeout);
}

void PriorityOrchestrator::enable_work_stealing(bool enabled) const noexcept {
  state_->is_stealing = enabled;
}

void PriorityOrchestrator::cancel() const noexcept {
  state_->token.cancel();
}

}  // namespace corokit
