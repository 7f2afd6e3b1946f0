// Graceful shutdown: Ctrl-C asks the program to stop. It finishes the job that is under way, begins no other, and says
// how many are left.
//
// Look at:
//   - main(): SIGINT is blocked before any other thread exists. All threads inherit that, and only the one in sigwait()
//     gets the signal. Unlike a signal handler, it may do anything, cancel() included.
//   - work(): run_until_cancelled() guards the wait for the next job, and only that. A cancellation asks; it does not
//     interrupt the job.
#include <corokit/runtime.hpp>
#include <corokit/sync/cancellation_token.hpp>
#include <corokit/sync/mpsc.hpp>

#include <signal.h>
#include <unistd.h>

#include <cstdio>
#include <thread>

using namespace corokit;

namespace {

Task<> run_job(int job, const CancellationToken& stop) {
  std::printf("job %d begins\n", job);
  if (job == 3) {
    kill(getpid(), SIGINT);     // stands for somebody who presses Ctrl-C
    co_await stop.cancelled();  // a long job, under way until the signal has arrived
    std::printf("asked to stop\n");
  }
  std::printf("job %d is done\n", job);
}

/// Returns: how many jobs it has done.
Task<int> work(mpsc::Receiver<int>& jobs, CancellationToken stop) {
  int done = 0;
  while (const auto job = co_await stop.run_until_cancelled(jobs.recv())) {
    if (!*job) break;  // no more will come
    co_await run_job(**job, stop);
    ++done;
  }
  co_return done;
}

Task<> serve(CancellationToken stop) {
  auto [submit, jobs] = mpsc::channel<int>(8);
  for (int job = 1; job <= 5; ++job) static_cast<void>(co_await submit.send(job));
  const int done = co_await work(jobs, stop);
  std::printf("%d jobs are done, %zu are left\n", done, jobs.len());
}

}  // namespace

int main() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);

  const CancellationToken stop;
  std::thread([signals, stop] {
    int received = 0;
    sigwait(&signals, &received);
    stop.cancel();
  }).detach();  // it waits for as long as the program lives

  Runtime::multi_thread().block_on(serve(stop));
}
