// The reference solution. One coroutine makes all decisions, on the task that awaits the run, so that queues
// need no lock: it gives jobs to free workers, waits for what happens next, and looks again.
//
//   conduct()   one a run: the global timeout around decide(), and the clearing up
//   decide()    one a run: the loop
//   attend()    one a busy worker: waits until its job is over or gives way
//   perform()   one a job, spawned: the task itself, from its first slot to its answer
//
// A slot is a permit of the semaphore. It moves: into the job when that starts, back when it gives way or is
// over, and with a message into the job when that goes on.
#include <corokit/orchestrator/detail/priority_deadlines.hpp>
#include <corokit/orchestrator/detail/priority_ranking.hpp>
#include <corokit/orchestrator/priority_orchestrator.hpp>
#include <corokit/select.hpp>
#include <corokit/spawn.hpp>
#include <corokit/sync/mpsc.hpp>
#include <corokit/sync/oneshot.hpp>
#include <corokit/sync/semaphore.hpp>
#include <corokit/time/timeout.hpp>
#include <corokit/unordered.hpp>

#include <algorithm>
#include <atomic>
#include <deque>
#include <numeric>
#include <set>
#include <stdexcept>
#include <unordered_set>
#include <variant>

namespace corokit {

struct PriorityOrchestrator::State {
  std::shared_ptr<Semaphore> slots;
  std::size_t workers = 0;
  PriorityOptions options;
  CancellationToken token;
  std::atomic<bool> is_stealing{true};
};

namespace {

using Kind = PriorityError::Kind;
using Policy = PriorityOptions::Policy;
using Permit = OwnedSemaphorePermit;
using Report = std::optional<PriorityResult>;  // none of a job that never started

// ---- One job
// -------------------------------------------------------------------------------------------------

/// What a job says when it gives way: how to make it go on, and how long it has had a slot so far.
struct GaveWay {
  GaveWay(oneshot::Sender<Permit> sender, Duration had) : resume(std::move(sender)), used(had) {}
  oneshot::Sender<Permit> resume;
  Duration used;
};

/// The job's own end of the talk with decide(), which calls ask() alone.
class Slot final : public PrioritySlot {
 public:
  Slot(Permit permit, mpsc::UnboundedSender<GaveWay> events)
      : permit_(std::move(permit)), events_(std::move(events)) {}

  void ask() noexcept { asked_ = true; }
  bool is_asked() const noexcept override { return asked_; }

  Task<void> give_way() override {
    auto [resume, next] = oneshot::channel<Permit>();
    leave();
    asked_ = false;
    ++preemptions_;
    static_cast<void>(events_.send(GaveWay(std::move(resume), used_)));
    Result<Permit, oneshot::RecvError> permit = co_await next;
    // Without one the run is gone, and this job is about to be dropped: it goes no further.
    if (!permit) co_await CancellationToken().cancelled();
    permit_ = std::move(*permit);
    since_ = now();
  }

  /// Gives the permit back.
  void leave() {
    if (permit_) used_ += now() - since_;
    permit_.reset();
  }
  Duration used() const noexcept { return used_; }
  std::size_t preemptions() const noexcept { return preemptions_; }

 private:
  std::atomic<bool> asked_{false};
  std::optional<Permit> permit_;
  mpsc::UnboundedSender<GaveWay> events_;
  Instant since_ = now();
  Duration used_{0};
  std::size_t preemptions_ = 0;
};

/// However a job ends: whoever keeps its PriorityContext for longer keeps no permit.
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
  // The last moment to look: from here to the first line of the task nothing else can happen.
  if (token.is_cancelled()) co_return std::nullopt;
  const Instant started = now();
  PriorityExecutor::Answer answer = co_await executor(task, PriorityContext(token, slot));
  slot->leave();
  PriorityResult result(task.id, answer ? std::move(*answer) : std::move(answer.error()));
  result.started = started;
  result.ended = now();
  if (task.deadline)
    result.deadline =
        result.ended <= *task.deadline ? PriorityResult::Deadline::met : PriorityResult::Deadline::missed;
  const auto used = std::chrono::duration_cast<std::chrono::milliseconds>(slot->used());
  result.duration_ms = static_cast<std::uint64_t>(used.count());
  result.preemptions = slot->preemptions();
  co_return result;
}

/// decide()'s end of the talk, and all it knows of a job.
struct Job : detail::DueJob {
  Job(PrioritizedTask given, std::size_t index) : DueJob(std::move(given)), number(index) {}
  Job(const Job&) = delete;
  Job& operator=(const Job&) = delete;

  void ask() noexcept { slot->ask(); }
  /// Of the estimate; never none, so that a queue with jobs is fuller than one without.
  Duration left() const { return std::max(task.estimated_duration - used, Duration(1)); }

  std::size_t number;  // in the order of submission
  Instant arrival{};
  std::size_t worker = 0;  // in whose queue it waits, or who runs it
  bool is_waiting = false;
  bool is_started = false;
  bool has_result = false;

  // From its start to its end:
  std::shared_ptr<Slot> slot;
  std::optional<JoinHandle<Report>> work;
  std::optional<mpsc::UnboundedReceiver<GaveWay>> events;
  std::optional<oneshot::Sender<Permit>> resume;  // while it has given way
};

// ---- Order
// ---------------------------------------------------------------------------------------------------

/// Rules 2 and 3 of the header, or what another policy puts in their place.
struct Order {
  explicit Order(const PriorityOptions& chosen) : options(chosen) {}

  detail::RankKey urgency(const Job& job) const {
    const auto left = job.left().count();
    if (options.policy == Policy::fifo)
      return {job.arrival.time_since_epoch().count(), static_cast<std::int64_t>(job.number), 0};
    if (options.policy == Policy::shortest) return {left, job.task.id, 0};
    return {job.task.priority, left, job.task.id};
  }
  /// From when on it goes first.
  Instant overdue(const Job& job) const {
    if (options.policy != Policy::oracle) return Instant::max();
    const Duration step = std::min(options.ageing_step, Duration::max() / PriorityOrchestrator::kMaxPriority);
    return detail::saturating_add(job.arrival, step * job.task.priority);
  }
  detail::RankKey age(const Job& job) const {
    return {overdue(job).time_since_epoch().count(), job.task.id, 0};
  }

  PriorityOptions options;
};

/// What waits for one worker.
class Queue {
 public:
  explicit Queue(const Order& order)
      : order_(&order), by_urgency_(order.options.comparisons), by_age_(order.options.comparisons) {}

  void insert(Job& job) {
    by_urgency_.insert(order_->urgency(job), job);
    by_age_.insert(order_->age(job), job);
  }
  void erase(const Job& job) {
    by_urgency_.erase(order_->urgency(job));
    by_age_.erase(order_->age(job));
  }
  bool empty() const noexcept { return by_urgency_.empty(); }
  /// Requires: not empty.
  Job& next(Instant time) const {
    Job& oldest = by_age_.first();
    return order_->overdue(oldest) <= time ? oldest : by_urgency_.first();
  }

 private:
  const Order* order_;
  detail::Ranking<Job> by_urgency_;
  detail::Ranking<Job> by_age_;
};

// ---- Bounds
// --------------------------------------------------------------------------------------------------

PriorityError refused(std::uint32_t id, const std::string& why) {
  return PriorityError(Kind::invalid_task, "task " + std::to_string(id) + ": " + why, id);
}

/// Why the tasks are refused, if they are.
std::optional<PriorityError> refusal(const std::vector<PrioritizedTask>& tasks) {
  using Bounds = PriorityOrchestrator;
  if (tasks.empty()) return PriorityError(Kind::invalid_task, "no tasks: a run takes from 1 to 10000");
  if (tasks.size() > Bounds::kMaxTasks)
    return refused(tasks[Bounds::kMaxTasks].id, "one too many: a run takes from 1 to 10000");
  std::unordered_set<std::uint32_t> ids;
  for (const PrioritizedTask& task : tasks) {
    if (!ids.insert(task.id).second)
      return refused(task.id, "two tasks have this id, it must be unique in a run");
    if (task.priority < Bounds::kMinPriority || task.priority > Bounds::kMaxPriority)
      return refused(task.id,
                     "its priority is " + std::to_string(task.priority) + ", it must be from 1 to 10");
    const Duration estimate = task.estimated_duration;
    if (estimate < Bounds::kMinDuration || estimate > Bounds::kMaxDuration)
      return refused(task.id, "its estimated duration is " + std::to_string(estimate.count()) +
                                  " ns, it must be from 1 ms to 60 s");
  }
  return std::nullopt;
}

// ---- A run
// ---------------------------------------------------------------------------------------------------

/// What a worker waited for, and got: a slot, or an end of its job's time in one.
struct Event {
  using What = std::variant<Permit, GaveWay, Result<Report, JoinError>>;
  Event(std::size_t of, What that) : worker(of), what(std::move(that)) {}
  std::size_t worker;
  What what;
};

Task<Event> line_up(std::shared_ptr<Semaphore> slots, std::size_t worker) {
  Result<Permit, SemaphoreClosed> permit = co_await Semaphore::acquire_owned(std::move(slots));
  co_return Event(worker, std::move(*permit));  // it is never closed
}

Task<Event> attend(Job& job) {
  auto first = co_await select(biased, *job.work, job.events->recv());
  if (first.index() == 0) co_return Event(job.worker, std::get<0>(std::move(first)));
  co_return Event(job.worker, std::move(*std::get<1>(first)));
}

/// What a run is given.
struct Setup {
  Setup(std::shared_ptr<Semaphore> all_slots, CancellationToken to_stop, const PriorityOptions& chosen,
        bool stealing, std::size_t max_workers, PriorityExecutor work)
      : slots(std::move(all_slots)),
        token(std::move(to_stop)),
        options(chosen),
        is_stealing(stealing),
        workers(max_workers),
        executor(std::move(work)) {}
  std::shared_ptr<Semaphore> slots;
  CancellationToken token;
  PriorityOptions options;
  bool is_stealing;
  std::size_t workers;
  PriorityExecutor executor;
};

class Run {
 public:
  /// Requires: at most as many workers as tasks.
  Run(Setup given, const std::vector<PrioritizedTask>& tasks)
      : setup_(std::move(given)),
        order_(setup_.options),
        queues_(setup_.workers, Queue(order_)),
        work_(setup_.workers, Duration(0)),
        running_(setup_.workers),
        free_(setup_.workers),
        left_(tasks.size()) {
    for (const PrioritizedTask& task : tasks) jobs_.emplace_back(task, jobs_.size());
    std::iota(free_.begin(), free_.end(), std::size_t{0});
    deal();
  }
  Run(const Run&) = delete;
  Run& operator=(const Run&) = delete;
  ~Run() { abort(); }

  bool is_over() const noexcept { return left_ == 0; }
  /// Decides all that can be decided now.
  void look();
  /// Waits for something that ends, for cancellation, or until it is time to look again.
  Task<std::optional<Event>> next_event();
  /// Returns: why the run fails, if it does.
  std::optional<PriorityError> handle(Event event);

  /// Ends those that still run, and waits until they are gone.
  Task<void> dismiss();
  std::vector<PriorityResult> take_results() { return std::move(results_); }
  std::vector<std::uint32_t> unfinished() const;

 private:
  void deal();
  void stop();
  void receive();
  void give_out();
  void enqueue(Job& job);
  void dequeue(Job& job);
  Job* take(std::size_t worker);
  void start(std::size_t worker, Permit permit);
  void begin(Job& job, Permit permit);
  void suspend(Job& job, GaveWay message);
  std::optional<PriorityError> finish(Job& job, Result<Report, JoinError> ending);
  void abort() noexcept;
  bool has_work(std::size_t worker) const {
    return !queues_[worker].empty() || (setup_.is_stealing && waiting_ > 0);
  }

  Setup setup_;
  const Order order_;
  std::deque<Job> jobs_;
  std::vector<Job*> arrivals_;       // the next comes last
  std::vector<Queue> queues_;        // one a worker
  detail::Extremes<Duration> work_;  // that waits, of each queue
  std::optional<detail::Deadlines<Job>> deadlines_;
  std::vector<Job*> running_;      // of each worker
  std::vector<std::size_t> free_;  // workers to be given something
  std::set<std::size_t> idle_;     // workers for whom there was nothing
  std::size_t waiting_ = 0;        // jobs in all queues
  std::size_t left_;               // jobs that are not over, and can be
  bool is_stopped_ = false;
  std::vector<PriorityResult> results_;
  FuturesUnordered<Task<Event>> line_;  // gone before the jobs that it refers to
};

/// Gives each task to a worker, the most urgent first, so that all have as much to do.
void Run::deal() {
  const Instant begin = now();
  for (Job& job : jobs_) {
    job.arrival = std::max(job.task.release.value_or(begin), begin);
    arrivals_.push_back(&job);
  }
  const detail::Sooner sooner{setup_.options.comparisons};
  std::sort(arrivals_.begin(), arrivals_.end(),
            [&](const Job* a, const Job* b) { return sooner(order_.urgency(*a), order_.urgency(*b)); });
  detail::Extremes<Duration> load(setup_.workers, Duration(0));
  for (Job* job : arrivals_) {
    job->worker = load.least();
    load.set(job->worker, load[job->worker] + job->left());
    job->line = setup_.is_stealing ? 0 : job->worker;
  }
  deadlines_.emplace(setup_.options, arrivals_, setup_.is_stealing ? 1 : setup_.workers, setup_.workers);
  std::sort(arrivals_.begin(), arrivals_.end(),
            [](const Job* a, const Job* b) { return a->arrival > b->arrival; });
}

void Run::look() {
  if (setup_.token.is_cancelled()) stop();
  receive();
  give_out();
  if (!is_stopped_) deadlines_->ask(now());
}

/// From here on only what has started goes on.
void Run::stop() {
  if (std::exchange(is_stopped_, true)) return;
  arrivals_.clear();
  for (Job& job : jobs_) {
    if (job.is_started) continue;
    if (job.is_waiting) dequeue(job);
    deadlines_->leave(job, now());
    --left_;
  }
}

void Run::receive() {
  while (!arrivals_.empty() && arrivals_.back()->arrival <= now()) {
    Job& job = *arrivals_.back();
    arrivals_.pop_back();
    deadlines_->arrive(job);
    enqueue(job);
    // Wakes its worker, or else one who may steal it.
    auto sleeper = idle_.find(job.worker);
    if (sleeper == idle_.end() && setup_.is_stealing) sleeper = idle_.begin();
    if (sleeper != idle_.end()) free_.push_back(idle_.extract(sleeper).value());
  }
}

void Run::give_out() {
  for (const std::size_t worker : std::exchange(free_, {})) {
    if (!has_work(worker)) {
      idle_.insert(worker);
    } else if (auto permit = Semaphore::try_acquire_owned(setup_.slots)) {
      start(worker, std::move(*permit));
    } else {
      line_.push(line_up(setup_.slots, worker));
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

/// Takes what the worker does next out of its queue, or the fullest, or wherever the deadline at risk is.
Job* Run::take(std::size_t worker) {
  if (!has_work(worker)) return nullptr;
  const Instant time = now();
  const Queue& queue = queues_[queues_[worker].empty() ? work_.most() : worker];
  Job* job = &queue.next(time);
  if (Job* urgent = deadlines_->must_run(job->line, *job, time)) job = urgent;
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
  line_.push(attend(*job));
}

void Run::begin(Job& job, Permit permit) {
  auto [sender, receiver] = mpsc::unbounded_channel<GaveWay>();
  job.is_started = true;
  job.events.emplace(std::move(receiver));
  job.slot = std::make_shared<Slot>(std::move(permit), std::move(sender));
  job.work.emplace(spawn(perform(job.slot, job.task, setup_.executor, setup_.token)));
}

void Run::suspend(Job& job, GaveWay message) {
  deadlines_->leave(job, now());
  job.used = message.used;
  job.resume.emplace(std::move(message.resume));
  enqueue(job);
}

std::optional<PriorityError> Run::finish(Job& job, Result<Report, JoinError> ending) {
  deadlines_->leave(job, now());
  const Duration used = job.slot->used();
  job.work.reset();
  job.events.reset();
  job.slot.reset();
  --left_;
  if (ending && *ending) {
    deadlines_->learn(job, used);
    job.has_result = true;
    results_.push_back(std::move(**ending));
    results_.back().worker = job.worker;
  }
  // Once it is cancelled, the others may finish all the same.
  if (ending || setup_.token.is_cancelled()) return std::nullopt;
  return PriorityError(Kind::task_failed,
                       "task " + std::to_string(job.task.id) + ": " + ending.error().message(), job.task.id);
}

std::optional<PriorityError> Run::handle(Event event) {
  if (auto* permit = std::get_if<Permit>(&event.what)) {
    start(event.worker, std::move(*permit));
    return std::nullopt;
  }
  Job& job = *std::exchange(running_[event.worker], nullptr);
  free_.push_back(event.worker);
  if (auto* ending = std::get_if<Result<Report, JoinError>>(&event.what))
    return finish(job, std::move(*ending));
  suspend(job, std::move(std::get<GaveWay>(event.what)));
  return std::nullopt;
}

Task<std::optional<Event>> Run::next_event() {
  if (is_stopped_) co_return co_await line_.next();
  Instant until = deadlines_->next_look();
  if (!arrivals_.empty()) until = std::min(until, arrivals_.back()->arrival);
  if (line_.empty()) {
    co_await select(biased, setup_.token.cancelled(), sleep_until(until));
    co_return std::nullopt;
  }
  auto first = co_await select(biased, line_.next(), setup_.token.cancelled(), sleep_until(until));
  if (first.index() == 0) co_return std::move(std::get<0>(first));
  co_return std::nullopt;
}

void Run::abort() noexcept {
  for (Job& job : jobs_)
    if (job.work) job.work->abort();
}

Task<void> Run::dismiss() {
  line_.clear();
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

Task<std::optional<PriorityError>> decide(Run& run) {
  for (;;) {
    run.look();
    if (run.is_over()) co_return std::nullopt;
    std::optional<Event> event = co_await run.next_event();
    if (!event) continue;
    if (auto failure = run.handle(std::move(*event))) co_return failure;
  }
}

Task<PriorityOrchestrator::Results> conduct(Setup setup, std::vector<PrioritizedTask> tasks,
                                            Duration global_timeout) {
  const CancellationToken token = setup.token;
  std::optional<PriorityError> error = refusal(tasks);
  if (error) co_return Err<PriorityError>(std::move(*error));
  setup.workers = std::min(setup.workers, tasks.size());
  Run run(std::move(setup), tasks);
  if (global_timeout > Duration::zero()) {
    auto decided = co_await timeout(global_timeout, decide(run));
    co_await run.dismiss();
    if (decided && !*decided && !token.is_cancelled()) co_return run.take_results();
    if (decided && *decided) error = std::move(*decided);
  }
  if (!error && token.is_cancelled()) error.emplace(Kind::cancelled, "the orchestrator was cancelled");
  if (!error) error.emplace(Kind::timeout, "the time was up before all tasks were done");
  error->unfinished = run.unfinished();
  co_return Err<PriorityError>(std::move(*error));
}

}  // namespace

PriorityOrchestrator::PriorityOrchestrator(std::size_t max_concurrent, PriorityOptions options) {
  if (max_concurrent == 0) throw std::invalid_argument("corokit: an orchestrator needs max_concurrent > 0");
  if (options.ageing_step <= Duration::zero())
    throw std::invalid_argument("corokit: the ageing step of an orchestrator must be positive");
  if (options.margin < Duration::zero())
    throw std::invalid_argument("corokit: the margin of an orchestrator must not be negative");
  options.margin = std::min<Duration>(options.margin, std::chrono::hours(24));
  state_ = std::make_shared<State>();
  state_->slots = std::make_shared<Semaphore>(std::min(max_concurrent, Semaphore::max_permits()));
  state_->workers = max_concurrent;
  state_->options = options;
}

Task<PriorityOrchestrator::Results> PriorityOrchestrator::run_with_priority(
    std::vector<PrioritizedTask> tasks, PriorityExecutor executor, Duration global_timeout) const {
  return conduct(Setup(state_->slots, state_->token, state_->options, state_->is_stealing, state_->workers,
                       std::move(executor)),
                 std::move(tasks), global_timeout);
}

void PriorityOrchestrator::enable_work_stealing(bool enabled) const noexcept {
  state_->is_stealing = enabled;
}

void PriorityOrchestrator::cancel() const noexcept {
  state_->token.cancel();
}

}  // namespace corokit
