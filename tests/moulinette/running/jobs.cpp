#include "running/jobs.hpp"

#include <corokit/orchestrator/matrix_orchestrator.hpp>
#include <corokit/runtime.hpp>
#include <corokit/spawn_blocking.hpp>

#include <exception>
#include <mutex>

namespace corokit::moulinette {
namespace {

constexpr auto kNoTimeLimit = std::chrono::hours(24);  // each process has a limit of its own
const std::string kEnd;                                // the last message of a run; a job's name is not empty

/// The first exception of a run.
class FirstError {
 public:
  void keep(std::exception_ptr error) noexcept {
    const std::lock_guard lock(mutex_);
    if (!error_) error_ = std::move(error);
  }
  /// Requires: all tasks of the run have ended.
  void rethrow() const {
    if (error_) std::rethrow_exception(error_);
  }

 private:
  std::mutex mutex_;
  std::exception_ptr error_;  // guarded by mutex_
};

/// One job as a task of the orchestrator.
Task<AsyncTask::Answer> run_one(const std::string& name, const std::function<void()>& work, FirstError& error,
                                MatrixOrchestrator orchestrator) {
  JoinHandle<void> job = spawn_blocking([&work, &error] {
    try {
      work();
    } catch (...) {
      error.keep(std::current_exception());
    }
  });
  static_cast<void>(co_await job);
  orchestrator.broadcast(name);
  co_return std::string();
}

Task<void> report_progress(broadcast::Receiver<std::string> messages, const JobEnded& ended) {
  for (;;) {
    auto name = co_await messages.recv();
    if (!name) continue;  // messages were missed: the next one reports the progress as well
    if (*name == kEnd) co_return;
    ended(*name);
  }
}

Task<bool> run_all(MatrixOrchestrator orchestrator, std::vector<AsyncTask> tasks, const JobEnded& ended) {
  JoinHandle<void> progress = spawn(report_progress(orchestrator.subscribe(), ended));
  const auto results = co_await orchestrator.run(std::move(tasks), kNoTimeLimit);
  orchestrator.broadcast(kEnd);
  const auto reported = co_await progress;
  if (!reported && reported.error().exception()) std::rethrow_exception(reported.error().exception());
  co_return results.has_value();
}

}  // namespace

bool Jobs::run(std::size_t at_once, Interrupt& interrupt, const JobEnded& ended) const {
  const MatrixOrchestrator orchestrator(at_once);
  FirstError error;
  std::vector<AsyncTask> tasks;
  for (const Job& job : jobs_) {
    tasks.emplace_back([&job, &error, orchestrator](std::uint32_t, CancellationToken) {
      return run_one(job.name, job.work, error, orchestrator);
    });
  }
  bool complete = false;
  {
    const Interrupt::Scope cancels(interrupt, [&orchestrator] { orchestrator.cancel(); });
    complete = Runtime::multi_thread().block_on(run_all(orchestrator, std::move(tasks), ended));
  }
  error.rethrow();
  return complete && !interrupt.requested();
}

}  // namespace corokit::moulinette
