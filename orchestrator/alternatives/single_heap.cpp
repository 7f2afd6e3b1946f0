// Another right answer: one heap, from which workers take their jobs themselves.
//
// What differs from the reference: no coroutine gives jobs to the workers. Each worker is a coroutine that takes the
// next job from a common heap, and waits until the job is over or gives way; one more coroutine watches the clock. All
// of them are branches of the task that awaits the run, so the heap needs no lock. With one common heap there is nothing
// to steal. With stealing off the tasks are assigned first, and each worker has a heap of its own. A job that leaves a
// heap from its middle stays behind as a stale entry.
//
//   run_all()   once for each run: awaits all() under the global timeout, then ends what is left
//   monitor()   once for each run: arrivals, the cancellation, and deadlines at risk
//   serve()     once for each worker
//   perform()   once for each job, spawned
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

/// What a job needs to run: a permit, and a channel to tell that it has given the permit back.
struct Lease {
  Lease(OwnedSemaphorePermit slot, oneshot::Sender<GivenBack> sender)
      : permit(std::move(slot)), give_back(std::move(sender)) {}
  OwnedSemaphorePermit permit;
  oneshot::Sender<GivenBack> give_back;
};

/// The message of a job that has given its permit back: where it waits for the next lease.
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
    if (!lease) co_await CancellationToken().cancelled();  // the run is gone
    go_on(std::move(lease->permit));
    give_back_ = std::move(lease->give_back);
  }

 private:
  oneshot::Sender<GivenBack> give_back_;  // it lives as long as the job, so only giving way sends a message
};

struct Job : detail::PriorityJob<Slot> {
  using PriorityJob::PriorityJob;
  std::size_t stamp = 0;                         // how often the job has left the heap
  std::optional<oneshot::Sender<Lease>> resume;  // set while the job has given way
};

/// A heap by one kind of key. A change of a job's stamp removes the job from it.
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

/// One run, on the task that awaits it.
///
/// Requires: at most as many workers as tasks.
class Run : public detail::PriorityJobs<Job> {
 public:
  Run(std::shared_ptr<detail::PriorityShared> of, bool is_stealing, std::size_t workers,
      PriorityExecutor work, const std::vector<PrioritizedTask>& tasks)
      : PriorityJobs(of->options, is_stealing, workers, tasks),
        shared_(std::move(of)),
        executor_(std::move(work)),
        workers_(workers) {
    for (std::size_t i = 0; i < (is_stealing ? 1 : workers); ++i)
      queues_.emplace_back(rules_.options.comparisons);
  }

  /// Runs all jobs.
  /// Returns: why the run failed; none if it did not.
  Task<std::optional<PriorityError>> all();
  bool is_cancelled() const noexcept { return shared_->token.is_cancelled(); }
  std::vector<PriorityResult> take_results() { return std::move(results_); }

 private:
  struct Queue {
    explicit Queue(std::uint64_t* comparisons) : by_urgency(comparisons), by_age(comparisons) {}
    Heap by_urgency;
    Heap by_age;
    std::size_t waiting = 0;
    std::size_t idle = 0;
    Notify work;  // wakes an idle worker
  };

  Task<void> serve(std::size_t worker);
  Task<void> monitor();
  void receive();
  void enqueue(Job& job);
  void dequeue(Job& job);
  Job* take(Queue& queue, std::size_t index);
  void lend(Job& job, Lease lease);
  void put_back(Job& job, GivenBack message);
  void end(Job& job, Ending ending);
  bool is_done() const noexcept { return is_over() || failure_; }

  std::shared_ptr<detail::PriorityShared> shared_;
  PriorityExecutor executor_;
  std::size_t workers_;
  std::deque<Queue> queues_;  // one, or one for each worker
  std::size_t starting_ = 0;  // the number of workers that were woken and have not looked yet
  Notify clock_;              // wakes monitor(), because the next time to look may have changed
  std::vector<PriorityResult> results_;
  std::optional<PriorityError> failure_;
};

Task<std::optional<PriorityError>> Run::all() {
  FuturesUnordered<Task<void>> branches;
  branches.push(monitor());
  for (std::size_t worker = 0; worker < workers_; ++worker) branches.push(serve(worker));
  receive();
  while (!is_done())
    static_cast<void>(co_await branches.next());  // each branch returns when all jobs are over
  co_return std::move(failure_);
}

/// A worker: takes a slot, then the job that is the most urgent at that time.
Task<void> Run::serve(std::size_t worker) {
  const std::size_t index = worker % queues_.size();
  Queue& queue = queues_[index];
  while (!is_done()) {
    if (queue.waiting == 0) {
      ++queue.idle;
      co_await queue.work.notified();
      --starting_;
      continue;
    }
    std::optional<OwnedSemaphorePermit> permit;
    // A free slot is taken at once, so monitor() never asks a job to give way while one is free.
    if (auto free = Semaphore::try_acquire_owned(shared_->slots)) {
      permit.emplace(std::move(*free));
    } else {
      auto next = co_await Semaphore::acquire_owned(shared_->slots);
      permit.emplace(std::move(*next));
    }
    receive();
    Job* const job = take(queue, index);
    if (!job) continue;
    auto [sender, given_back] = oneshot::channel<GivenBack>();
    job->worker = worker;
    lend(*job, Lease(std::move(*permit), std::move(sender)));
    clock_.notify_one();  // what runs now may be in the way of a deadline
    auto first = co_await select(biased, *job->work, given_back);
    if (first.index() == 0)
      end(*job, std::get<0>(std::move(first)));
    else
      put_back(*job, std::move(*std::get<1>(first)));
    clock_.notify_one();
  }
}

/// Handles all events that are not the end of a job.
Task<void> Run::monitor() {
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

/// Handles the arrivals and the cancellation.
void Run::receive() {
  if (is_cancelled() && !is_stopped_) {
    stop([this](Job& job) { dequeue(job); });
    clock_.notify_one();
  }
  while (Job* const job = arrival()) enqueue(*job);
}

void Run::enqueue(Job& job) {
  Queue& queue = queues_[job.group];
  job.is_waiting = true;
  queue.by_urgency.push(rules_.urgency(job), job);
  queue.by_age.push(rules_.age(job), job);
  deadlines_->wait(job, now());
  ++queue.waiting;
  if (queue.idle > 0) {
    --queue.idle;
    ++starting_;
    queue.work.notify_one();
  }
  clock_.notify_one();
}

void Run::dequeue(Job& job) {
  job.is_waiting = false;
  ++job.stamp;
  --queues_[job.group].waiting;
}

Job* Run::take(Queue& queue, std::size_t index) {
  Job* job = queue.by_age.top();
  if (!job) return nullptr;
  if (rules_.overdue(*job) > now()) job = queue.by_urgency.top();
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

Task<Results> run_all(std::shared_ptr<detail::PriorityShared> shared, bool is_stealing,
                      std::vector<PrioritizedTask> tasks, PriorityExecutor executor,
                      Duration global_timeout) {
  if (auto refusal = detail::refusal(tasks)) co_return Err<PriorityError>(std::move(*refusal));
  const std::size_t workers = std::min(shared->workers, tasks.size());
  Run run(std::move(shared), is_stealing, workers, std::move(executor), tasks);
  std::optional<PriorityError> failure;
  if (global_timeout > Duration::zero()) {
    auto in_time = co_await timeout(global_timeout, run.all());
    co_await run.abort_and_join();
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
  return run_all(state_, state_->is_stealing, std::move(tasks), std::move(executor), global_timeout);
}

void PriorityOrchestrator::enable_work_stealing(bool enabled) const noexcept {
  state_->is_stealing = enabled;
}

void PriorityOrchestrator::cancel() const noexcept {
  state_->token.cancel();
}

}  // namespace corokit
