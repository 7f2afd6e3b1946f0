// Another right answer, which includes nothing but what a student's file may include: one mailbox and one queue.
//
// What differs from the reference: every task tells its news (over, gave way, threw) in one channel, and the run reads
// them one at a time. Nothing waits for a JoinHandle: a JoinSet ends what is left. With stealing on there is one queue for
// all workers, which the subject allows; with stealing off there is one for each. A queue is a few sets of the same jobs in
// different orders, and rule 3 goes by the whole estimate of a job, also if it has given way.
//
//   run_all()    once for each run: awaits Run::all() under the global timeout, then ends what is left
//   Run::all()   once for each run: starts what can start, then waits for the next event
//   perform()    once for each job, spawned: runs the task, and writes to the mailbox
#include <corokit/join_set.hpp>
#include <corokit/orchestrator/estimates.hpp>
#include <corokit/orchestrator/latest_start.hpp>
#include <corokit/orchestrator/priority_orchestrator.hpp>
#include <corokit/select.hpp>
#include <corokit/sync/mpsc.hpp>
#include <corokit/sync/notify.hpp>
#include <corokit/sync/semaphore.hpp>
#include <corokit/time/sleep.hpp>
#include <corokit/time/timeout.hpp>
#include <corokit/unordered.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <deque>
#include <set>
#include <stdexcept>
#include <unordered_set>

namespace corokit {

namespace {

/// What the copies of an orchestrator share.
struct Shared {
  Shared(std::size_t max_concurrent, const PriorityOptions& chosen)
      : workers(max_concurrent), options(chosen) {
    if (workers == 0 || Duration(options.ageing_step) <= Duration(0) ||
        Duration(options.margin) < Duration(0))
      throw std::invalid_argument("an orchestrator needs workers, a positive ageing step, and a margin");
    slots = std::make_shared<Semaphore>(std::min(workers, Semaphore::max_permits()));
  }
  std::size_t workers;
  PriorityOptions options;
  std::shared_ptr<Semaphore> slots;
  CancellationToken token;
  std::atomic<bool> is_stealing{true};
};

}  // namespace

struct PriorityOrchestrator::State : Shared {
  using Shared::Shared;
};

namespace {

using Results = PriorityOrchestrator::Results;
using Kind = PriorityError::Kind;
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
Task<std::optional<PriorityExecutor::Answer>> attempt(Task<PriorityExecutor::Answer> work,
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

Task<void> perform(std::shared_ptr<Slot> slot, std::size_t job, PrioritizedTask task,
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

std::int64_t ticks(Instant time) {
  return std::min(time.time_since_epoch().count(), kNever - 1);
}

class Run {
 public:
  Run(std::shared_ptr<Shared> of, bool is_stealing, const std::vector<PrioritizedTask>& tasks,
      PriorityExecutor work);

  /// Returns: why the run failed; none if all jobs are over.
  Task<std::optional<PriorityError>> all();
  /// Drops the jobs that are left.
  Task<void> end() {
    spawned_.abort_all();
    for (;;) {
      const auto ended = co_await spawned_.join_next();
      if (!ended) co_return;
    }
  }
  bool is_cancelled() const noexcept { return state_->token.is_cancelled(); }
  Results results() && { return std::move(results_); }
  PriorityError error(std::optional<PriorityError> failure) const;

 private:
  void deal(std::size_t queues, std::size_t workers);
  void arrive();
  void stop();
  void start_all();
  void start(Queue& queue, Permit permit);
  void wait(Job& job);
  void leave(Job& job);
  std::optional<PriorityError> read(Mail mail);
  void learn(Job& job);
  Job& next(Queue& queue);
  void forget_passed(Queue& queue);
  void ask(Queue& queue);
  Instant next_look() const;
  Duration left(const Job& job) const;
  Duration patience() const { return patience_ + (to_come_ > 0 ? longest_ : Duration(0)); }
  bool is_at_risk(const Queue& queue, Duration blocked) const {
    return !queue.by_due.empty() && queue.latest.get() - blocked.count() <= ticks(now());
  }
  static bool wants(const Queue& queue) { return !queue.free.empty() && !queue.by_urgency.empty(); }

  std::shared_ptr<Shared> state_;
  PriorityExecutor executor_;
  std::deque<Job> jobs_;
  std::vector<Job*> arrivals_;  // the next one comes last
  std::deque<Queue> queues_;
  std::size_t open_;  // jobs that are not over
  bool is_stopped_ = false;
  Estimates estimates_;
  std::size_t over_ = 0;
  std::size_t next_rebuild_ = 1;
  Duration patience_;
  Duration longest_{0};
  std::size_t to_come_ = 0;
  std::vector<PriorityResult> results_;
  mpsc::UnboundedChannel<Mail> mail_ = mpsc::unbounded_channel<Mail>();
  FuturesUnordered<Task<Permit>> slot_;  // at most one: the next permit, if all are taken
  JoinSet<void> spawned_;
};

Run::Run(std::shared_ptr<Shared> of, bool is_stealing, const std::vector<PrioritizedTask>& tasks,
         PriorityExecutor work)
    : state_(std::move(of)),
      executor_(std::move(work)),
      open_(tasks.size()),
      patience_(std::min<Duration>(state_->options.margin, std::chrono::hours(24))) {
  const Instant begin = now();
  const Duration longest_step = Duration::max() / 32;  // no sum overflows
  const Duration step = std::min<Duration>(state_->options.ageing_step, longest_step);
  for (const PrioritizedTask& task : tasks) {
    Job& job = jobs_.emplace_back(task, jobs_.size(), std::max(task.release.value_or(begin), begin));
    job.urgency = {task.priority, task.estimated_duration.count(), task.id};
    job.age = {ticks(job.arrival) + (step * task.priority).count(), task.id, 0};
    if (task.deadline) job.due = {ticks(*task.deadline), task.id, 0};
    arrivals_.push_back(&job);
    to_come_ += task.deadline.has_value();
  }
  const std::size_t workers = std::min(state_->workers, jobs_.size());
  deal(is_stealing ? 1 : workers, workers);
}

/// Makes the queues, and assigns the jobs to them: to the one with the least estimated work.
void Run::deal(std::size_t queues, std::size_t workers) {
  std::uint64_t* const count = state_->options.comparisons;
  std::sort(arrivals_.begin(), arrivals_.end(), Before{&Job::urgency, count});
  std::set<std::pair<Duration, std::size_t>> loads;
  for (std::size_t i = 0; i < queues; ++i) loads.emplace(Duration(0), i);
  std::vector<std::vector<Job*>> dated(queues);
  for (Job* job : arrivals_) {
    auto least = loads.extract(loads.begin());
    job->home = least.value().second;
    least.value().first += job->task.estimated_duration;
    loads.insert(std::move(least));
    if (job->task.deadline) dated[job->home].push_back(job);
  }
  for (std::vector<Job*>& jobs : dated) {
    std::sort(jobs.begin(), jobs.end(), Before{&Job::due, count});
    for (std::size_t i = 0; i < jobs.size(); ++i) jobs[i]->place = i;
    queues_.emplace_back(std::move(jobs), workers / queues, count);
  }
  for (std::size_t worker = workers; worker-- > 0;) queues_[worker % queues].free.push_back(worker);
  std::sort(arrivals_.begin(), arrivals_.end(),
            [](const Job* a, const Job* b) { return a->arrival > b->arrival; });
}

Task<Permit> next_slot(std::shared_ptr<Semaphore> slots) {
  Result<Permit, SemaphoreClosed> permit = co_await Semaphore::acquire_owned(std::move(slots));
  co_return std::move(*permit);  // the semaphore is never closed
}

Task<std::optional<PriorityError>> Run::all() {
  for (;;) {
    if (is_cancelled()) stop();
    arrive();
    start_all();
    if (open_ == 0) co_return std::nullopt;
    const CancellationToken token = is_stopped_ ? CancellationToken() : state_->token;
    const Instant until = next_look();
    if (slot_.empty()) {
      auto first = co_await select(biased, mail_.rx.recv(), token.cancelled(), sleep_until(until));
      if (first.index() != 0) continue;
      if (auto failure = read(std::move(*std::get<0>(first)))) co_return failure;
      continue;
    }
    auto first =
        co_await select(biased, mail_.rx.recv(), token.cancelled(), sleep_until(until), slot_.next());
    if (first.index() == 0) {
      if (auto failure = read(std::move(*std::get<0>(first)))) co_return failure;
    } else if (first.index() == 3) {
      Permit permit = std::move(*std::get<3>(first));
      if (is_cancelled()) stop();
      arrive();
      const auto hungry = std::find_if(queues_.begin(), queues_.end(), wants);
      if (hungry != queues_.end()) start(*hungry, std::move(permit));
    }
  }
}

/// Starts what can start; then asks jobs to give way, where that helps.
void Run::start_all() {
  for (Queue& queue : queues_) {
    while (wants(queue)) {
      auto permit = Semaphore::try_acquire_owned(state_->slots);
      if (!permit) break;
      start(queue, std::move(*permit));
    }
    if (wants(queue) && slot_.empty()) slot_.push(next_slot(state_->slots));
  }
  if (is_stopped_ || !state_->options.preemption) return;
  for (Queue& queue : queues_) ask(queue);
}

void Run::arrive() {
  while (!arrivals_.empty() && arrivals_.back()->arrival <= now()) {
    Job& job = *arrivals_.back();
    arrivals_.pop_back();
    if (job.task.deadline) {
      --to_come_;
      longest_ = std::max(longest_, job.task.estimated_duration);
    }
    wait(job);
  }
}

/// After a cancellation no job starts. Those that have given way still wait for a slot.
void Run::stop() {
  if (std::exchange(is_stopped_, true)) return;
  arrivals_.clear();
  for (Job& job : jobs_) {
    if (job.slot || job.state == Job::State::over) continue;
    leave(job);
    job.state = Job::State::over;
    --open_;
  }
}

void Run::wait(Job& job) {
  Queue& queue = queues_[job.home];
  job.state = Job::State::waiting;
  queue.by_urgency.insert(&job);
  queue.by_age.insert(&job);
  if (!job.task.deadline || *job.task.deadline <= now()) return;
  queue.by_due.insert(&job);
  queue.latest.wait(job.place, *job.task.deadline, left(job));
  job.counts = true;
}

/// A job neither waits nor runs any more.
void Run::leave(Job& job) {
  Queue& queue = queues_[job.home];
  if (job.state == Job::State::waiting) {
    queue.by_urgency.erase(&job);
    queue.by_age.erase(&job);
    if (job.counts) queue.by_due.erase(&job);
  } else if (job.state == Job::State::running) {
    if (job.asked == Instant::max()) {
      queue.running.erase(&job);
    } else {
      patience_ = std::max(patience_, now() - job.asked);
      job.asked = Instant::max();
      --queue.asked;
    }
    queue.free.push_back(job.worker);
  }
  if (std::exchange(job.counts, false)) queue.latest.forget(job.place);
}

void Run::start(Queue& queue, Permit permit) {
  Job& job = next(queue);
  queue.by_urgency.erase(&job);
  queue.by_age.erase(&job);
  if (job.counts) {
    queue.by_due.erase(&job);
    queue.latest.run(job.place);
  }
  job.state = Job::State::running;
  job.worker = queue.free.back();
  queue.free.pop_back();
  const bool can_be_met = job.counts && *job.task.deadline > now();
  job.rank = {can_be_met ? ticks(*job.task.deadline) : kNever, job.task.priority, job.task.id};
  queue.running.insert(&job);
  if (job.slot) {
    job.slot->go_on(std::move(permit));
    return;
  }
  job.slot = std::make_shared<Slot>(job.number, std::move(permit), mail_.tx);
  spawned_.spawn(perform(job.slot, job.number, job.task, executor_, state_->token, mail_.tx));
}

std::optional<PriorityError> Run::read(Mail mail) {
  Job& job = jobs_[mail.job];
  const std::size_t worker = job.worker;
  leave(job);
  if (mail.gave_way) {
    wait(job);
    return std::nullopt;
  }
  job.state = Job::State::over;
  --open_;
  if (mail.error && !is_cancelled())
    return PriorityError(Kind::task_failed, "task " + std::to_string(job.task.id) + ": " + *mail.error,
                         job.task.id);
  if (!mail.result) return std::nullopt;
  learn(job);
  job.has_result = true;
  mail.result->worker = worker;
  results_.push_back(std::move(*mail.result));
  return std::nullopt;
}

/// Learns from a job that is over. All estimates are looked at anew when half as many jobs again are over.
void Run::learn(Job& job) {
  estimates_.learn(job.task.priority, job.task.estimated_duration, job.slot->used);
  if (++over_ < next_rebuild_) return;
  next_rebuild_ = over_ + over_ / 2 + 1;
  for (Queue& queue : queues_)
    queue.latest.rebuild([&](std::size_t i) {
      const Job& dated = *queue.dated[i];
      LatestStart::Demand demand;
      demand.due = *dated.task.deadline;
      demand.work = left(dated);
      demand.counts = dated.counts;
      demand.waits = dated.counts && dated.state == Job::State::waiting;
      return demand;
    });
}

/// How long a job still takes, by what was learned. A job that takes longer than expected always has an eighth left.
Duration Run::left(const Job& job) const {
  const Duration work = estimates_.cautious(job.task.priority, job.task.estimated_duration);
  const Duration used = job.slot && job.state != Job::State::running ? job.slot->used : Duration(0);
  return std::max(work - used, work / 8);
}

/// The three rules.
Job& Run::next(Queue& queue) {
  forget_passed(queue);
  Job& oldest = **queue.by_age.begin();
  Job& other = oldest.age[0] <= ticks(now()) ? oldest : **queue.by_urgency.begin();
  const Duration blocked = state_->options.preemption ? patience() : std::max(patience(), left(other));
  return is_at_risk(queue, blocked) ? **queue.by_due.begin() : other;
}

void Run::forget_passed(Queue& queue) {
  while (!queue.by_due.empty() && *(*queue.by_due.begin())->task.deadline <= now()) {
    Job& job = **queue.by_due.begin();
    queue.by_due.erase(queue.by_due.begin());
    queue.latest.forget(job.place);
    job.counts = false;
  }
}

void Run::ask(Queue& queue) {
  forget_passed(queue);
  if (!is_at_risk(queue, patience())) return;
  while (!queue.running.empty() && queue.asked < queue.by_due.size()) {
    Job& job = **queue.running.rbegin();
    // Jobs with a deadline are asked one at a time: the next waiting job may be less urgent than they are.
    if (job.rank[0] <= (*queue.by_due.begin())->due[0] || (job.rank[0] != kNever && queue.asked > 0)) return;
    queue.running.erase(&job);
    ++queue.asked;
    job.asked = now();
    job.slot->ask();
  }
}

/// When something changes, if no message comes.
Instant Run::next_look() const {
  Instant first = arrivals_.empty() ? Instant::max() : arrivals_.back()->arrival;
  if (is_stopped_ || !state_->options.preemption) return first;
  for (const Queue& queue : queues_) {
    if (queue.by_due.empty()) continue;
    const Instant risk = Instant(Duration(queue.latest.get())) - patience();
    first = std::min(first, risk > now() ? risk : *(*queue.by_due.begin())->task.deadline);
  }
  return first;
}

PriorityError Run::error(std::optional<PriorityError> failure) const {
  if (!failure && state_->token.is_cancelled())
    failure.emplace(Kind::cancelled, "the orchestrator was cancelled");
  if (!failure) failure.emplace(Kind::timeout, "the global timeout passed before all tasks were over");
  for (const Job& job : jobs_)
    if (!job.has_result) failure->unfinished.push_back(job.task.id);
  std::sort(failure->unfinished.begin(), failure->unfinished.end());
  return std::move(*failure);
}

/// Returns: why the tasks are refused; none if they are not.
std::optional<PriorityError> refusal(const std::vector<PrioritizedTask>& tasks) {
  using Bounds = PriorityOrchestrator;
  if (tasks.empty()) return PriorityError(Kind::invalid_task, "no tasks; there must be 1 to 10000");
  const auto refused = [](const PrioritizedTask& task, const std::string& why) {
    return PriorityError(Kind::invalid_task, "task " + std::to_string(task.id) + ": " + why, task.id);
  };
  if (tasks.size() > Bounds::kMaxTasks)
    return refused(tasks.back(), "too many tasks; there must be 1 to 10000");
  std::unordered_set<std::uint32_t> ids;
  for (const PrioritizedTask& task : tasks) {
    if (!ids.insert(task.id).second) return refused(task, "its id is that of another task");
    if (task.priority < Bounds::kMinPriority || task.priority > Bounds::kMaxPriority)
      return refused(task, "its priority is not from 1 to 10");
    if (task.estimated_duration < Bounds::kMinDuration || task.estimated_duration > Bounds::kMaxDuration)
      return refused(task, "its estimate is not from 1 ms to 60 s");
  }
  return std::nullopt;
}

Task<Results> run_all(std::shared_ptr<Shared> state, bool is_stealing, std::vector<PrioritizedTask> tasks,
                      PriorityExecutor executor, Duration global_timeout) {
  if (auto refused = refusal(tasks)) co_return Err<PriorityError>(std::move(*refused));
  Run run(std::move(state), is_stealing, tasks, std::move(executor));
  if (global_timeout <= Duration(0)) co_return Err<PriorityError>(run.error(std::nullopt));
  auto in_time = co_await timeout(global_timeout, run.all());
  co_await run.end();
  if (in_time && !*in_time && !run.is_cancelled()) co_return std::move(run).results();
  std::optional<PriorityError> failure;
  if (in_time) failure = std::move(*in_time);
  co_return Err<PriorityError>(run.error(std::move(failure)));
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
