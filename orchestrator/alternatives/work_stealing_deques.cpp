// Another right answer: explicit work stealing.
//
// What differs from the reference: every worker is a spawned task, and the workers run in parallel. Each has an ordered
// deque of its own and takes the most urgent job, from the front. A thief takes the least urgent job, from the back of
// the fullest deque, so owner and thief want different jobs. The common state is in one Board behind a mutex: a worker
// looks, decides and takes under one lock, or two thieves would take the same job. The results come through an mpsc
// channel, which ends when the last worker does.
//
//   run_all()   once for each run: awaits collect() under the global timeout, then ends what is left
//   collect()   once for each run: reads the results, and handles arrivals, the cancellation and deadlines at risk
//   serve()     once for each worker, spawned
//   perform()   once for each job, spawned: a job that gives way may go on under another worker
#include <corokit/join_set.hpp>
#include <corokit/orchestrator/priority_orchestrator.hpp>
#include <corokit/select.hpp>
#include <corokit/sync/mpsc.hpp>
#include <corokit/sync/mutex.hpp>
#include <corokit/sync/notify.hpp>
#include <corokit/time/timeout.hpp>

#include <algorithm>
#include <deque>
#include <set>

#include "priority_job.hpp"
#include "priority_jobs.hpp"
#include "priority_rules.hpp"

namespace corokit {

struct PriorityOrchestrator::State : detail::PriorityShared {
  using PriorityShared::PriorityShared;
};

namespace {

using Results = PriorityOrchestrator::Results;
using Permit = OwnedSemaphorePermit;
using Ending = Result<detail::PriorityReport, JoinError>;

/// A permit moves from the worker to the job, and goes back when the job gives way. `gone` and `back` are the two
/// signals; the side that has received the last signal owns the members.
class Slot final : public detail::LentSlot {
 public:
  using LentSlot::LentSlot;

  Task<void> give_way() override {
    leave();
    count_preemption();
    gone_.notify_one();
    co_await back_.notified();
  }

  /// The worker of the job waits here until the job has given way.
  auto gone() noexcept { return gone_.notified(); }
  /// A worker resumes a job that has given way.
  void resume(Permit permit) {
    go_on(std::move(permit));
    back_.notify_one();
  }

 private:
  Notify gone_;
  Notify back_;
};

using Job = detail::PriorityJob<Slot>;

/// The jobs that wait for one worker: a deque in the order of urgency, and the same jobs in the order of age.
struct Deque {
  explicit Deque(std::uint64_t* comparisons) : by_urgency(comparisons), by_age(comparisons) {}
  detail::Ranking<Job> by_urgency;
  detail::Ranking<Job> by_age;
};

/// The common state of the workers of a run.
///
/// Thread-safety: only the holder of its mutex may use it.
class Board : public detail::PriorityJobs<Job> {
 public:
  /// `wake` has a Notify for each worker.
  Board(const detail::PrioritySettings& options, bool is_stealing, std::deque<Notify>& wake,
        const std::vector<PrioritizedTask>& tasks)
      : PriorityJobs(options, is_stealing, wake.size(), tasks),
        is_stealing_(is_stealing),
        wake_(wake),
        deques_(wake.size(), Deque(options.comparisons)),
        work_(wake.size(), Duration(0)) {}

  /// A worker is free.
  /// Returns: whether it may call start() now; if not, it is woken when it may.
  bool is_wanted(std::size_t worker);
  /// Takes the next job of a worker, which counts as running from now on.
  /// Returns: null if another worker has taken the last job.
  Job* start(std::size_t worker);
  /// Moves the jobs that have arrived into the deques. After a cancellation no job starts any more.
  void receive(bool is_cancelled);
  /// Asks jobs to give way if a deadline is at risk.
  /// Returns: when to look again.
  Instant look();
  void give_way(Job& job);
  using PriorityJobs::finish;

 private:
  bool has_work(std::size_t worker) const {
    return !deques_[worker].by_urgency.empty() || (is_stealing_ && waiting_ > 0);
  }
  void enqueue(Job& job);
  void dequeue(Job& job);

  const bool is_stealing_;
  std::deque<Notify>& wake_;
  std::set<std::size_t> idle_;  // the workers that wait to be woken
  std::size_t starting_ = 0;    // the number of workers that are about to call start()
  std::vector<Deque> deques_;
  detail::Extremes<Duration> work_;  // the estimated work that waits in each deque
  std::size_t waiting_ = 0;
};

void Board::receive(bool is_cancelled) {
  if (is_cancelled) stop([this](Job& job) { dequeue(job); });
  while (Job* const job = arrival()) enqueue(*job);
}

bool Board::is_wanted(std::size_t worker) {
  if (has_work(worker)) return ++starting_;
  idle_.insert(worker);
  return false;
}

Job* Board::start(std::size_t worker) {
  --starting_;
  if (!has_work(worker)) return nullptr;
  const bool is_theft = deques_[worker].by_urgency.empty();
  const Deque& deque = deques_[is_theft ? work_.most() : worker];
  Job* job = is_theft ? &deque.by_urgency.last() : &deque.by_urgency.first();
  if (Job& oldest = deque.by_age.first(); rules_.overdue(oldest) <= now()) job = &oldest;
  if (Job* urgent = deadlines_->must_run(job->group, *job, now())) job = urgent;
  dequeue(*job);
  job->worker = worker;
  deadlines_->run(*job, now());
  return job;
}

Instant Board::look() {
  if (is_stopped_) return Instant::max();
  // No job has to give way for a job that a worker is about to take. The worker wakes this once it has taken it.
  if (starting_ == 0) deadlines_->ask(now());
  return starting_ == 0 ? next_look() : next_arrival();
}

void Board::give_way(Job& job) {
  deadlines_->leave(job, now());
  job.used = job.slot->used();
  enqueue(job);
}

void Board::enqueue(Job& job) {
  job.is_waiting = true;
  deques_[job.worker].by_urgency.insert(rules_.urgency(job), job);
  deques_[job.worker].by_age.insert(rules_.age(job), job);
  work_.set(job.worker, work_[job.worker] + job.left());
  deadlines_->wait(job, now());
  ++waiting_;
  auto sleeper = idle_.find(job.worker);
  if (sleeper == idle_.end() && is_stealing_) sleeper = idle_.begin();
  if (sleeper == idle_.end()) return;
  ++starting_;
  wake_[idle_.extract(sleeper).value()].notify_one();
}

void Board::dequeue(Job& job) {
  job.is_waiting = false;
  deques_[job.worker].by_urgency.erase(rules_.urgency(job));
  deques_[job.worker].by_age.erase(rules_.age(job));
  work_.set(job.worker, work_[job.worker] - job.left());
  --waiting_;
}

/// A message of a worker: a result, or the reason why the run fails.
using News = Result<PriorityResult, PriorityError>;

/// The state that the tasks of a run share. It lives until the last of them is gone.
struct Run {
  Run(std::shared_ptr<detail::PriorityShared> of, bool is_stealing, std::size_t workers,
      PriorityExecutor work, const std::vector<PrioritizedTask>& tasks)
      : shared(std::move(of)),
        executor(std::move(work)),
        wake(workers),
        board(std::in_place, shared->options, is_stealing, wake, tasks) {}

  bool is_cancelled() const noexcept { return shared->token.is_cancelled(); }

  std::shared_ptr<detail::PriorityShared> shared;
  PriorityExecutor executor;
  std::deque<Notify> wake;  // of each worker
  Mutex<Board> board;
  Notify clock;             // wakes collect(), because the next time to look may have changed
  CancellationToken ended;  // cancelled when all jobs are over: the workers return
};

/// Waits until a job is over or gives way, without the lock of the board.
/// Returns: how the job ended; none if it gave way.
Task<std::optional<Ending>> wait_for_job(Job& job) {
  const std::shared_ptr<Slot> slot = job.slot;
  auto first = co_await select(biased, *job.work, slot->gone());
  if (first.index() == 1) co_return std::nullopt;
  co_return std::get<0>(std::move(first));
}

/// Starts the next job of a worker, or makes it go on, with this permit.
/// Returns: null if there is no job any more.
Task<Job*> begin(std::shared_ptr<Run> run, std::size_t worker, Permit permit) {
  auto board = co_await run->board.lock();
  board->receive(run->is_cancelled());
  Job* const job = board->start(worker);
  if (board->is_over()) run->ended.cancel();
  run->clock.notify_one();
  if (!job) co_return nullptr;
  if (job->is_started) {
    job->slot->resume(std::move(permit));
    co_return job;
  }
  job->is_started = true;
  job->slot = std::make_shared<Slot>(std::move(permit));
  job->work.emplace(spawn(detail::perform(job->slot, job->task, run->executor, run->shared->token)));
  co_return job;
}

/// Waits until the worker may start a job.
/// Returns: false if there will be none.
Task<bool> is_called(std::shared_ptr<Run> run, std::size_t worker) {
  auto called = co_await select(biased, run->wake[worker].notified(), run->ended.cancelled());
  co_return called.index() == 0;
}

Task<void> serve(std::shared_ptr<Run> run, std::size_t worker, mpsc::UnboundedSender<News> news) {
  bool is_wanted = false;
  {
    auto board = co_await run->board.lock();
    is_wanted = board->is_wanted(worker);
  }
  for (;;) {
    if (!is_wanted) is_wanted = co_await is_called(run, worker);
    if (!is_wanted) co_return;
    auto permit =
        co_await select(biased, run->ended.cancelled(), Semaphore::acquire_owned(run->shared->slots));
    if (permit.index() == 0) co_return;
    Job* const job = co_await begin(run, worker, std::move(*std::get<1>(permit)));
    std::optional<Ending> ending;
    if (job) ending = co_await wait_for_job(*job);
    auto board = co_await run->board.lock();
    if (ending) {
      auto report = board->finish(*job, std::move(*ending), run->is_cancelled());
      if (!report)
        static_cast<void>(news.send(Err<PriorityError>(std::move(report.error()))));
      else if (*report)
        static_cast<void>(news.send(std::move(**report)));
    } else if (job) {
      board->give_way(*job);
    }
    is_wanted = board->is_wanted(worker);
    if (board->is_over()) run->ended.cancel();
    run->clock.notify_one();
  }
}

/// Waits for a message, and handles everything else meanwhile.
/// Returns: none when the last worker has returned.
Task<std::optional<News>> next_news(std::shared_ptr<Run> run, mpsc::UnboundedReceiver<News>& news) {
  for (bool is_cancelled = false;;) {
    Instant until;
    {
      auto board = co_await run->board.lock();
      is_cancelled = run->is_cancelled();
      board->receive(is_cancelled);
      if (board->is_over()) run->ended.cancel();
      until = board->look();
    }
    const CancellationToken token = is_cancelled ? CancellationToken() : run->shared->token;
    auto first =
        co_await select(biased, news.recv(), token.cancelled(), run->clock.notified(), sleep_until(until));
    if (first.index() == 0) co_return std::get<0>(std::move(first));
  }
}

Task<Results> collect(std::shared_ptr<Run> run, mpsc::UnboundedReceiver<News> news) {
  std::vector<PriorityResult> results;
  for (;;) {
    std::optional<News> next = co_await next_news(run, news);
    if (!next) co_return results;
    if (!*next) co_return Err<PriorityError>(std::move(next->error()));
    results.push_back(std::move(**next));
  }
}

Task<Results> run_all(std::shared_ptr<detail::PriorityShared> shared, bool is_stealing,
                      std::vector<PrioritizedTask> tasks, PriorityExecutor executor,
                      Duration global_timeout) {
  if (auto refusal = detail::refusal(tasks)) co_return Err<PriorityError>(std::move(*refusal));
  const std::size_t workers = std::min(shared->workers, tasks.size());
  const auto run = std::make_shared<Run>(std::move(shared), is_stealing, workers, std::move(executor), tasks);
  std::optional<PriorityError> failure;
  if (global_timeout > Duration::zero() && !run->is_cancelled()) {
    JoinSet<void> serving;
    auto [sender, receiver] = mpsc::unbounded_channel<News>();
    for (std::size_t worker = 0; worker < workers; ++worker) serving.spawn(serve(run, worker, sender));
    static_cast<void>(
        mpsc::UnboundedSender<News>(std::move(sender)));  // drops this sender: only the workers have one now
    auto in_time = co_await timeout(global_timeout, collect(run, std::move(receiver)));
    serving.abort_all();
    while (co_await serving.join_next()) {
    }
    auto board = co_await run->board.lock();  // all workers have returned
    co_await board->abort_and_join();
    if (in_time && *in_time && !run->is_cancelled()) co_return std::move(**in_time);
    if (in_time && !*in_time) failure = std::move(in_time->error());
  }
  auto board = co_await run->board.lock();
  co_return Err<PriorityError>(
      detail::why_no_results(std::move(failure), run->is_cancelled(), board->unfinished()));
}

}  // namespace

PriorityOrchestrator::PriorityOrchestrator(std::size_t max_concurrent, PriorityOptions options)
    : state_(std::make_shared<State>(max_concurrent, options)) {}

Task<Results> PriorityOrchestrator::run_with_priority(std::vector<PrioritizedTask> tasks,
                                                      PriorityExecutor executor,
                                                      Duration global_timeout) const {
  return run_all(state_, state_->is_stealing, std::move(tasks), std::move(executor), global_timeout);
}

void PriorityOrchestrator::enable_work_stealing(bool enabled) const noexcept {
  state_->is_stealing = enabled;
}

void PriorityOrchestrator::cancel() const noexcept {
  state_->token.cancel();
}

}  // namespace corokit
