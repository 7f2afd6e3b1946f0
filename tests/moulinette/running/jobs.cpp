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

/// What the tasks of a run share. It outlives them: run() returns when none of them is left.
struct Board {
  std::vector<Job> jobs;
  std::mutex mutex;
  std::exception_ptr error;  // the first; guarded by mutex

  void perform(std::uint32_t id) noexcept {
    try {
      jobs[id].work();
    } catch (...) {
      const std::lock_guard lock(mutex);
      if (!error) error = std::current_exception();
    }
  }
};

Task<AsyncTask::Answer> perform(Board& board, MatrixOrchestrator orchestrator, std::uint32_t id) {
  JoinHandle<void> job = spawn_blocking([&board, id] { board.perform(id); });
  static_cast<void>(co_await job);
  orchestrator.broadcast(board.jobs[id].name);
  co_return std::string();
}

Task<void> tell(broadcast::Receiver<std::string> messages, const JobEnded& ended) {
  for (;;) {
    auto name = co_await messages.recv();
    if (!name) continue;  // fell behind: the next one says how far the work is
    if (*name == kEnd) co_return;
    ended(*name);
  }
}

Task<bool> conduct(MatrixOrchestrator orchestrator, Board& board, const JobEnded& ended) {
  JoinHandle<void> progress = spawn(tell(orchestrator.subscribe(), ended));
  std::vector<AsyncTask> tasks;
  for (std::size_t i = 0; i < board.jobs.size(); ++i) {
    tasks.emplace_back([&board, orchestrator](std::uint32_t id, CancellationToken) {
      return perform(board, orchestrator, id);
    });
  }
  const auto results = co_await orchestrator.run(std::move(tasks), kNoTimeLimit);
  orchestrator.broadcast(kEnd);
  const auto told = co_await progress;
  if (!told && told.error().exception()) std::rethrow_exception(told.error().exception());
  co_return results.has_value();
}

}  // namespace

bool run_jobs(std::vector<Job> jobs, std::size_t at_once, Interrupt& interrupt, const JobEnded& ended) {
  Board board{.jobs = std::move(jobs), .mutex = {}, .error = {}};
  const MatrixOrchestrator orchestrator(at_once);
  bool complete = false;
  {
    const Interrupt::Scope cancels(interrupt, [&orchestrator] { orchestrator.cancel(); });
    complete = Runtime::multi_thread().block_on(conduct(orchestrator, board, ended));
  }
  if (board.error) std::rethrow_exception(board.error);
  return complete && !interrupt.requested();
}

}  // namespace corokit::moulinette
