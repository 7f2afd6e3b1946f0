#include "noted_orchestrator.hpp"

#include <corokit/time/timeout.hpp>

#include <atomic>
#include <exception>

namespace corokit::specified {
namespace {

const char* word(Kind kind) {
  switch (kind) {
    case Kind::invalid_task:
      return "invalid_task";
    case Kind::timeout:
      return "timeout";
    case Kind::cancelled:
      return "cancelled";
    default:
      return "task_failed";
  }
}

std::atomic<std::uint64_t> salt{0};  // so that only who asks the tasks knows what they answer

/// What task `id` has seen in this schedule.
std::string sight(std::uint32_t id) {
  return std::to_string((id + 1) * (salt + 7) % 999'983);
}

Task<Answer> work_through(Recorder& recorder, PrioritizedTask task, PriorityContext context, Duration work,
                          Duration step) {
  const Presence presence(recorder, task.id);
  if (!presence.on_runtime()) co_return "elsewhere";
  Duration left = work;
  while (left > step) {
    co_await sleep(step);
    recorder.work(task.id, step);
    left -= step;
    const Instant before = now();
    recorder.pause(task.id);
    co_await context.checkpoint();
    recorder.resume(task.id, now() != before);
  }
  co_await sleep(left);
  recorder.work(task.id, left);
  co_return presence.answer();
}

Task<Answer> listen(Recorder& recorder, std::uint32_t id, CancellationToken token, Duration clean_up) {
  const Presence presence(recorder, id);
  if (!presence.on_runtime()) co_return "elsewhere";
  const auto heard = co_await timeout(10s, token.cancelled());
  if (heard) recorder.tell(id);
  co_await sleep(clean_up);
  recorder.clean(id);
  co_return presence.answer();
}

Task<Answer> meet(Recorder& recorder, std::uint32_t id, int count) {
  const Presence presence(recorder, id);
  for (int i = 0; i < 10'000 && recorder.started() < count; ++i) co_await sleep(1ms);
  co_return presence.answer();
}

}  // namespace

Recorder::Recorder(Check& check) : check_(check), simulated_(sim::is_simulated()) {
  salt = check.seed();
}

bool Recorder::enter(std::uint32_t id) {
  note(id, "started");
  {
    const std::lock_guard lock(mutex_);
    ++started_;
    ++present_;
    take_slot();
    turns_.push_back({id, now(), true});
    seen_[id].started = seen_[id].since = now();
    runtime_tasks_.insert(current_task_id());
  }
  return check_.that(sim::is_simulated() == simulated_,
                     "a task does not run on the runtime that called run_with_priority()");
}

void Recorder::finish(std::uint32_t id) {
  const std::lock_guard lock(mutex_);
  seen_[id].finished = true;
}

void Recorder::leave(std::uint32_t id) {
  const std::lock_guard lock(mutex_);
  const char* const without = std::uncaught_exceptions() > 0 ? "threw" : "ended without an answer";
  note(id, seen_[id].finished ? "answered" : without);
  --present_;
  --in_slot_;
  Seen& task = seen_[id];
  task.ended = now();
  task.in_slot += now() - task.since;
}

void Recorder::pause(std::uint32_t id) {
  const std::lock_guard lock(mutex_);
  --in_slot_;
  seen_[id].in_slot += now() - seen_[id].since;
}

void Recorder::resume(std::uint32_t id, bool has_waited) {
  const std::lock_guard lock(mutex_);
  take_slot();
  seen_[id].since = now();
  if (!has_waited) return;
  ++seen_[id].waits;
  note(id, "went on, after it had given way");
  turns_.push_back({id, now(), false});
}

void Recorder::take_slot() {
  peak_ = std::max(peak_, ++in_slot_);
}

void Recorder::work(std::uint32_t id, Duration time) {
  const std::lock_guard lock(mutex_);
  seen_[id].worked += time;
}

void Recorder::tell(std::uint32_t id) {
  note(id, "saw the token cancelled");
  const std::lock_guard lock(mutex_);
  ++told_;
}

void Recorder::clean(std::uint32_t id) {
  note(id, "cleaned up");
  const std::lock_guard lock(mutex_);
  ++cleaned_;
}

Ids Recorder::order() const {
  Ids found;
  for (const Turn& turn : turns())
    if (turn.is_first) found.push_back(turn.id);
  return found;
}

Seen Recorder::seen(std::uint32_t id) const {
  const std::lock_guard lock(mutex_);
  const auto found = seen_.find(id);
  return found == seen_.end() ? Seen() : found->second;
}

PriorityExecutor worker(Recorder& recorder, Duration step, WorkOf work_of) {
  return [&recorder, step, work_of](const PrioritizedTask& task, const PriorityContext& context) {
    return work_through(recorder, task, context, work_of(task), step);
  };
}

PriorityExecutor stubborn(Recorder& recorder, WorkOf work_of) {
  return worker(recorder, kPlenty, std::move(work_of));
}

PriorityExecutor listener(Recorder& recorder, Duration clean_up) {
  return [&recorder, clean_up](const PrioritizedTask& task, const PriorityContext& context) {
    return listen(recorder, task.id, context.token(), clean_up);
  };
}

PriorityExecutor complaining(PriorityExecutor inner) {
  return PriorityExecutor([inner](PrioritizedTask task, PriorityContext context) -> Task<Answer> {
    Answer answer = co_await inner(task, context);
    if (complains(task.id)) co_return Err<std::string>(complaint_of(task.id));
    co_return answer;
  });
}

bool complains(std::uint32_t id) {
  return id % 3 == 0;
}

std::string complaint_of(std::uint32_t id) {
  return "there is no spoon " + std::to_string(id) + " but " + sight(id);
}

std::string name_of(std::uint32_t id) {
  return "agent " + std::to_string(id) + " saw " + sight(id);
}

Tasks alike(std::uint32_t first, std::uint32_t count, unsigned priority, Duration estimate) {
  Tasks tasks;
  for (std::uint32_t i = 0; i < count; ++i) tasks.emplace_back(first + i, priority, estimate);
  return tasks;
}

PriorityOptions with_ageing(Duration step) {
  PriorityOptions options;
  options.ageing_step = step;
  return options;
}

PriorityOptions with_margin(Duration margin) {
  PriorityOptions options;
  options.margin = margin;
  return options;
}

std::string describe(const Results& results) {
  if (results) return std::to_string(results->size()) + (results->size() == 1 ? " result" : " results");
  return std::string("the error ") + word(results.error().kind) + " (" + results.error().message + ")";
}

bool succeeded(Check& check, const Results& results) {
  return check.that(results.has_value(),
                    "run_with_priority() should give results, and gives " + describe(results));
}

bool failed_as(Check& check, const Results& results, Kind expected) {
  return check.that(!results && results.error().kind == expected,
                    std::string("run_with_priority() should give the error ") + word(expected) +
                        ", and gives " + describe(results));
}

bool each_once(Check& check, const Recorder& recorder, const Tasks& tasks, const Results& results) {
  if (!succeeded(check, results)) return false;
  Ids expected;
  for (const PrioritizedTask& task : tasks) expected.push_back(task.id);
  Ids started = recorder.order();
  Ids found = ids(results);
  for (Ids* each : {&expected, &started, &found}) std::sort(each->begin(), each->end());
  return check.equal(found, expected, "the tasks that have a result") &&
         check.equal(started, expected, "the tasks that were begun");
}

Ids ids(const Results& results) {
  Ids all;
  for (const PriorityResult& result : *results) all.push_back(result.task_id);
  return all;
}

const PriorityResult& of(std::uint32_t id, const Results& results) {
  return *std::find_if(results->begin(), results->end(),
                       [id](const PriorityResult& result) { return result.task_id == id; });
}

Task<Results> returned(Check& check, JoinHandle<Results> run) {
  Result<Results, JoinError> joined = co_await run;
  if (joined) co_return std::move(*joined);
  check.fail("run_with_priority() threw: " + describe(joined.error()));
  co_return Err<PriorityError>(PriorityError(Kind::task_failed, joined.error().message()));
}

void no_task_left(Check& check, const Recorder& recorder) {
  check.equal(recorder.present(), 0, "tasks that are still running when run_with_priority() has returned");
}

Task<void> slots_are_back(Check& check, const NotedOrchestrator& orchestrator, int slots) {
  Recorder recorder(check);
  PriorityExecutor all_here([&recorder, slots](const PrioritizedTask& task, const PriorityContext&) {
    return meet(recorder, task.id, slots);
  });
  Tasks tasks = alike(1, static_cast<std::uint32_t>(slots), 1, 1ms);
  const Instant begin = now();
  const Results results = co_await orchestrator.run_with_priority(std::move(tasks), all_here, 5s);
  check.that(results.has_value(), "not every slot is back: the next run gives " + describe(results));
  check.equal(recorder.peak(), slots, "slots that the next run has");
  if (!in_virtual_time()) co_return;
  for (const Turn& turn : recorder.turns())
    check.equal(turn.time - begin, Duration(0), "the time that the next run waits for a slot");
}

}  // namespace corokit::specified
