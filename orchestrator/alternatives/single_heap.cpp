// Another right answer: a single heap, and workers that help themselves.
//
// What differs from the reference: nobody gives out work. Each worker is a coroutine that takes the next job
// from one heap for all, and waits until that is over or gives way; one more coroutine watches the clock. All
// of them are branches of the task that awaits the run, so the heap needs no lock. Without queues there is
// nothing to steal, and no queue to be the fullest; with stealing off the tasks are dealt first, and each
// worker has a heap of its own. A job that leaves the heap from its middle stays behind as a stale entry.
//
//   conduct()   one a run: the global timeout around all(), and the clearing up
//   watch()     one a run: arrivals, cancellation, and when deadlines are at risk
//   serve()     one a worker
//   perform()   one a job, spawned
#include <corokit/orchestrator/detail/priority_deadlines.hpp>
#include <corokit/orchestrator/priority_orchestrator.hpp>
#include <corokit/select.hpp>
#include <corokit/spawn.hpp>
#include <corokit/sync/notify.hpp>
#include <corokit/sync/oneshot.hpp>
#include <corokit/sync/semaphore.hpp>
#include <corokit/time/timeout.hpp>
#include <corokit/unordered.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <deque>
#include <queue>
#include <set>
#include <stdexcept>

namespace corokit {

namespace {

using Kind = PriorityError::Kind;
using Policy = PriorityOptions::Policy;
using Results = PriorityOrchestrator::Results;
using Report = std::optional<PriorityResult>;  // none of a job that never started

/// What all copies of an orchestrator share.
struct Shared {
  std::shared_ptr<Semaphore> slots;
  std::size_t workers = 0;
  PriorityOptions options;
  CancellationToken token;
  std::atomic<bool> is_stealing{true};
};

struct GivenBack;

/// What a job needs to run: a permit, and a way to tell that it has given that back.
struct Lease {
  Lease(OwnedSemaphorePermit slot, oneshot::Sender<GivenBack> sender)
      : permit(std::move(slot)), give_back(std::move(sender)) {}
  OwnedSemaphorePermit permit;
  oneshot::Sender<GivenBack> give_back;
};

/// What it tells then: where it waits for the next lease.
struct GivenBack {
  explicit GivenBack(oneshot::Sender<Lease> sender) : resume(std::move(sender)) {}
  oneshot::Sender<Lease> resume;
};

class Slot final : public PrioritySlot {
 public:
  explicit Slot(Lease lease) : permit_(std::move(lease.permit)), give_back_(std::move(lease.give_back)) {}
  void ask() noexcept { asked_ = true; }
  bool is_asked() const noexcept override { return asked_; }
  Task<void> give_way() override {
    auto [sender, next] = oneshot::channel<Lease>();
    asked_ = false;
    ++preemptions_;
    leave();
    static_cast<void>(give_back_.send(GivenBack(std::move(sender))));
    Result<Lease, oneshot::RecvError> lease = co_await next;
    if (!lease) co_await CancellationToken().cancelled();  // the run is gone, and this is about to be
    permit_.emplace(std::move(lease->permit));
    give_back_ = std::move(lease->give_back);
    since_ = now();
  }
  void leave() {
    if (permit_) used_ += now() - since_;
    permit_.reset();
  }
  Duration used() const noexcept { return used_; }
  std::size_t preemptions() const noexcept { return preemptions_; }

 private:
  std::atomic<bool> asked_{false};
  std::optional<OwnedSemaphorePermit> permit_;
  oneshot::Sender<GivenBack> give_back_;  // lives as long as the job: only giving way is told
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
  Instant arrival{};
  std::size_t stamp = 0;  // counts how often it left the heap
  bool is_waiting = false;
  bool is_started = false;
  bool has_result = false;
  std::shared_ptr<Slot> slot;
  std::optional<JoinHandle<Report>> work;
  std::optional<oneshot::Sender<Lease>> resume;  // while it has given way
};

/// A heap by one kind of key, from which jobs disappear by a change of their stamp.
class Heap {
  struct Entry {
    detail::RankKey key;
    Job* job;
    std::size_t stamp;
  };
  struct Later {
    detail::Sooner sooner;
    bool operator()(const Entry& a, const Entry& b) const { return sooner(b.key, a.key); }
  };

 public:
  explicit Heap(std::uint64_t* comparisons) : later_{{comparisons}} {}

  void push(const detail::RankKey& key, Job& job) {
    entries_.push_back({key, &job, job.stamp});
    std::push_heap(entries_.begin(), entries_.end(), later_);
  }
  /// Returns: null if the heap is empty.
  Job* top() {
    while (!entries_.empty() && entries_.front().job->stamp != entries_.front().stamp) {
      std::pop_heap(entries_.begin(), entries_.end(), later_);
      entries_.pop_back();
    }
    return entries_.empty() ? nullptr : entries_.front().job;
  }

 private:
  Later later_;
  std::vector<Entry> entries_;
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

/// One run. All of it happens on the task that awaits it.
class Run {
 public:
  Run(std::shared_ptr<Shared> of, PriorityExecutor work, std::vector<PrioritizedTask> tasks)
      : shared_(std::move(of)), executor_(std::move(work)), left_(tasks.size()) {
    for (PrioritizedTask& task : tasks) jobs_.emplace_back(std::move(task)).number = jobs_.size();
    deal(std::min(shared_->workers, jobs_.size()));
  }
  Run(const Run&) = delete;
  Run& operator=(const Run&) = delete;
  ~Run() { abort(); }

  /// Runs everything. Returns: why that failed, if it did.
  Task<std::optional<PriorityError>> all();
  /// Ends those that still run, and waits until they are gone.
  Task<void> dismiss();
  std::vector<PriorityResult> take_results() { return std::move(results_); }
  std::vector<std::uint32_t> unfinished() const;

 private:
  struct Line {
    explicit Line(std::uint64_t* comparisons) : by_urgency(comparisons), by_age(comparisons) {}
    Heap by_urgency;
    Heap by_age;
    std::size_t waiting = 0;
    std::size_t idle = 0;
    Notify work;  // for those who are idle
  };

  void deal(std::size_t workers);
  Task<void> serve(std::size_t worker);
  Task<void> watch();
  void receive();
  void stop();
  void enqueue(Job& job);
  void dequeue(Job& job);
  Job* take(Line& line, std::size_t index);
  void lend(Job& job, Lease lease);
  void finish(Job& job, std::size_t worker, Result<Report, JoinError> ending);
  void abort() noexcept;

  bool is_over() const noexcept { return left_ == 0 || failure_; }
  detail::RankKey urgency(const Job& job) const;
  Instant overdue(const Job& job) const;

  std::shared_ptr<Shared> shared_;
  PriorityExecutor executor_;
  std::deque<Job> jobs_;
  std::vector<Job*> arrivals_;  // the next comes last
  std::deque<Line> lines_;      // one, or one a worker
  std::optional<detail::Deadlines<Job>> deadlines_;
  std::size_t workers_ = 0;
  std::size_t left_;
  bool is_stopped_ = false;
  std::size_t starting_ = 0;  // workers that were idle, and are about to look
  Notify clock_;              // for watch(): the next time to look may have changed
  std::vector<PriorityResult> results_;
  std::optional<PriorityError> failure_;
};

detail::RankKey Run::urgency(const Job& job) const {
  const auto left = job.left().count();
  switch (shared_->options.policy) {
    case Policy::fifo:
      return {job.arrival.time_since_epoch().count(), static_cast<std::int64_t>(job.number), 0};
    case Policy::shortest:
      return {left, job.task.id, 0};
    default:
      return {job.task.priority, left, job.task.id};
  }
}

/// From when on it goes before those that are more urgent.
Instant Run::overdue(const Job& job) const {
  if (shared_->options.policy != Policy::oracle) return Instant::max();
  const Duration step = std::min(shared_->options.ageing_step, Duration::max() / 10);
  return detail::saturating_add(job.arrival, step * job.task.priority);
}

/// Without stealing, each job gets a worker: in order of urgency, the one with the least to do.
void Run::deal(std::size_t workers) {
  workers_ = workers;
  const std::size_t lines = shared_->is_stealing ? 1 : workers;
  std::uint64_t* const comparisons = shared_->options.comparisons;
  for (std::size_t i = 0; i < lines; ++i) lines_.emplace_back(comparisons);
  for (Job& job : jobs_) {
    job.arrival = std::max(job.task.release.value_or(now()), now());
    arrivals_.push_back(&job);
  }
  std::sort(arrivals_.begin(), arrivals_.end(), [this, less = detail::Sooner{comparisons}](Job* a, Job* b) {
    return less(urgency(*a), urgency(*b));
  });
  using Load = std::pair<Duration, std::size_t>;
  std::priority_queue<Load, std::vector<Load>, std::greater<>> loads;
  for (std::size_t i = 0; i < lines; ++i) loads.emplace(Duration(0), i);
  for (Job* job : arrivals_) {
    const Load least = loads.top();
    loads.pop();
    job->line = least.second;
    loads.emplace(least.first + job->left(), least.second);
  }
  deadlines_.emplace(shared_->options, arrivals_, lines, workers);
  std::sort(arrivals_.begin(), arrivals_.end(), [](Job* a, Job* b) { return a->arrival > b->arrival; });
}

Task<std::optional<PriorityError>> Run::all() {
  FuturesUnordered<Task<void>> crew;
  crew.push(watch());
  for (std::size_t worker = 0; worker < workers_; ++worker) crew.push(serve(worker));
  receive();
  while (!is_over()) static_cast<void>(co_await crew.next());  // each returns when all is over
  co_return std::move(failure_);
}

/// A worker: first a slot, then the job that is the most urgent by then.
Task<void> Run::serve(std::size_t worker) {
  const std::size_t index = worker % lines_.size();
  Line& line = lines_[index];
  while (!is_over()) {
    if (line.waiting == 0) {
      ++line.idle;
      co_await line.work.notified();
      --starting_;
      continue;
    }
    std::optional<OwnedSemaphorePermit> permit;
    // If one is free, it is taken at once: so watch() never asks for a slot that is there.
    if (auto free = Semaphore::try_acquire_owned(shared_->slots)) {
      permit.emplace(std::move(*free));
    } else {
      auto next = co_await Semaphore::acquire_owned(shared_->slots);
      permit.emplace(std::move(*next));
    }
    receive();
    Job* const job = take(line, index);
    if (!job) continue;
    auto [sender, given_back] = oneshot::channel<GivenBack>();
    lend(*job, Lease(std::move(*permit), std::move(sender)));
    auto first = co_await select(biased, *job->work, given_back);
    if (first.index() == 0) {
      finish(*job, worker, std::get<0>(std::move(first)));
    } else {
      deadlines_->leave(*job, now());
      job->used = job->slot->used();
      job->resume.emplace(std::move(std::get<1>(first)->resume));
      enqueue(*job);
    }
    clock_.notify_one();
  }
}

/// Keeps an eye on everything that is not the end of a job.
Task<void> Run::watch() {
  while (!is_over()) {
    receive();
    if (is_over()) break;
    if (!is_stopped_ && starting_ == 0) deadlines_->ask(now());
    Instant until = deadlines_->next_look();
    if (!arrivals_.empty()) until = std::min(until, arrivals_.back()->arrival);
    if (is_stopped_) {
      co_await clock_.notified();
    } else {
      co_await select(shared_->token.cancelled(), clock_.notified(), sleep_until(until));
    }
  }
}

/// Arrivals, and cancellation.
void Run::receive() {
  if (shared_->token.is_cancelled()) stop();
  while (!arrivals_.empty() && arrivals_.back()->arrival <= now()) {
    Job& job = *arrivals_.back();
    arrivals_.pop_back();
    deadlines_->arrive(job);
    enqueue(job);
  }
}

/// From here on only what has started goes on.
void Run::stop() {
  if (std::exchange(is_stopped_, true)) return;
  for (Job& job : jobs_) {
    if (job.is_started) continue;
    if (job.is_waiting) dequeue(job);
    deadlines_->leave(job, now());
    --left_;
  }
  arrivals_.clear();
  clock_.notify_one();
}

void Run::enqueue(Job& job) {
  Line& line = lines_[job.line];
  job.is_waiting = true;
  line.by_urgency.push(urgency(job), job);
  line.by_age.push({overdue(job).time_since_epoch().count(), job.task.id, 0}, job);
  deadlines_->wait(job, now());
  ++line.waiting;
  if (line.idle > 0) {
    --line.idle;
    ++starting_;
    line.work.notify_one();
  }
  clock_.notify_one();
}

void Run::dequeue(Job& job) {
  job.is_waiting = false;
  ++job.stamp;
  --lines_[job.line].waiting;
}

Job* Run::take(Line& line, std::size_t index) {
  Job* job = line.by_age.top();
  if (!job) return nullptr;
  if (overdue(*job) > now()) job = line.by_urgency.top();
  if (Job* urgent = deadlines_->must_run(index, *job, now())) job = urgent;
  dequeue(*job);
  return job;
}

void Run::lend(Job& job, Lease lease) {
  deadlines_->run(job, now());
  if (job.resume) {
    static_cast<void>(std::exchange(job.resume, std::nullopt)->send(std::move(lease)));
    return;
  }
  job.is_started = true;
  job.slot = std::make_shared<Slot>(std::move(lease));
  job.work.emplace(spawn(perform(job.slot, job.task, executor_, shared_->token)));
}

void Run::finish(Job& job, std::size_t worker, Result<Report, JoinError> ending) {
  deadlines_->leave(job, now());
  --left_;
  job.work.reset();
  if (ending && *ending) {
    deadlines_->learn(job, job.slot->used());
    job.has_result = true;
    results_.push_back(std::move(**ending));
    results_.back().worker = worker;
  }
  if (!ending && !shared_->token.is_cancelled())
    failure_.emplace(Kind::task_failed,
                     "task " + std::to_string(job.task.id) + ": " + ending.error().message(), job.task.id);
}

void Run::abort() noexcept {
  for (Job& job : jobs_)
    if (job.work) job.work->abort();
}

Task<void> Run::dismiss() {
  abort();
  for (Job& job : jobs_)
    if (job.work && !job.work->is_finished()) static_cast<void>(co_await *job.work);
}

std::vector<std::uint32_t> Run::unfinished() const {
  std::vector<std::uint32_t> ids;
  for (const Job& job : jobs_)
    if (!job.has_result) ids.push_back(job.task.id);
  std::sort(ids.begin(), ids.end());
  return ids;
}

Task<Results> conduct(std::shared_ptr<Shared> shared, std::vector<PrioritizedTask> tasks,
                      PriorityExecutor executor, Duration global_timeout) {
  std::optional<PriorityError> error = refusal(tasks);
  if (error) co_return Err<PriorityError>(std::move(*error));
  const CancellationToken token = shared->token;
  Run run(std::move(shared), std::move(executor), std::move(tasks));
  if (global_timeout > Duration::zero()) {
    auto in_time = co_await timeout(global_timeout, run.all());
    co_await run.dismiss();
    if (in_time && !*in_time && !token.is_cancelled()) co_return run.take_results();
    if (in_time) error = std::move(*in_time);
  }
  if (!error && token.is_cancelled()) error.emplace(Kind::cancelled, "the orchestrator was cancelled");
  if (!error) error.emplace(Kind::timeout, "the time was up before all tasks were done");
  error->unfinished = run.unfinished();
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
