#include "blocking_thread.hpp"
#include "recent_turns.hpp"

#include <corokit/detail/task/turn.hpp>
#include <corokit/detail/time/timer_wheel.hpp>
#include <corokit/simulation.hpp>
#include <corokit/time/sleep.hpp>

#include <algorithm>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <system_error>
#include <unordered_map>
#include <utility>
#include <vector>

namespace corokit::sim {

using detail::BlockingJob;
using detail::Context;
using detail::TaskHeader;

namespace {
constexpr Instant kBeginning{std::chrono::hours(1)};
constexpr int kLongestRun = 8;  // the largest budget of a turn
}  // namespace

class Simulation::Executor final : public detail::Scheduler, detail::TurnObserver {
 public:
  explicit Executor(const Options& options) : options_(options), wheel_(0, kBeginning), rng_(options.seed) {
    unhandled().handler = options.on_unhandled_exception;
    context_.scheduler = this;
    context_.timers = &wheel_;
    context_.virtual_now = &now_;
    context_.observer = this;
    context_.rng = detail::Rng(rng_.next());
  }

  ~Executor() {
    detail::EnterContext entered(context_);
    tasks().close_and_abort_all();
    closing_ = true;
    while (step()) {
    }
  }

  void schedule(TaskHeader& task) noexcept override { ready_.push_back({.task = &task}); }
  void submit(BlockingJob& job) override { ready_.push_back({.job = &job}); }

  /// Called by a blocking job: lets other steps run until the task is over.
  void wait_for(TaskHeader& task) override {
    JobWaiter waiter(*this, BlockingThread::current());
    if (detail::register_join(task, waiter)) BlockingThread::current().wait();
  }

  /// Runs one step, chosen at random: a turn of a ready task, or a blocking job until it is over or waits.
  /// Returns: false if there is none.
  bool step() {
    if (ready_.empty()) return false;
    ++steps_;
    // The last entry fills the gap: the order in which the ready tasks stand means nothing.
    std::swap(ready_[rng_.below(static_cast<std::uint32_t>(ready_.size()))], ready_.back());
    const Entry entry = ready_.back();
    ready_.pop_back();
    if (!entry.task) {
      recent_.begin(0, now_);
      run_job(entry);
      return true;
    }
    context_.budget = 1 + static_cast<int>(rng_.below(kLongestRun));
    const std::uint64_t id = entry.task->id;
    recent_.begin(id, now_);
    const detail::TurnEnd end = detail::run_turn(*entry.task, context_);
    if (end == detail::TurnEnd::again) schedule(*entry.task);
    if (end == detail::TurnEnd::finished) waits_.erase(id);
    return true;
  }

  /// Lets time jump to the next timer, unless it is later than `limit`. Returns: false if there is no such timer.
  bool jump(Instant limit) {
    const std::optional<Instant> next = wheel_.approx_next();
    if (!next || *next > limit) return false;
    now_ = std::max(now_, *next);
    detail::WakeBatch batch;
    wheel_.advance(now_, batch);
    return true;
  }

  std::unique_ptr<Failure> run_until_finished(TaskHeader& root) {
    detail::EnterContext entered(context_);
    const std::uint64_t last = steps_ + options_.max_steps;
    while (!root.is_complete()) {
      if (steps_ == last) return fail_endless("the schedule took too many steps");
      if (!step() && !jump(Instant::max())) return fail(Failure::Kind::deadlock, "deadlock: no task can run");
    }
    return nullptr;
  }

  /// Ends a task that did not end by itself, without running any other task.
  void drop(TaskHeader& task) {
    detail::EnterContext entered(context_);
    detail::schedule(detail::mark_aborted(task));
    const auto is_it = [&task](const Entry& entry) { return entry.task == &task; };
    ready_.erase(std::find_if(ready_.begin(), ready_.end(), is_it));
    waits_.erase(task.id);
    detail::drop_task(task, context_);
  }

  bool step_once() {
    detail::EnterContext entered(context_);
    return step();
  }

  void settle() { settle_until(steps_ + options_.max_steps); }

  void advance(Duration duration) {
    if (duration < Duration(0))
      throw std::invalid_argument("corokit: advance() was called with a negative duration");
    const Instant end = detail::saturating_add(now_, duration);
    const std::uint64_t last = steps_ + options_.max_steps;
    do settle_until(last);
    while (jump(end));
    now_ = end;
  }

  Instant time() const noexcept { return now_; }
  std::uint64_t steps() const noexcept { return steps_; }

  std::string describe_waiting() const {
    std::string text;
    for (const auto& [id, wait] : std::map<std::uint64_t, Wait>(waits_.begin(), waits_.end())) {
      const std::string name = tasks().name_of(*wait.task);
      text += "  task " + std::to_string(id) + (name.empty() ? "" : " (" + name + ")") + " waits in " +
              wait.where + "\n";
    }
    return text;
  }

 private:
  /// What is ready: a task, a blocking job that has not begun, or one that has waited and can go on.
  struct Entry {
    TaskHeader* task = nullptr;
    BlockingJob* job = nullptr;
    BlockingThread* waited = nullptr;
  };
  /// Makes a blocking job ready when the task is over that it waits for.
  class JobWaiter : public detail::JoinWaiter {
   public:
    JobWaiter(Executor& executor, BlockingThread& thread) noexcept : executor_(executor), thread_(thread) {
      notify = &wake;
    }

   private:
    static void wake(JoinWaiter& waiter, detail::WakeBatch&) noexcept {
      auto& self = static_cast<JobWaiter&>(waiter);
      self.executor_.ready_.push_back({.waited = &self.thread_});
    }
    Executor& executor_;
    BlockingThread& thread_;
  };
  struct Wait {
    const TaskHeader* task;
    const char* where;
  };

  void run_job(const Entry& entry) {
    if (entry.waited) {
      if (entry.waited->go_on()) idle_threads_.push_back(entry.waited);
      return;
    }
    BlockingThread* const thread = closing_ ? nullptr : idle_thread();
    if (!thread) return entry.job->run(*entry.job, true);
    if (thread->run_job(*entry.job)) idle_threads_.push_back(thread);
  }

  /// Returns: a thread that runs no job; null if the system gives none.
  BlockingThread* idle_thread() {
    if (idle_threads_.empty()) {
      try {
        idle_threads_.push_back(threads_.emplace_back(std::make_unique<BlockingThread>(context_)).get());
      } catch (const std::system_error&) {
        return nullptr;
      }
    }
    BlockingThread* const thread = idle_threads_.back();
    idle_threads_.pop_back();
    return thread;
  }

  void settle_until(std::uint64_t last) {
    detail::EnterContext entered(context_);
    while (!ready_.empty()) {
      if (steps_ >= last)
        throw std::runtime_error("corokit: " + fail_endless("the tasks do not come to rest")->message);
      step();
    }
  }

  std::uint64_t make_id() noexcept override { return next_id_++; }

  void on_block(TaskHeader& task, const char* where) noexcept override {
    waits_[task.id] = {&task, where};
    recent_.wait(where);
  }

  std::unique_ptr<Failure> fail_endless(const std::string& what) const {
    return fail(Failure::Kind::step_limit, what + ": " + recent_.describe());
  }

  std::unique_ptr<Failure> fail(Failure::Kind kind, std::string what) const {
    auto failure = std::make_unique<Failure>();
    failure->kind = kind;
    failure->message = std::move(what) + " (" + std::to_string(tasks().approx_size()) + " tasks alive)\n" +
                       describe_waiting();
    return failure;
  }

  const Options options_;
  Instant now_ = kBeginning;
  detail::TimerWheel wheel_;
  detail::Rng rng_;
  Context context_;
  std::vector<Entry> ready_;
  std::vector<std::unique_ptr<BlockingThread>> threads_;
  std::vector<BlockingThread*> idle_threads_;
  RecentTurns recent_;
  std::unordered_map<std::uint64_t, Wait> waits_;  // the latest wait that each task began
  std::uint64_t steps_ = 0;
  std::uint64_t next_id_ = 1;
  bool closing_ = false;
};

Simulation::Simulation(const Options& options) : executor_(std::make_unique<Executor>(options)) {}
Simulation::~Simulation() {
  if (!detail::may_end_here(*executor_, "Simulation")) static_cast<void>(executor_.release());
}

detail::Scheduler& Simulation::scheduler() noexcept {
  return *executor_;
}
std::unique_ptr<Failure> Simulation::run_until_finished(TaskHeader& root) {
  return executor_->run_until_finished(root);
}
void Simulation::drop(detail::TaskHeader& task) {
  executor_->drop(task);
}
bool Simulation::step() {
  return executor_->step_once();
}
void Simulation::settle() {
  executor_->settle();
}
void Simulation::advance(AnyDuration duration) {
  executor_->advance(duration);
}
Instant Simulation::now() const noexcept {
  return executor_->time();
}
std::size_t Simulation::alive_tasks() const noexcept {
  return executor_->tasks().approx_size();
}
std::uint64_t Simulation::steps() const noexcept {
  return executor_->steps();
}
std::string Simulation::describe_waiting() const {
  return executor_->describe_waiting();
}

bool is_simulated() noexcept {
  const Context* context = detail::current_context();
  return context && context->virtual_now;
}

}  // namespace corokit::sim
