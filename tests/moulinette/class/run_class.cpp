#include "class/run_class.hpp"

#include <corokit/orchestrator/matrix_orchestrator.hpp>
#include <corokit/runtime.hpp>
#include <corokit/spawn_blocking.hpp>
#include <corokit/sync/semaphore.hpp>

#include <chrono>
#include <exception>
#include <mutex>
#include <nlohmann/json.hpp>

namespace corokit::moulinette {
namespace {

using Json = nlohmann::ordered_json;
using Clock = std::chrono::steady_clock;

constexpr auto kNoTimeLimit = std::chrono::hours(24 * 365);  // each process has a limit of its own
constexpr std::size_t kUnread = 256;  // events; the channel keeps more, so none is missed
const std::string kEnd;               // the last message of a run

/// What all tasks of a run share.
struct Shared {
  const FileGrader& grader;
  const FileGraded& graded;
  MatrixOrchestrator orchestrator;
  Semaphore unread{kUnread};
  std::mutex mutex;
  std::map<std::string, FileSummary> summaries;  // guarded by mutex
  std::exception_ptr error = {};  // of the reader of events, which alone uses it during the run
};

/// Sends an event once the reader of events is not too far behind.
Task<void> tell(Shared& shared, Json event) {
  if (auto permit = co_await shared.unread.acquire()) permit->forget();
  shared.orchestrator.broadcast(event.dump(-1, ' ', false, Json::error_handler_t::replace));
}

/// Runs a function on a thread that may block. Its exception is rethrown here.
template <class Work>
Task<std::invoke_result_t<Work&>> blocking(Work work) {
  auto result = co_await spawn_blocking(std::move(work));
  if (result) co_return *std::move(result);
  if (result.error().exception()) std::rethrow_exception(result.error().exception());
  throw std::runtime_error("the grader is stopping");
}

/// Returns: the graded file; null if the interrupt came first.
Task<Json> grade(Shared& shared, const FileJob& job, bool& was_known) {
  const FileGrader& grader = shared.grader;
  Prepared prepared = co_await blocking([&grader, &job] { return grader.prepare(job.source, job.content); });
  if (prepared.interrupted) co_return Json();
  was_known = prepared.was_known;
  const bool is_played = prepared.compiled.at("kind") == "done";
  if (is_played) {
    std::vector<std::pair<std::size_t, JoinHandle<Json>>> plays;
    for (std::size_t test = 0; test < prepared.tests.size(); ++test)
      if (prepared.tests[test].is_null())
        plays.emplace_back(
            test, spawn_blocking([&grader, &prepared, test] { return grader.play(prepared, test); }));
    std::exception_ptr error;
    for (auto& [test, play] : plays) {
      auto result = co_await play;
      if (result)
        prepared.tests[test] = *std::move(result);
      else if (!error)
        error = result.error().exception();
    }
    if (error) std::rethrow_exception(error);
    for (const Json& test : prepared.tests)
      if (test.is_null()) co_return Json();
  }
  co_return co_await blocking([&grader, &prepared, is_played] {
    if (is_played) grader.draw(prepared);
    return grader.finish(prepared);
  });
}

/// Returns: an event of a file. (g++ 12 cannot make a list of values in a coroutine.)
Json event_of(const FileJob& job, const char* what) {
  return {{"event", what}, {"file", job.shown}, {"content", job.content}};
}

Json failure(const FileJob& job, const std::string& message) {
  Json event = event_of(job, "failed");
  event["message"] = message;
  return event;
}

Json ending(const FileJob& job, const FileSummary& summary, bool was_known, Clock::time_point since) {
  const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - since);
  Json event = event_of(job, was_known ? "known" : "graded");
  event["verdict"] = summary.verdict;
  event["score"] = summary.score;
  event["seconds"] = static_cast<double>(took.count()) / 1000;
  return event;
}

/// Grades one file. What goes wrong with it costs no other file anything.
Task<AsyncTask::Answer> grade_one(Shared& shared, const FileJob& job) {
  co_await tell(shared, event_of(job, "started"));
  const Clock::time_point since = Clock::now();
  FileSummary summary;
  Json event;
  try {
    bool was_known = false;
    const Json graded = co_await grade(shared, job, was_known);
    if (graded.is_null()) {
      event = event_of(job, "interrupted");
    } else {
      summary = summary_of(graded);
      co_await blocking([&shared, &job, &graded] { return shared.graded(job, graded), true; });
      event = ending(job, summary, was_known, since);
    }
  } catch (const std::exception& error) {
    summary.verdict = "not_graded";
    summary.problem = error.what();
    event = failure(job, error.what());
  }
  if (!summary.verdict.empty()) {
    const std::lock_guard lock(shared.mutex);
    shared.summaries.emplace(job.content, std::move(summary));
  }
  co_await tell(shared, std::move(event));
  co_return std::string();
}

Task<void> report(Shared& shared, broadcast::Receiver<std::string> messages, const ClassEvent& event) {
  for (;;) {
    auto message = co_await messages.recv();
    if (!message) continue;
    if (*message == kEnd) co_return;
    shared.unread.add_permits(1);
    try {
      if (!shared.error) event(Json::parse(*message));
    } catch (...) {
      shared.error = std::current_exception();
      shared.orchestrator.cancel();
    }
  }
}

Task<void> run_all(Shared& shared, const std::vector<FileJob>& jobs, const ClassEvent& event) {
  JoinHandle<void> reports = spawn(report(shared, shared.orchestrator.subscribe(), event));
  std::vector<AsyncTask> tasks;
  tasks.reserve(jobs.size());
  for (const FileJob& job : jobs)
    tasks.emplace_back([&shared, &job](std::uint32_t, CancellationToken) { return grade_one(shared, job); });
  static_cast<void>(co_await shared.orchestrator.run(std::move(tasks), kNoTimeLimit));
  shared.orchestrator.broadcast(kEnd);
  const auto reported = co_await reports;
  if (!reported && reported.error().exception()) std::rethrow_exception(reported.error().exception());
}

}  // namespace

std::map<std::string, FileSummary> run_class(const FileGrader& grader, const std::vector<FileJob>& jobs,
                                             std::size_t at_once, Interrupt& interrupt,
                                             const ClassEvent& event, const FileGraded& graded) {
  Shared shared{.grader = grader,
                .graded = graded,
                .orchestrator = MatrixOrchestrator(at_once),
                .mutex = {},
                .summaries = {}};
  {
    const Interrupt::Scope cancels(interrupt, [&shared] { shared.orchestrator.cancel(); });
    Runtime::multi_thread().block_on(run_all(shared, jobs, event));
  }
  if (shared.error) std::rethrow_exception(shared.error);
  return std::move(shared.summaries);
}

}  // namespace corokit::moulinette
