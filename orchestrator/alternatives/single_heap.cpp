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
#include <corokit/orchestrator/priority_orchestrator.hpp>
#include <corokit/select.hpp>
#include <corokit/sync/notify.hpp>
#include <corokit/sync/oneshot.hpp>
#include <corokit/time/timeout.hpp>
#include <corokit/unordered.hpp>

#include <algorithm>
#include <deque>

#include "priority_job.hpp"
#include "priority_jobs.hpp"
#include "priority_rules.hpp"

namespace corokit {

struct PriorityOrchestrator::State : detail::PriorityShared {
  using PriorityShared::PriorityShared;
};

namespace {

using Results = PriorityOrchestrator::Results;
using Ending = Result<detail::PriorityReport, JoinError>;

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

class Slot final : public detail::LentSlot {
 public:
  explicit Slot(Lease lease) : LentSlot(std::move(lease.permit)), give_back_(std::move(lease.give_back)) {}

  Task<void> give_way() override {
    auto [sender, next] = oneshot::channel<Lease>();
    leave();
    count_preemption();
    static_cast<void>(give_back_.send(GivenBack(std::move(sender))));
    Result<Lease, oneshot::RecvError> lease = co_await next;
    if (!lease) co_await CancellationToken().cancelled();  // the run is gone, and this is about to be
    go_on(std::move(lease->permit));
    give_back_ = std::move(lease->give_back);
  }

 private:
  oneshot::Sender<GivenBack> give_back_;  // lives as long as the job: only giving way is told
};

struct Job : detail::PriorityJob<Slot> {
  using PriorityJob::PriorityJob;
  std::size_t stamp = 0;                         // counts how often it left the heap
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

/// One run. All of it happens on the task that awaits it. Requires: at most as many workers as tasks.
class Run : public detail::PriorityJobs<Job> {
 public:
  Run(std::shared_ptr<detail::PriorityShared> of, bool is_stealing, std::size_t workers,
      PriorityExecutor work, const std::vector<PrioritizedTask>& tasks)
      : PriorityJobs(of->options, is_stealing, workers, tasks),
        shared_(std::move(of)),
        executor_(std::move(work)),
        workers_(workers) {
    for (std::size_t i = 0; i < (is_stealing ? 1 : workers); ++i)
      lines_.emplace_back(rules_.options.comparisons);
  }

  /// Runs everything. Returns: why that failed, if it did.
  Task<std::optional<PriorityError>> all();
  bool is_cancelled() const noexcept { return shared_->token.is_cancelled(); }
  std::vector<PriorityResult> take_results() { return std::move(results_); }

 private:
  struct Line {
    explicit Line(std::uint64_t* comparisons) : by_urgency(comparisons), by_age(comparisons) {}
    Heap by_urgency;
    Heap by_age;
    std::size_t waiting = 0;
    std::size_t idle = 0;
    Notify work;  // for those who are idle
  };

  Task<void> serve(std::size_t worker);
  Task<void> watch();
  void receive();
  void enqueue(Job& job);
  void dequeue(Job& job);
  Job* take(Line& line, std::size_t index);
  void lend(Job& job, Lease lease);
  void put_back(Job& job, GivenBack message);
  void end(Job& job, Ending ending);
  bool is_done() const noexcept { return is_over() || failure_; }

  std::shared_ptr<detail::PriorityShared> shared_;
  PriorityExecutor executor_;
  std::size_t workers_;
  std::deque<Line> lines_;    // one, or one a worker
  std::size_t starting_ = 0;  // workers that were idle, and are about to look
  Notify clock_;              // for watch(): the next time to look may have changed
  std::vector<PriorityResult> results_;
  std::optional<PriorityError> failure_;
};

Task<std::optional<PriorityError>> Run::all() {
  FuturesUnordered<Task<void>> crew;
  crew.push(watch());
  for (std::size_t worker = 0; worker < workers_; ++worker) crew.push(serve(worker));
  receive();
  while (!is_done()) static_cast<void>(co_await crew.next());  // each returns when all is over
  co_return std::move(failure_);
}

/// A worker: first a slot, then the job that is the most urgent by then.
Task<void> Run::serve(std::size_t worker) {
  const std::size_t index = worker % lines_.size();
  Line& line = lines_[index];
  while (!is_done()) {
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
    job->worker = worker;
    lend(*job, Lease(std::move(*permit), std::move(sender)));
    auto first = co_await select(biased, *job->work, given_back);
    if (first.index() == 0)
      end(*job, std::get<0>(std::move(first)));
    else
      put_back(*job, std::move(*std::get<1>(first)));
    clock_.notify_one();
  }
}

/// Keeps an eye on everything that is not the end of a job.
Task<void> Run::watch() {
  while (!is_done()) {
    receive();
    if (is_done()) break;
    if (!is_stopped_ && starting_ == 0) deadlines_->ask(now());
    const Instant until = next_look();
    if (is_stopped_) {
      co_await clock_.notified();
    } else {
      co_await select(shared_->token.cancelled(), clock_.notified(), sleep_until(until));
    }
  }
}

/// Arrivals, and cancellation.
void Run::receive() {
  if (is_cancelled() && !is_stopped_) {
    stop([this](Job& job) { dequeue(job); });
    clock_.notify_one();
  }
  while (Job* const job = arrival()) enqueue(*job);
}

void Run::enqueue(Job& job) {
  Line& line = lines_[job.line];
  job.is_waiting = true;
  line.by_urgency.push(rules_.urgency(job), job);
  line.by_age.push(rules_.age(job), job);
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
  if (rules_.overdue(*job) > now()) job = line.by_urgency.top();
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
  job.work.emplace(spawn(detail::perform(job.slot, job.task, executor_, shared_->token)));
}

void Run::put_back(Job& job, GivenBack message) {
  deadlines_->leave(job, now());
  job.used = job.slot->used();
  job.resume.emplace(std::move(message.resume));
  enqueue(job);
}

void Run::end(Job& job, Ending ending) {
  auto report = finish(job, std::move(ending), is_cancelled());
  if (!report)
    failure_.emplace(std::move(report.error()));
  else if (*report)
    results_.push_back(std::move(**report));
}

Task<Results> conduct(std::shared_ptr<detail::PriorityShared> shared, bool is_stealing,
                      std::vector<PrioritizedTask> tasks, PriorityExecutor executor,
                      Duration global_timeout) {
  if (auto refusal = detail::refusal(tasks)) co_return Err<PriorityError>(std::move(*refusal));
  const std::size_t workers = std::min(shared->workers, tasks.size());
  Run run(std::move(shared), is_stealing, workers, std::move(executor), tasks);
  std::optional<PriorityError> failure;
  if (global_timeout > Duration::zero()) {
    auto in_time = co_await timeout(global_timeout, run.all());
    co_await run.dismiss();
    if (in_time && !*in_time && !run.is_cancelled()) co_return run.take_results();
    if (in_time) failure = std::move(*in_time);
  }
  co_return Err<PriorityError>(
      detail::why_no_results(std::move(failure), run.is_cancelled(), run.unfinished()));
}

}  // namespace

PriorityOrchestrator::PriorityOrchestrator(std::size_t max_concurrent, PriorityOptions options)
    : state_(std::make_shared<State>(max_concurrent, options)) {}

Task<Results> PriorityOrchestrator::run_with_priority(std::vector<PrioritizedTask> tasks,
                                                      PriorityExecutor executor,
                                                      Duration global_timeout) const {
  return conduct(state_, state_->is_stealing, std::move(tasks), std::move(executor), global_timeout);
}

void PriorityOrchestrator::enable_work_stealing(bool enabled) const noexcept {
  state_->is_stealing = enabled;
}

void PriorityOrchestrator::cancel() const noexcept {
  state_->token.cancel();
}

}  // namespace corokit
