// A job runner: commands, two at a time, each with a time limit. A command that takes too long is killed with everything
// that it has started.
//
// Look at:
//   - run_job(): timeout() drops output(), and the drop kills the whole group of the process. There is no other clean-up.
#include <corokit/io/process.hpp>
#include <corokit/join_set.hpp>
#include <corokit/runtime.hpp>
#include <corokit/sync/semaphore.hpp>
#include <corokit/time/timeout.hpp>

#include <chrono>
#include <cstdio>
#include <map>
#include <string>

using namespace corokit;
using namespace corokit::io;
using namespace std::chrono_literals;

namespace {

Task<std::string> run_job(std::string script, Semaphore& slots) {
  const auto slot = co_await slots.acquire();
  Command shell("sh");
  shell.arg("-c").arg(script).own_group();
  auto output = co_await timeout(2s, shell.output());
  if (!output) co_return "killed: it took too long";
  if (!*output) co_return "not started: " + output->error().message();
  const Output& ended = **output;
  if (ended.status.signal != 0) co_return "ended by signal " + std::to_string(ended.status.signal);
  co_return "status " + std::to_string(ended.status.code) +
      ", output: " + ended.out.substr(0, ended.out.find('\n'));
}

Task<> run() {
  Semaphore slots(2);
  JoinSet<std::string> jobs;
  std::map<std::string, std::string> results;
  for (const char* script :
       {"echo built", "echo failed; exit 3", "kill -TERM $$", "sleep 1000 & wait", "no_such_command"})
    results[script] = "";
  const auto collect = [](std::string script, Semaphore* places, std::string* to) -> Task<std::string> {
    *to = co_await run_job(std::move(script), *places);
    co_return *to;
  };
  for (auto& [script, result] : results) jobs.spawn(collect(script, &slots, &result));
  for (;;) {
    const auto done = co_await jobs.join_next();
    if (!done) break;
  }
  for (const auto& [script, result] : results) std::printf("%-20s %s\n", script.c_str(), result.c_str());
}

}  // namespace

int main() {
  Runtime::multi_thread().block_on(run());
}
