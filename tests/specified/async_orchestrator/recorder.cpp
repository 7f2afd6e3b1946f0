#include "noted_orchestrator.hpp"

#include <corokit/time/timeout.hpp>

#include <stdexcept>

namespace corokit::specified {
namespace {

const void* current_runtime() {
  return &detail::current_scheduler("a specified test");
}

}  // namespace

Recorder::Recorder(Check& to, Headcount& shared)
    : check(to),
      run(to.name_run()),
      simulated(sim::is_simulated()),
      heads(shared),
      home_(current_runtime()),
      root_(current_task_id()) {}

void Recorder::enter(Entry& entry, std::uint32_t id) {
  check.equal(id, entry.place, "the id that a task is called with");
  check.equal(++entry.calls, 1, "how often the task " + show(entry.place) + " is called");
  check.that(current_runtime() == home_, "a task does not run on the runtime that called run()");
  const std::lock_guard lock(mutex_);
  check.that(current_task_id() != root_ && hosts_.insert(current_task_id()).second,
             "two tasks that run at once are one task for the runtime, so that they never run in parallel");
}

Presence::Presence(Recorder& recorder, Entry& entry, std::uint32_t id)
    : recorder_(recorder), entry_(entry), host_(current_task_id()) {
  recorder.note(entry, "started");
  entry.started = now();
  ++recorder.started;
  ++recorder.present;
  const int present = ++recorder.heads.present;
  std::atomic<int>& peak = recorder.heads.peak;
  for (int seen = peak; seen < present && !peak.compare_exchange_weak(seen, present);) {
  }
  recorder.enter(entry, id);
}

Presence::~Presence() {
  recorder_.note(entry_, entry_.ending.c_str());
  entry_.gone = now();
  {
    const std::lock_guard lock(recorder_.mutex_);
    recorder_.hosts_.erase(host_);
  }
  --recorder_.heads.present;
  --recorder_.present;  // the last use of the recorder
}

std::string Recorder::name(const Entry& entry) const {
  return run + ": task " + std::to_string(entry.place);
}

bool Recorder::ran(int count) const {
  bool right = check.equal(started.load(), count, "tasks that have started");
  for (int i = 0; i < count && right; ++i)
    right = check.equal(entries[static_cast<std::size_t>(i)].calls, 1,
                        "how often the task " + show(i) + " is called");
  return right;
}

bool Recorder::all_ran() const {
  return ran(static_cast<int>(entries.size())) && none_left();
}

bool Recorder::none_left() const {
  return check.equal(present.load(), 0, "tasks that are still running when run() has returned");
}

AsyncTask sleeper(Recorder& recorder, Duration duration) {
  return recorder.task([duration](Entry& entry, CancellationToken) -> Task<Answer> {
    co_await sleep(duration);
    co_return answer_of(entry);
  });
}

AsyncTask complainer(Recorder& recorder, Duration duration) {
  AsyncTask task = sleeper(recorder, duration);
  recorder.entries.back().complains = true;
  return task;
}

AsyncTask thrower(Recorder& recorder, Duration duration, std::string what) {
  return recorder.task([duration, what = std::move(what)](Entry&, CancellationToken) -> Task<Answer> {
    co_await sleep(duration);
    throw std::runtime_error(what);
  });
}

AsyncTask listener(Recorder& recorder, Duration clean_up) {
  return recorder.task([&recorder, clean_up](Entry& entry, CancellationToken token) -> Task<Answer> {
    const auto heard = co_await timeout(1'000s, token.cancelled());
    if (heard) ++recorder.told;
    if (heard) recorder.note(entry, "saw the token cancelled");
    co_await sleep(clean_up);
    ++recorder.cleaned;
    recorder.note(entry, "cleaned up");
    co_return answer_of(entry);
  });
}

AsyncTask meeting(Recorder& recorder, int count) {
  return recorder.task([&recorder, count](Entry& entry, CancellationToken) -> Task<Answer> {
    for (int i = 0; i < 5'000 && recorder.heads.peak < count; ++i) co_await sleep(1ms);
    co_return answer_of(entry);
  });
}

std::vector<AsyncTask> only(AsyncTask task) {
  std::vector<AsyncTask> all;
  all.push_back(std::move(task));
  return all;
}

Task<void> until_started(const Recorder& recorder, int count) {
  for (int i = 0; i < 10'000 && recorder.started < count; ++i) co_await sleep(1ms);
}

bool exactly(Check& check, Duration actual, Duration expected, std::string_view what) {
  if (sim::is_simulated()) return check.equal(actual, expected, what);
  return check.that(actual >= expected, std::string(what) + ": shorter than " + show(expected));
}

std::string describe(const Results& results) {
  if (results) return std::to_string(results->size()) + (results->size() == 1 ? " result" : " results");
  static constexpr const char* kNames[] = {"timeout", "cancelled", "task_failed"};
  const OrchestratorError& error = results.error();
  return std::string("the error ") + kNames[static_cast<int>(error.kind)] + " (" + error.message + ")";
}

bool succeeded(const Recorder& recorder, const Results& results) {
  Check& check = recorder.check;
  if (!check.that(results.has_value(), "run() should give results, and gives " + describe(results)))
    return false;
  if (!recorder.all_ran() || !check.equal(results->size(), recorder.entries.size(), "the number of results"))
    return false;
  std::vector<bool> seen(results->size());
  for (const TaskResult& result : *results) {
    const std::string task = "task " + show(result.task_id);
    if (!check.that(result.task_id < seen.size() && !seen[result.task_id],
                    task + " has two results, or never was"))
      return false;
    seen[result.task_id] = true;
    if (!check.equal(result.result, recorder.entries[result.task_id].text, "the result of " + task))
      return false;
  }
  return true;
}

bool in_order(const Recorder& recorder, const Results& results) {
  if (!succeeded(recorder, results)) return false;
  Instant before{};
  for (const TaskResult& result : *results) {
    const std::string task = "task " + show(result.task_id);
    const Entry& entry = recorder.entries[result.task_id];
    const auto took = std::chrono::floor<std::chrono::milliseconds>(entry.gone - entry.started);
    if (!exactly(recorder.check, std::chrono::milliseconds(result.duration_ms), took,
                 "duration_ms of " + task))
      return false;
    if (!recorder.simulated) continue;
    if (!recorder.check.that(entry.gone >= before,
                             task + " ended before the task whose result comes before its own"))
      return false;
    before = entry.gone;
  }
  return true;
}

bool failed_as(Check& check, const Results& results, Kind expected) {
  static constexpr const char* kNames[] = {"timeout", "cancelled", "task_failed"};
  return check.that(!results && results.error().kind == expected,
                    std::string("run() should give the error ") + kNames[static_cast<int>(expected)] +
                        ", and gives " + describe(results));
}

std::vector<std::uint32_t> ids(const Results& results) {
  std::vector<std::uint32_t> all;
  for (const TaskResult& result : *results) all.push_back(result.task_id);
  return all;
}

Task<Results> returned(Check& check, JoinHandle<Results> run) {
  Result<Results, JoinError> joined = co_await run;
  if (joined) co_return std::move(*joined);
  check.fail("run() threw: " + describe(joined.error()));
  co_return Err<OrchestratorError>(OrchestratorError(Kind::task_failed, joined.error().message()));
}

Task<void> permits_are_back(Check& check, const NotedOrchestrator& orchestrator, int limit) {
  Recorder recorder(check);
  auto tasks = recorder.tasks(limit + 1, [&recorder, limit] { return meeting(recorder, limit); });
  const Results results = co_await orchestrator.run(recorder, std::move(tasks), kPlenty);
  if (!check.that(results.has_value(),
                  "the run after it should give results, and gives " + describe(results)))
    co_return;
  check.equal(recorder.heads.peak.load(), limit,
              "the most tasks that run at once in the run after it, with all permits back");
  succeeded(recorder, results);
}

}  // namespace corokit::specified
