#include "process/process.hpp"

#include "process/capped_text.hpp"
#include "process/process_tree.hpp"
#include "process/system_limits.hpp"

#include <corokit/io/process.hpp>
#include <corokit/io/unix.hpp>
#include <corokit/join.hpp>
#include <corokit/pin.hpp>
#include <corokit/runtime.hpp>
#include <corokit/time/timeout.hpp>

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <array>
#include <csignal>
#include <cstring>
#include <optional>
#include <system_error>
#include <tuple>

namespace corokit::moulinette {
namespace {

using How = Finished::How;
constexpr std::chrono::seconds kLastWords{1};  // for what stands in the pipe when all have ended

void limit(io::Command& program, const ProcessLimits& limits) {
  const auto cpu = static_cast<rlim_t>(limits.cpu.count());
  program.limit(RLIMIT_NOFILE, given_descriptors().rlim_cur, given_descriptors().rlim_max);
  program.limit(RLIMIT_CORE, 0, 0);
  if (limits.file) program.limit(RLIMIT_FSIZE, limits.file, limits.file);
  if (cpu) program.limit(RLIMIT_CPU, cpu, cpu + 1);
  if (limits.memory) program.limit(RLIMIT_AS, limits.memory, limits.memory);
}

io::Command program_of(const Command& command) {
  io::Command program(command.argv.front());
  program.args({command.argv.begin() + 1, command.argv.end()}).current_dir(command.directory.string());
  if (!command.inherits_environment) program.clear_env().env("PATH", "/usr/bin:/bin");
  // The language is the same everywhere, since the messages of tools are read.
  program.env("LC_ALL", "C.UTF-8").env("LANGUAGE", "");
  for (const std::string& entry : command.environment) {
    const std::size_t equals = entry.find('=');
    program.env(entry.substr(0, equals), entry.substr(equals + 1));
  }
  program.in(io::Command::Stdio::null).out(io::Command::Stdio::pipe);
  if (command.merges_errors) program.err_into_out();
  for (int number = 4; const int descriptor : command.inherited) program.inherit(descriptor, number++);
  program.kill_group_at_end().die_with_parent();
  return program;
}

Finished not_started(const Command& command, std::error_code why) {
  Finished finished;
  finished.code = why.value();
  finished.output = command.argv.front() + ": " + why_not_started(why.value());
  return finished;
}

/// Keeps all that comes until the end of a stream, if there is one.
template <io::Reader R>
Task<void> keep(std::optional<R>& from, CappedText& to) {
  std::array<char, 16384> buffer;
  while (from) {
    const auto got = co_await from->read(buffer);
    if (!got || *got == 0) co_return;
    to.append({buffer.data(), *got});
  }
}

/// Waits for the end of a process, and kills it where that takes too long.
///
/// Returns: exited, whatever its status, out_of_time, or interrupted.
Task<How> end_of(io::Child& child, std::chrono::milliseconds wall, const CancellationToken& interrupt) {
  const auto ended = co_await interrupt.run_until_cancelled(timeout(wall, child.wait()));
  if (ended && *ended) co_return How::exited;
  static_cast<void>(child.kill());
  co_return ended ? How::out_of_time : How::interrupted;
}

Task<Finished> run(const Command& command, const ProcessLimits& limits, const CancellationToken& interrupt) {
  Finished finished;
  finished.how = How::interrupted;
  if (interrupt.is_cancelled()) co_return finished;
  io::Command program = program_of(command);
  limit(program, limits);
  std::optional<io::UnixStream> socket;
  std::optional<io::UnixStream> theirs;
  if (!command.secret.empty()) {
    auto ends = io::UnixStream::pair();
    if (!ends) co_return not_started(command, ends.error());
    std::tie(socket, theirs) = *std::move(ends);
    fcntl(theirs->descriptor(), F_SETFL, 0);  // the process may block
    const auto sent = socket->try_write(command.secret);
    if (!sent) co_return not_started(command, sent.error());
    program.inherit(theirs->descriptor(), 3);
  }
  ProcessTree& tree = ProcessTree::of_this_program();
  auto child = tree.start(program);
  theirs.reset();
  if (!child) co_return not_started(command, child.error());

  CappedText output(limits.output);
  CappedText report(limits.report);
  auto reading = pin(join(keep(child->out, output), keep(socket, report)));
  auto ending = pin(end_of(*child, limits.wall, interrupt));
  auto first = co_await select(biased, ending, reading);
  const bool is_silent = first.index() == 1;
  if (is_silent)
    finished.how = co_await ending;
  else
    finished.how = std::get<0>(first);
  const auto status = co_await child->wait();
  tree.ended(child->id());
  tree.kill_orphans();
  if (!status) co_return not_started(command, status.error());  // nobody knows how it ended
  // The end of the streams may never come: a process that escaped may hold them open.
  if (!is_silent) static_cast<void>(co_await timeout(kLastWords, reading));

  finished.processor = std::chrono::duration_cast<std::chrono::milliseconds>(child->processor_time());
  if (finished.how == How::exited) set_ending(finished, W_EXITCODE(status->code, status->signal), limits.cpu);
  finished.output = output.text();
  finished.shortened = output.shortened();
  finished.report = report.text();
  co_return finished;
}

/// On the calling thread, and so without a thread or an epoll for each process. Nothing here waits for another thread, so
/// any number of threads may do this at once.
Finished run_here(const Command& command, const ProcessLimits& limits, const CancellationToken& interrupt) {
  thread_local Runtime runtime = Runtime::current_thread();
  try {
    return runtime.block_on(run(command, limits, interrupt));
  } catch (const std::system_error& error) {
    return not_started(command, error.code());
  }
}

}  // namespace

Finished run_process(const Command& command, const ProcessLimits& limits) {
  return run_here(command, limits, CancellationToken());
}

Finished run_process(const Command& command, const ProcessLimits& limits, const Interrupt& interrupt) {
  return run_here(command, limits, interrupt.token());
}

void set_ending(Finished& finished, int status, std::chrono::seconds cpu) {
  if (WIFEXITED(status)) {
    finished.how = Finished::How::exited;
    finished.code = WEXITSTATUS(status);
    return;
  }
  finished.code = WTERMSIG(status);
  // A process that catches SIGXCPU is killed by SIGKILL a second later.
  const bool is_spent = cpu.count() > 0 && finished.processor + std::chrono::seconds(1) >= cpu;
  const bool for_cpu = finished.code == SIGXCPU || (finished.code == SIGKILL && is_spent);
  finished.how = for_cpu ? Finished::How::out_of_time : Finished::How::signalled;
  if (for_cpu) finished.code = SIGXCPU;
}

std::size_t most_processes() {
  given_descriptors();
  rlimit now{};
  getrlimit(RLIMIT_NOFILE, &now);
  if (now.rlim_cur < kOwnDescriptors + kDescriptorsOfAProcess) return 1;
  return (now.rlim_cur - kOwnDescriptors) / kDescriptorsOfAProcess;
}

std::string signal_name(int signal) {
  const char* name = sigabbrev_np(signal);
  return name ? std::string("SIG") + name : "signal " + std::to_string(signal);
}

}  // namespace corokit::moulinette
