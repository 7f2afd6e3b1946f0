// Graceful shutdown: Ctrl-C asks the program to stop. It finishes the job that is under way, begins no other, and says
// how many are left.
//
// Look at:
//   - serve(): one task waits for the signal, and cancels the token. Unlike a signal handler, it may do anything.
//   - work(): run_until_cancelled() guards the wait for the next job, and only that. A cancellation asks; it does not
//     interrupt the job.
#include <corokit/io/signal.hpp>
#include <corokit/runtime.hpp>
#include <corokit/sync/cancellation_token.hpp>
#include <corokit/sync/mpsc.hpp>

#include <signal.h>
#include <unistd.h>

#include <cstdio>

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

Task<> cancel_on(io::Signals interrupts, CancellationToken stop) {
  (co_await interrupts.next()).value();
  stop.cancel();
}

Task<> serve() {
  const CancellationToken stop;
  io::Signals interrupts =
      io::Signals::listen(SIGINT).value();  // from here on Ctrl-C does not end the program
  spawn(cancel_on(std::move(interrupts), stop)).detach();
  auto [submit, jobs] = mpsc::channel<int>(8);
  for (int job = 1; job <= 5; ++job) static_cast<void>(co_await submit.send(job));
  const int done = co_await work(jobs, stop);
  std::printf("%d jobs are done, %zu are left\n", done, jobs.len());
}

}  // namespace

int main() {
  Runtime::multi_thread().block_on(serve());
}
