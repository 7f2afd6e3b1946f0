// Another right answer: explicit work stealing.
//
// What differs from the reference: every worker is a spawned task, and they run in parallel. Each has a deque of
// its own, kept in order: it takes from the front, the most urgent; a thief takes from the back, the least urgent,
// of the fullest deque, so that owner and thief want different jobs. What all of them know lies on one board behind
// a mutex; whoever looks, decides and takes does so under one lock, or two thieves would take the same. Results
// come through an mpsc channel, which is over when the last worker is.
//
//   conduct()   one a run: the global timeout around collect(), and the clearing up
//   collect()   one a run: reads the results; arrivals, cancellation, and deadlines at risk
//   serve()     one a worker, spawned
//   perform()   one a job, spawned, since it outlives its worker's attention when it gives way
#include <corokit/join_set.hpp>
#include <corokit/orchestrator/detail/priority_deadlines.hpp>
#include <corokit/orchestrator/detail/priority_ranking.hpp>
#include <corokit/orchestrator/priority_orchestrator.hpp>
#include <corokit/select.hpp>
#include <corokit/spawn.hpp>
#include <corokit/sync/mpsc.hpp>
#include <corokit/sync/mutex.hpp>
#include <corokit/sync/notify.hpp>
#include <corokit/sync/semaphore.hpp>
#include <corokit/time/timeout.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <deque>
#include <set>
#include <stdexcept>

namespace corokit {
namespace {

using Kind = PriorityError::Kind;
using Policy = PriorityOptions::Policy;
using Results = PriorityOrchestrator::Results;
using Permit = OwnedSemaphorePermit;
using Report = std::optional<PriorityResult>;  // none of a job that never started

/// What all copies of an orchestrator share.
struct Shared {
  std::shared_ptr<Semaphore> slots;
  std::size_t workers = 0;
  PriorityOptions options;
  CancellationToken token;
  std::atomic<bool> is_stealing{true};
};

/// A permit changes hands: from the worker to the job, and back when the job gives way. `gone` and `back` are the
/// two signals; whoever has just been told owns what is inside.
class Slot final : public PrioritySlot {
 public:
  explicit Slot(Permit permit) : permit_(std::move(permit)) {}

  void ask() noexcept { asked_ = true; }
  bool is_asked() const noexcept override { return asked_; }
  Task<void> give_way() override {
    leave();
    asked_ = false;
    ++preemptions_;
    gone_.notify_one();
    co_await back_.notified();
    since_ = now();
  }

  /// For its worker: waits until the job has given way.
  auto gone() noexcept { return gone_.notified(); }
  /// For a worker who takes up a job that has given way.
  void resume(Permit permit) {
    permit_.emplace(std::move(permit));
    back_.notify_one();
  }
  void leave() {
    if (permit_) used_ += now() - since_;
    permit_.reset();
  }
  Duration used() const noexcept { return used_; }
  std::size_t preemptions() const noexcept { return preemptions_; }

 private:
  std::atomic<bool> asked_{false};
  Notify gone_;
  Notify back_;
  std::optional<Permit> permit_;
  Instant since_ = now();
  Duration used_{0};
  std::size_t preemptions_ = 0;
};

/// Gives the permit back, however the job ends.
struct Leave {
  explicit Leave(Slot& of) : slot(of) {}
  Leave(const Leave&) = delete;
  Leave& operator=(const Leave&) = delete;
  ~Leave() { slot.leave(); }
  Slot& slot;
};

Task<Report> perform(std::shared_ptr<Slot> slot, PrioritizedTask task, PriorityExecutor executor,
                     CancellationToken token) {
  const Leave leave(*slot);
  if (token.is_cancelled()) co_return std::nullopt;
  const Instant started = now();
  PriorityExecutor::Answer answer = co_await executor(task, PriorityContext(token, slot));
  slot->leave();
  PriorityResult result(task.id, answer ? std::move(*answer) : std::move(answer.error()));
  result.started = started;
  result.ended = now();
  using Deadline = PriorityResult::Deadline;
  if (task.deadline) result.deadline = result.ended <= *task.deadline ? Deadline::met : Deadline::missed;
  result.preemptions = slot->preemptions();
  const auto used = std::chrono::duration_cast<std::chrono::milliseconds>(slot->used());
  result.duration_ms = static_cast<std::uint64_t>(used.count());
  co_return result;
}

struct Job : detail::DueJob {
  explicit Job(PrioritizedTask given) : DueJob(std::move(given)) {}
  void ask() noexcept { slot->ask(); }
  Duration left() const { return std::max(task.estimated_duration - used, Duration(1)); }

  std::size_t number = 0;  // in the order of submission
  std::size_t worker = 0;  // in whose deque it waits
  Instant arrival{};
  bool is_waiting = false;
  bool is_started = false;
  bool has_result = false;
  // Those of its worker, while it runs:
  std::shared_ptr<Slot> slot;
  std::optional<JoinHandle<Report>> work;
};

std::optional<PriorityError> refusal(const std::vector<PrioritizedTask>& tasks) {
  using Bounds = PriorityOrchestrator;
  const auto refused = [](const PrioritizedTask& task, const char* why) {
    return PriorityError(Kind::invalid_task, "task " + std::to_string(task.id) + ": " + why, task.id);
  };
  if (tasks.empty()) return PriorityError(Kind::invalid_task, "there must be from 1 to 10000 tasks");
  if (tasks.size() > Bounds::kMaxTasks)
    return refused(tasks[Bounds::kMaxTasks], "one too many, at most 10000 are allowed");
  std::set<std::uint32_t> ids;
  for (const PrioritizedTask& task : tasks) {
    if (!ids.insert(task.id).second) return refused(task, "its id is not unique");
    if (task.priority < Bounds::kMinPriority || task.priority > Bounds::kMaxPriority)
      return refused(task, "its priority must be from 1 to 10");
    if (task.estimated_duration < Bounds::kMinDuration || task.estimated_duration > Bounds::kMaxDuration)
      return refused(task, "its estimated duration must be from 1 ms to 60 s");
  }
  return std::nullopt;
}

/// What waits for one worker: a deque in order of urgency, and the same jobs by age.
struct Deque {
  explicit Deque(std::uint64_t* comparisons) : by_urgency(comparisons), by_age(comparisons) {}
  detail::Ranking<Job> by_urgency;
  detail::Ranking<Job> by_age;
};

/// What the workers of a run know in common. Only whoever holds its mutex may touch it.
class Board {
 public:
  /// `wake` has a Notify for each worker.
  Board(const PriorityOptions& options, bool is_stealing, std::deque<Notify>& wake,
        std::vector<PrioritizedTask> tasks)
      : options_(options),
        is_stealing_(is_stealing),
        wake_(wake),
        deques_(wake.size(), Deque(options.comparisons)),
        work_(wake.size(), Duration(0)),
        left_(tasks.size()) {
    for (PrioritizedTask& task : tasks) jobs_.emplace_back(std::move(task)).number = jobs_.size();
    deal();
  }
  Board(const Board&) = delete;
  Board& operator=(const Board&) = delete;
  ~Board() { abort(); }

  bool is_over() const noexcept { return left_ == 0; }
  /// A worker is free. Returns: whether it can start(); else it is woken when it can.
  bool is_wanted(std::size_t worker);
  /// Takes what the worker does next, which runs from here on. Null if another one was faster.
  Job* start(std::size_t worker);
  /// Moves what has arrived into the deques.
  void receive();
  /// From here on only what has started goes on.
  void stop();
  /// Asks jobs to give way. Returns: when to look again.
  Instant look();
  void give_way(Job& job);
  /// Counts a job that is over; `report` is none if it gave no result.
  void finish(Job& job, Duration used, bool has_result);

  void abort() noexcept;
  std::vector<JoinHandle<Report>*> running();
  std::vector<std::uint32_t> unfinished() const;

 private:
  bool has_work(std::size_t worker) const {
    return !deques_[worker].by_urgency.empty() || (is_stealing_ && waiting_ > 0);
  }
  void deal();
  void enqueue(Job& job);
  void dequeue(Job& job);
  detail::RankKey urgency(const Job& job) const;
  Instant overdue(const Job& job) const;
  detail::RankKey age(const Job& job) const {
    return {overdue(job).time_since_epoch().count(), job.task.id, 0};
  }

  const PriorityOptions options_;
  const bool is_stealing_;
  std::deque<Notify>& wake_;
  std::set<std::size_t> idle_;  // workers that wait to be woken
  std::size_t starting_ = 0;    // workers that are wanted, and have not started
  std::deque<Job> jobs_;
  std::vector<Job*> arrivals_;  // the next comes last
  std::vector<Deque> deques_;
  detail::Extremes<Duration> work_;  // that waits, of each deque
  std::optional<detail::Deadlines<Job>> deadlines_;
  std::size_t waiting_ = 0;
  std::size_t left_;
  bool is_stopped_ = false;
};

detail::RankKey Board::urgency(const Job& job) const {
  const auto left = job.left().count();
  switch (options_.policy) {
    case Policy::fifo:
      return {job.arrival.time_since_epoch().count(), static_cast<std::int64_t>(job.number), 0};
    case Policy::shortest:
      return {left, job.task.id, 0};
    default:
      return {job.task.priority, left, job.task.id};
  }
}

/// From when on it goes before those that are more urgent.
Instant Board::overdue(const Job& job) const {
  if (options_.policy != Policy::oracle) return Instant::max();
  const Duration step = std::min(options_.ageing_step, Duration::max() / 10);
  return detail::saturating_add(job.arrival, step * job.task.priority);
}

/// Each job gets a worker: in order of urgency, the one with the least to do.
void Board::deal() {
  for (Job& job : jobs_) {
    job.arrival = std::max(job.task.release.value_or(now()), now());
    arrivals_.push_back(&job);
  }
  std::sort(arrivals_.begin(), arrivals_.end(),
            [this, less = detail::Sooner{options_.comparisons}](Job* a, Job* b) {
              return less(urgency(*a), urgency(*b));
            });
  detail::Extremes<Duration> load(deques_.size(), Duration(0));
  for (Job* job : arrivals_) {
    job->worker = load.least();
    load.set(job->worker, load[job->worker] + job->left());
    job->line = is_stealing_ ? 0 : job->worker;
  }
  deadlines_.emplace(options_, arrivals_, is_stealing_ ? 1 : deques_.size(), deques_.size());
  std::sort(arrivals_.begin(), arrivals_.end(), [](Job* a, Job* b) { return a->arrival > b->arrival; });
}

void Board::receive() {
  while (!arrivals_.empty() && arrivals_.back()->arrival <= now()) {
    Job& job = *arrivals_.back();
    arrivals_.pop_back();
    deadlines_->arrive(job);
    enqueue(job);
  }
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
  if (Job& oldest = deque.by_age.first(); overdue(oldest) <= now()) job = &oldest;
  if (Job* urgent = deadlines_->must_run(job->line, *job, now())) job = urgent;
  dequeue(*job);
  job->worker = worker;
  deadlines_->run(*job, now());
  return job;
}

void Board::stop() {
  if (std::exchange(is_stopped_, true)) return;
  arrivals_.clear();
  for (Job& job : jobs_) {
    if (job.is_started) continue;
    if (job.is_waiting) dequeue(job);
    deadlines_->leave(job, now());
    --left_;
  }
}

Instant Board::look() {
  if (is_stopped_) return Instant::max();
  Instant until = Instant::max();
  // Nobody has to give way for what a worker is about to take. It tells when it has.
  if (starting_ == 0) {
    deadlines_->ask(now());
    until = deadlines_->next_look();
  }
  return arrivals_.empty() ? until : std::min(until, arrivals_.back()->arrival);
}

void Board::give_way(Job& job) {
  deadlines_->leave(job, now());
  job.used = job.slot->used();
  enqueue(job);
}

void Board::finish(Job& job, Duration used, bool has_result) {
  deadlines_->leave(job, now());
  job.work.reset();
  job.has_result = has_result;
  if (has_result) deadlines_->learn(job, used);
  --left_;
}

void Board::enqueue(Job& job) {
  job.is_waiting = true;
  deques_[job.worker].by_urgency.insert(urgency(job), job);
  deques_[job.worker].by_age.insert(age(job), job);
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
  deques_[job.worker].by_urgency.erase(urgency(job));
  deques_[job.worker].by_age.erase(age(job));
  work_.set(job.worker, work_[job.worker] - job.left());
  --waiting_;
}

void Board::abort() noexcept {
  for (Job& job : jobs_)
    if (job.work) job.work->abort();
}

std::vector<JoinHandle<Report>*> Board::running() {
  std::vector<JoinHandle<Report>*> handles;
  for (Job& job : jobs_)
    if (job.work && !job.work->is_finished()) handles.push_back(&*job.work);
  return handles;
}

std::vector<std::uint32_t> Board::unfinished() const {
  std::vector<std::uint32_t> ids;
  for (const Job& job : jobs_)
    if (!job.has_result) ids.push_back(job.task.id);
  std::sort(ids.begin(), ids.end());
  return ids;
}

/// What goes through the channel: a result, or why the run fails.
using News = Result<PriorityResult, PriorityError>;

/// What the tasks of a run share; it lives until the last of them is gone.
struct Run {
  Run(std::shared_ptr<Shared> of, PriorityExecutor work, std::vector<PrioritizedTask> tasks)
      : shared(std::move(of)),
        executor(std::move(work)),
        wake(std::min(shared->workers, tasks.size())),
        board(std::in_place, shared->options, shared->is_stealing.load(), wake, std::move(tasks)) {}

  std::shared_ptr<Shared> shared;
  PriorityExecutor executor;
  std::deque<Notify> wake;  // of each worker
  Mutex<Board> board;
  Notify clock;             // for collect(): the next time to look may have changed
  CancellationToken ended;  // all jobs are over: workers go home
};

/// Runs a job until it is over or gives way, without the board. Returns: how it ended, if it did.
Task<std::optional<Result<Report, JoinError>>> attend(Job& job) {
  const std::shared_ptr<Slot> slot = job.slot;
  auto first = co_await select(biased, *job.work, slot->gone());
  if (first.index() == 1) co_return std::nullopt;
  co_return std::get<0>(std::move(first));
}

/// The job that the worker does next, with its permit; null if there is none any more.
Task<Job*> begin(std::shared_ptr<Run> run, std::size_t worker, Permit permit) {
  auto board = co_await run->board.lock();
  if (run->shared->token.is_cancelled()) board->stop();
  board->receive();
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
  job->work.emplace(spawn(perform(job->slot, job->task, run->executor, run->shared->token)));
  co_return job;
}

/// Sends what became of a job, if anybody has to know.
void tell(const Run& run, const Job& job, std::size_t worker, Result<Report, JoinError> ending,
          const mpsc::UnboundedSender<News>& news) {
  if (ending && *ending) {
    (*ending)->worker = worker;
    static_cast<void>(news.send(std::move(**ending)));
  } else if (!ending && !run.shared->token.is_cancelled()) {
    std::string text = "task " + std::to_string(job.task.id) + ": " + ending.error().message();
    PriorityError error(Kind::task_failed, std::move(text), job.task.id);
    static_cast<void>(news.send(Err<PriorityError>(std::move(error))));
  }
}

/// Waits until the worker can start something. Returns: false if it never will.
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
    std::optional<Result<Report, JoinError>> ending;
    if (job) ending = co_await attend(*job);
    auto board = co_await run->board.lock();
    if (ending) {
      board->finish(*job, job->slot->used(), *ending && **ending);
      tell(*run, *job, worker, std::move(*ending), news);
    } else if (job) {
      board->give_way(*job);
    }
    is_wanted = board->is_wanted(worker);
    if (board->is_over()) run->ended.cancel();
    run->clock.notify_one();
  }
}

/// Keeps an eye on the clock while it waits for news. Returns: none when the last worker has gone.
Task<std::optional<News>> next_news(std::shared_ptr<Run> run, mpsc::UnboundedReceiver<News>& news) {
  for (bool is_cancelled = false;;) {
    Instant until;
    {
      auto board = co_await run->board.lock();
      is_cancelled = run->shared->token.is_cancelled();
      if (is_cancelled) board->stop();
      board->receive();
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

/// Ends all tasks of a run, and waits until they are gone.
Task<void> dismiss(std::shared_ptr<Run> run, JoinSet<void>& crew) {
  crew.abort_all();
  while (co_await crew.join_next()) {
  }
  auto board = co_await run->board.lock();
  board->abort();
  const std::vector<JoinHandle<Report>*> running = board->running();
  for (JoinHandle<Report>* handle : running) static_cast<void>(co_await *handle);
}

Task<Results> conduct(std::shared_ptr<Shared> shared, std::vector<PrioritizedTask> tasks,
                      PriorityExecutor executor, Duration global_timeout) {
  std::optional<PriorityError> error = refusal(tasks);
  if (error) co_return Err<PriorityError>(std::move(*error));
  const CancellationToken token = shared->token;
  const auto run = std::make_shared<Run>(std::move(shared), std::move(executor), std::move(tasks));
  if (global_timeout > Duration::zero() && !token.is_cancelled()) {
    JoinSet<void> crew;
    auto [sender, receiver] = mpsc::unbounded_channel<News>();
    for (std::size_t worker = 0; worker < run->wake.size(); ++worker) crew.spawn(serve(run, worker, sender));
    static_cast<void>(mpsc::UnboundedSender<News>(std::move(sender)));  // those of the workers are left
    auto in_time = co_await timeout(global_timeout, collect(run, std::move(receiver)));
    co_await dismiss(run, crew);
    if (in_time && *in_time && !token.is_cancelled()) co_return std::move(**in_time);
    if (in_time && !*in_time) error = std::move(in_time->error());
  }
  if (!error && token.is_cancelled()) error.emplace(Kind::cancelled, "the orchestrator was cancelled");
  if (!error) error.emplace(Kind::timeout, "the time was up before all tasks were done");
  auto board = co_await run->board.lock();
  error->unfinished = board->unfinished();
  co_return Err<PriorityError>(std::move(*error));
}

}  // namespace

struct PriorityOrchestrator::State : Shared {};

PriorityOrchestrator::PriorityOrchestrator(std::size_t max_concurrent, PriorityOptions options) {
  if (max_concurrent == 0) throw std::invalid_argument("an orchestrator needs max_concurrent > 0");
  if (options.ageing_step <= Duration::zero())
    throw std::invalid_argument("the ageing step must be positive");
  if (options.margin < Duration::zero()) throw std::invalid_argument("the margin must not be negative");
  options.margin = std::min<Duration>(options.margin, std::chrono::hours(24));
  state_ = std::make_shared<State>();
  state_->slots = std::make_shared<Semaphore>(std::min(max_concurrent, Semaphore::max_permits()));
  state_->workers = max_concurrent;
  state_->options = options;
}

Task<Results> PriorityOrchestrator::run_with_priority(std::vector<PrioritizedTask> tasks,
                                                      PriorityExecutor executor,
                                                      Duration global_timeout) const {
  return conduct(state_, std::move(tasks), std::move(executor), global_timeout);
}

void PriorityOrchestrator::enable_work_stealing(bool enabled) const noexcept {
  state_->is_stealing = enabled;
}

void PriorityOrchestrator::cancel() const noexcept {
  state_->token.cancel();
}

}  // namespace corokit
