#include "blocking_thread.hpp"
#include "ready_queue.hpp"
#include "recent_turns.hpp"
#include "schedule.hpp"
#include "strategies.hpp"
#include "task_recorder.hpp"

#include "io/virtual_network.hpp"

#include <corokit/detail/io/io_provider.hpp>
#include <corokit/detail/task/turn.hpp>
#include <corokit/detail/time/timer_wheel.hpp>
#include <corokit/simulation.hpp>
#include <corokit/time/sleep.hpp>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <system_error>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

namespace corokit::sim {

using detail::BlockingJob;
using detail::Context;
using detail::TaskHeader;

namespace {
constexpr Instant kBeginning{std::chrono::hours(1)};

/// Returns: a time since the beginning, "1.5 ms".
std::string show_time(Duration time) {
  char text[40];
  std::snprintf(text, sizeof text, "%.6g ms", std::chrono::duration<double, std::milli>(time).count());
  return text;
}

constexpr int kBudget = 128;  // of a turn that is not to give way before
}  // namespace

class Simulation::Executor final : public detail::Scheduler, public detail::IoProvider, detail::TurnObserver {
 public:
  explicit Executor(const Options& options)
      : options_(options),
        wheel_(0, kBeginning),
        random_(options.seed),
        own_choices_(random_),
        choices_(options.schedule ? options.schedule->choices : own_choices_) {
    unhandled().handler = options.on_unhandled_exception;
    context_.scheduler = this;
    context_.timers = &wheel_;
    context_.virtual_now = &now_;
    context_.observer = this;
    if (!options.schedule || !options.schedule->recording) return;
    recorder_.emplace(*options.schedule->recording, kBeginning);
    options.schedule->recorder = &*recorder_;
  }

  ~Executor() {
    end_recording();
    detail::EnterContext entered(context_);
    tasks().close_and_abort_all();
    closing_ = true;
    while (step()) {
    }
  }

  void schedule(TaskHeader& task) noexcept override {
    if (recorder_)
      recorder_->wake(task.id, context_.turn ? context_.turn->task.id : 0, tasks().name_of(task), now_);
    make_ready({.task = &task});
  }
  void submit(BlockingJob& job) override { make_ready({.job = &job, .job_id = next_job_id()}); }

  detail::IoDriver& io() override {
    throw std::logic_error(
        "corokit: a simulation watches no descriptors of the system, which knows no virtual time");
  }
  detail::VirtualNetwork* network() override {
    if (!network_) network_ = std::make_shared<detail::VirtualNetwork>();
    return network_.get();
  }

  /// Called by a blocking job: lets other steps run until the task is over.
  void wait_for(TaskHeader& task) override {
    JobWaiter waiter(*this, BlockingThread::current());
    if (detail::register_join(task, waiter)) BlockingThread::current().wait();
  }

  /// Runs one step: a turn of a ready task, or a blocking job until it is over or waits.
  /// Returns: false if there is none.
  bool step() {
    if (ready_.empty()) return false;
    step(closing_ ? 0 : choose_entry());
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
      if (options_.schedule && !options_.schedule->failure.empty())
        return fail(Failure::Kind::broken, options_.schedule->failure);
      if (steps_ == last) return fail_endless("the schedule took too many steps");
      if (!step() && !jump(Instant::max())) return fail(Failure::Kind::deadlock, describe_deadlock());
    }
    return nullptr;
  }

  /// Ends a task that did not end by itself, without running any other task. An exploration plays no further: there the
  /// newest task ends first, since it may use what belongs to those that started it.
  void drop(TaskHeader& task) {
    detail::EnterContext entered(context_);
    if (options_.schedule && options_.schedule->ends_all) return drop_all();
    end_recording();
    detail::schedule(detail::mark_aborted(task));
    const auto is_it = [&task](const Entry& entry) { return entry.task == &task; };
    ready_.remove_first(is_it);
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
    for (const auto& [id, wait] : in_order(waits_))
      text += "  " + name_of(id, wait) + " waits in " + wait.where + since(wait) + "\n";
    return text;
  }

  void end_recording() {
    if (!recorder_) return;
    recorder_->end(now_);
    recorder_.reset();
    options_.schedule->recorder = nullptr;
  }

 private:
  /// What is ready: a task, a blocking job that has not begun, or one that has waited and can go on.
  struct Entry {
    TaskHeader* task = nullptr;
    BlockingJob* job = nullptr;
    BlockingThread* waited = nullptr;
    std::uint64_t job_id = 0;  // of those that are no task
  };
  struct Wait {
    const TaskHeader* task;
    const char* where;
    Instant since;
    detail::WaitProbe probe;
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
      self.executor_.make_ready({.waited = &self.thread_, .job_id = self.executor_.next_job_id()});
    }
    Executor& executor_;
    BlockingThread& thread_;
  };
  using Waits = std::unordered_map<std::uint64_t, Wait>;
  static std::map<std::uint64_t, Wait> in_order(const Waits& waits) { return {waits.begin(), waits.end()}; }
  std::string name_of(std::uint64_t id, const Wait& wait) const {
    const std::string name = tasks().name_of(*wait.task);
    return "task " + std::to_string(id) + (name.empty() ? "" : " (" + name + ")");
  }

  void make_ready(const Entry& entry, bool yielded = false) {
    if (ready_.empty() && context_.turn)
      others_since_ = std::min(others_since_, kBudget - context_.turn->budget);
    ready_.push(entry, yielded);
  }
  std::uint64_t next_job_id() noexcept { return ++jobs_ | std::uint64_t{1} << 63; }

  void step(std::size_t index) {
    ++steps_;
    const Entry entry = ready_.take(index);
    if (entry.task)
      run_task(*entry.task);
    else
      run_job(entry);
  }

  /// Chooses who runs next: not the task that was just made to give way, since that would be the same as to go on.
  std::size_t choose_entry() {
    const std::size_t others = ready_.size() - 1;
    const std::size_t count = newest_gave_way_ && others != 0 ? others : ready_.size();
    newest_gave_way_ = false;
    return choices_.next_runner(explorer::Kind::order, count, std::min(count, ready_.in_turn()),
                                [this](std::size_t i) { return id_of(ready_[i]); });
  }

  /// Runs a turn of a task, which gives way before one of its awaits, if that is chosen.
  void run_task(TaskHeader& task) {
    const std::uint64_t id = task.id;
    const std::size_t place = choices_.place();
    const std::size_t pause =
        closing_ ? 0
                 : choices_.next_runner(explorer::Kind::pause, kBudget + 1, [id](std::size_t) { return id; });
    context_.budget = pause == 0 ? kBudget : static_cast<int>(pause) - 1;
    others_since_ = ready_.empty() ? kBudget : 0;
    ends_waiting_ = false;
    recent_.begin(id, now_);
    if (recorder_) recorder_->begin_turn(id, tasks().name_of(task), now_);
    const detail::TurnEnd end = detail::run_turn(task, context_);
    if (recorder_) record_end(end, pause);
    if (end == detail::TurnEnd::again) {
      const bool yields = pause == 0 || ends_waiting_;
      make_ready({.task = &task}, yields);
      if (!is_root_ready_alone(task)) with_branches_.insert(id);
      newest_gave_way_ = !yields && !with_branches_.contains(id);
    }
    if (end == detail::TurnEnd::finished) waits_.erase(id);
    if (closing_) return;
    // To give way before an await makes a difference only if there is such an await, and others are ready by then.
    const int used = kBudget - context_.budget_left;
    const int highest = end == detail::TurnEnd::idle && may_give_way_last_ ? used + 1 : used;
    choices_.limit(place, static_cast<std::size_t>(others_since_) + 1, static_cast<std::size_t>(highest));
  }

  static bool is_root_ready_alone(const TaskHeader& task) noexcept {
    const detail::Branch* first = TaskHeader::list_of(task.ready.load(std::memory_order_relaxed));
    return first == &task.root && !first->next;
  }

  void drop_all() {
    end_recording();
    tasks().close_and_abort_all();
    closing_ = true;
    while (!ready_.empty()) {
      std::size_t newest = 0;
      for (std::size_t i = 1; i < ready_.size(); ++i)
        if (id_of(ready_[i]) > id_of(ready_[newest])) newest = i;
      step(newest);
    }
  }
  static std::uint64_t id_of(const Entry& entry) noexcept {
    return entry.task ? entry.task->id : entry.job_id;
  }

  void record_end(detail::TurnEnd end, std::size_t pause) {
    if (end == detail::TurnEnd::finished) recorder_->finish();
    if (end == detail::TurnEnd::idle && !ends_waiting_) recorder_->wait_again();
    if (end != detail::TurnEnd::again) return;
    if (pause != 0 && !ends_waiting_)
      recorder_->give_way(static_cast<int>(pause));
    else
      recorder_->yield();
  }

  void run_job(const Entry& entry) {
    recent_.begin(0, now_);
    if (recorder_) recorder_->begin_turn(0, {}, now_);
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
        idle_threads_.push_back(
            threads_.emplace_back(std::make_unique<BlockingThread>(context_, options_.schedule)).get());
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

  bool forget(TaskHeader& task) noexcept override {
    waits_.erase(task.id);
    return ready_.remove_first([&task](const Entry& entry) { return entry.task == &task; });
  }

  void on_block(TaskHeader& task, const char* where, detail::WaitProbe probe) noexcept override {
    waits_[task.id] = {&task, where, now_, probe};
    recent_.wait(where);
    ends_waiting_ = true;
    may_give_way_last_ = !probe.begins_later;
    // The task has several branches: the order in which they go on may matter, even if no other task is ready.
    if (!probe.is_over) {
      others_since_ = 0;
      may_give_way_last_ = true;
      with_branches_.insert(task.id);
    }
    if (recorder_) recorder_->wait(where);
  }

  std::uint32_t choose(std::uint32_t count) noexcept override {
    return closing_ ? 0 : static_cast<std::uint32_t>(choices_.next(explorer::Kind::branch, count));
  }

  /// Returns: for how long a task has waited, if that is some time.
  std::string since(const Wait& wait) const {
    return wait.since == now_ ? "" : ", since " + show_time(wait.since - kBeginning);
  }

  std::string describe_deadlock() const {
    if (options_.schedule && options_.schedule->finds_lost_wakeups)
      for (const auto& [id, wait] : in_order(waits_))
        if (wait.probe.is_over && wait.probe.is_over(wait.probe.awaiter))
          return "a lost wake-up: " + name_of(id, wait) + " waits in " + wait.where + since(wait) +
                 ", although what it waits for is there; no task can run";
    return "deadlock: no task can run";
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
  std::shared_ptr<detail::VirtualNetwork> network_;  // made when it is first asked for
  Instant now_ = kBeginning;
  detail::TimerWheel wheel_;
  explorer::Random random_;
  explorer::Choices own_choices_;
  explorer::Choices& choices_;
  Context context_;
  ReadyQueue<Entry> ready_;
  std::vector<std::unique_ptr<BlockingThread>> threads_;
  std::vector<BlockingThread*> idle_threads_;
  RecentTurns recent_;
  Waits waits_;  // the latest wait that each task began
  std::unordered_set<std::uint64_t>
      with_branches_;  // tasks that had some besides the root, such as a select's
  std::uint64_t steps_ = 0;
  std::uint64_t next_id_ = 1;
  std::uint64_t jobs_ = 0;
  std::optional<TaskRecorder> recorder_;
  // Of the turn that runs, in which no choice lets the task give way: how many awaits were over when another task was
  // first ready.
  int others_since_ = 0;
  bool ends_waiting_ = false;       // whether its last step was to wait
  bool may_give_way_last_ = false;  // whether it could have given way before that
  bool newest_gave_way_ = false;    // whether the newest entry is a task that a choice took off
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
TaskDump Simulation::dump() const {
  return detail::dump_tasks(*executor_, executor_->time());
}
std::string Simulation::describe_waiting() const {
  return executor_->describe_waiting();
}

bool is_simulated() noexcept {
  const Context* context = detail::current_context();
  return context && context->virtual_now;
}

}  // namespace corokit::sim
