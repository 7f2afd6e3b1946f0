#include "testing/support.hpp"

#include <gtest/gtest.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <string>
#include <thread>
#include <vector>

namespace corokit::moulinette {
namespace {

using How = Finished::How;

bool alive(pid_t pid) {
  return pid > 0 && kill(pid, 0) == 0;
}

TEST(Process, ReturnsStatusAndOutput) {
  const Finished finished = shell("echo out; echo err >&2; exit 3");
  EXPECT_EQ(finished.how, How::exited);
  EXPECT_EQ(finished.code, 3);
  EXPECT_EQ(finished.output, "out\nerr\n");
}

TEST(Process, NamesTheSignalThatKilled) {
  const Finished finished = shell("kill -SEGV $$");
  EXPECT_EQ(finished.how, How::signalled);
  EXPECT_EQ(signal_name(finished.code), "SIGSEGV");
}

TEST(Process, IsKilledWhenItsWallTimeIsUp) {
  const Finished finished = shell("echo started; exec sleep 1000", {.wall = std::chrono::milliseconds(100)});
  EXPECT_EQ(finished.how, How::out_of_time);
}

TEST(Process, IsKilledWhenItsProcessorTimeIsSpent) {
  const Finished finished = shell("while :; do :; done", {.cpu = std::chrono::seconds(1)});
  EXPECT_EQ(finished.how, How::out_of_time);
  EXPECT_EQ(finished.code, SIGXCPU);
}

TEST(Process, IsKilledForProcessorTimeThoughItCatchesTheSignal) {
  const Finished finished = shell("trap : XCPU; while :; do :; done", {.cpu = std::chrono::seconds(1)});
  EXPECT_EQ(finished.how, How::out_of_time);
  EXPECT_EQ(finished.code, SIGXCPU);
}

TEST(Process, OnlyEndsOfAFloodAreKept) {
  const Finished finished = shell("head -c 100000000 /dev/zero; echo end", {.output = 1000});
  EXPECT_TRUE(finished.succeeded());
  EXPECT_LT(finished.output.size(), 1200U);
  EXPECT_TRUE(finished.output.ends_with("end\n"));
}

TEST(Process, IsKilledInTimeThoughItFloods) {
  const Finished finished =
      shell("exec cat /dev/zero", {.wall = std::chrono::milliseconds(100), .output = 1000});
  EXPECT_EQ(finished.how, How::out_of_time);
  EXPECT_GT(finished.output.size(), 500U);
}

TEST(Process, MayCloseItsOutputBeforeItsEnd) {
  const Finished finished = shell("echo out; exec >&- 2>&-; sleep 0.1; exit 3");
  EXPECT_EQ(finished.code, 3);
  EXPECT_EQ(finished.output, "out\n");
}

TEST(Process, ManyThreadsRunOneEach) {
  std::vector<std::thread> threads;
  std::vector<Finished> finished(40);
  for (Finished& one : finished) threads.emplace_back([&one] { one = shell("echo out; sleep 0.05"); });
  for (std::thread& thread : threads) thread.join();
  for (const Finished& one : finished) EXPECT_EQ(one.output, "out\n");
}

TEST(Process, TakesItsGroupWithIt) {
  const Finished finished = shell("sleep 1000 & echo $!");
  ASSERT_TRUE(finished.succeeded());
  EXPECT_FALSE(alive(std::stoi(finished.output))) << finished.output;
}

// setsid leaves the group, and the process that left holds the pipe open.
TEST(Process, TakesWithItWhatLeftTheGroup) {
  // `cat` waits until the process that left has written its number: by then it has a session of its own.
  const Finished finished = shell(
      "fifo=$(mktemp -u); mkfifo $fifo; setsid sh -c 'echo $$ > $0; exec sleep 1000' $fifo & cat $fifo; rm "
      "$fifo");
  ASSERT_EQ(finished.how, How::exited);
  ASSERT_FALSE(finished.output.empty());
  EXPECT_FALSE(alive(std::stoi(finished.output))) << finished.output;
}

// The program joins our group, so a signal to the group that it had does not reach it.
TEST(Process, IsKilledThoughItLeftItsGroup) {
  const Finished finished =
      run({"/usr/bin/perl", "-e", "setpgrp(0, getpgrp(getppid())) or exit 3; sleep 1000"},
          {.wall = std::chrono::milliseconds(500)});
  EXPECT_EQ(finished.how, How::out_of_time);
}

TEST(Process, EndsAtTheInterrupt) {
  Interrupt interrupt;
  interrupt.trigger();
  const Finished finished = run_process({.argv = {"/bin/sleep", "1000"}}, {}, interrupt);
  EXPECT_EQ(finished.how, How::interrupted);
}

TEST(Process, IsNotStartedAfterTheInterrupt) {
  const Workspace workspace;
  Interrupt interrupt{Interrupt::WithoutSignals()};
  interrupt.trigger();
  const std::string file = workspace.path() / "started";
  EXPECT_EQ(run_process({.argv = {"/bin/touch", file}}, {}, interrupt).how, How::interrupted);
  EXPECT_FALSE(std::filesystem::exists(file));
}

/// Whether a process runs. A dead one that nobody has waited for has no command line any more.
bool runs(const std::string& pid) {
  return !read_text("/proc/" + pid + "/cmdline").empty();
}

// The process that left the session does not die with its parent.
TEST(Interrupt, TheSecondTakesWithItWhatDoesNotDieWithItsParent) {
  const Workspace workspace;
  const std::filesystem::path number = workspace.path() / "number";
  const pid_t program = fork();
  ASSERT_GE(program, 0);
  if (program == 0) {
    prctl(PR_SET_CHILD_SUBREAPER, 1);  // a fork does not inherit it, and another test may have set it
    static_cast<void>(std::freopen((workspace.path() / "said").c_str(), "w", stderr));
    const Interrupt interrupt;
    // In a thread of its own, since the runtime of this one is also that of the test.
    std::thread([&workspace] {
      run_process(
          {.argv = {"/bin/sh", "-c",
                    "setsid sh -c 'echo $$ >new; mv new number; exec sleep 1000' >/dev/null 2>&1 & wait"},
           .directory = workspace.path()},
          {});
    }).join();
    for (;;) pause();  // the thread that waits for signals ends the program
  }
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  const auto waits = [end] { return std::chrono::steady_clock::now() < end; };
  while (!std::filesystem::exists(number) && waits()) std::this_thread::yield();
  const std::string left = std::to_string(std::stoi("0" + read_text(number)));
  EXPECT_TRUE(runs(left));
  int status = 0;
  while (waitpid(program, &status, WNOHANG) == 0 && waits()) {
    kill(program, SIGINT);  // two that come at once are one
    std::this_thread::yield();
  }
  if (!waits()) kill(program, SIGKILL);
  EXPECT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 130);
  EXPECT_NE(read_text(workspace.path() / "said").find("stopped at once"), std::string::npos);
  EXPECT_FALSE(runs(left));
  if (runs(left)) kill(std::stoi(left), SIGKILL);
}

TEST(Process, ReceivesTheSecretAndReportsOverTheSocket) {
  const Finished finished = run_process(
      {.argv = {"/bin/bash", "-c", "read -r -N 4 secret <&3; echo \"$secret says $0\" >&3", "hello"},
       .secret = "1234"},
      {}, nobody_interrupts());
  EXPECT_TRUE(finished.succeeded()) << finished.output;
  EXPECT_EQ(finished.report, "1234 says hello\n");
}

TEST(Process, WithoutASecretInheritsNothing) {
  const Finished finished = shell("ls /proc/self/fd | wc -l");  // 0, 1, 2 and the folder that ls reads
  EXPECT_EQ(finished.output, "4\n");
}

TEST(Process, SaysWhyItCannotStart) {
  const Finished finished = run({"/no/such/program"});
  EXPECT_FALSE(finished.succeeded());
  EXPECT_EQ(finished.how, How::not_started);
  EXPECT_EQ(finished.code, ENOENT);
  EXPECT_EQ(finished.output, "/no/such/program: No such file or directory");
}

TEST(Process, IsLookedUpInPath) {
  EXPECT_EQ(run({"echo", "found"}).output, "found\n");
}

TEST(Process, SeesWhatTheCommandAddsToItsEnvironment) {
  const Command command{
      .argv = {"/bin/sh", "-c", "echo $NEO$HOME"}, .environment = {"NEO=one"}, .inherits_environment = false};
  EXPECT_EQ(run_process(command, {}).output, "one\n");
}

TEST(Process, SpeaksTheSameLanguageEverywhere) {
  const Command command{.argv = {"/bin/sh", "-c", "echo $LC_ALL,$LANGUAGE,$HOME"},
                        .environment = {"HOME=/here", "LANGUAGE=fr"}};
  setenv("LC_ALL", "fr_FR.UTF-8", 1);
  const Finished finished = run_process(command, {});
  unsetenv("LC_ALL");
  EXPECT_EQ(finished.output, "C.UTF-8,fr,/here\n");
}

TEST(Process, HasTheLimitOfDescriptorsThatWeWereGiven) {
  const Finished given = shell("ulimit -n");
  EXPECT_GE(most_processes(), 1U);
  EXPECT_EQ(shell("ulimit -n").output, given.output);
}

TEST(Process, IsNotGivenToAShellWhereItIsNoProgram) {
  const Workspace workspace;
  write_text(workspace.path() / "text", "exit 0\n");
  std::filesystem::permissions(workspace.path() / "text", std::filesystem::perms::all);
  EXPECT_EQ(run({(workspace.path() / "text").string()}).how, How::not_started);
}

/// Runs `action` in a thread in which pidfd_open() is refused, as in a container of another time.
void without_pidfd_open(const std::function<void()>& action) {
  std::thread([&action] {
    std::array<sock_filter, 4> filter{{BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
                                       BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_pidfd_open, 0, 1),
                                       BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
                                       BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)}};
    const sock_fprog program{filter.size(), filter.data()};
    ASSERT_EQ(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), 0);
    ASSERT_EQ(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program), 0);
    ASSERT_LT(syscall(SYS_pidfd_open, getpid(), 0), 0);
    action();
  }).join();
}

TEST(Process, EndsAlsoWherePidfdOpenIsRefused) {
  without_pidfd_open([] {
    const Finished finished = shell("echo out; exit 3", {.wall = std::chrono::seconds(60)});
    EXPECT_EQ(finished.how, How::exited);
    EXPECT_EQ(finished.code, 3);
    EXPECT_EQ(finished.output, "out\n");
    EXPECT_EQ(shell("exec sleep 1000", {.wall = std::chrono::milliseconds(100)}).how, How::out_of_time);
  });
}

TEST(Process, MayKeepItsErrorsOutOfItsOutput) {
  const Command command{.argv = {"/bin/sh", "-c", "echo out; echo error >&2"}, .merges_errors = false};
  EXPECT_EQ(run_process(command, {}).output, "out\n");
}

TEST(Process, MayNotWriteLargeFiles) {
  const Workspace workspace;
  const Finished finished = run_process(
      {.argv = {"/bin/sh", "-c", "head -c 100000 /dev/zero > large"}, .directory = workspace.path()},
      {.file = 4096}, nobody_interrupts());
  EXPECT_FALSE(finished.succeeded());
  EXPECT_EQ(std::filesystem::file_size(workspace.path() / "large"), 4096U);
}

TEST(Process, MayNotTakeMoreMemoryThanItsLimit) {
  const Finished finished =
      shell("exec dd if=/dev/zero of=/dev/null bs=500M count=1", {.memory = 100U << 20U});
  EXPECT_EQ(finished.how, How::exited);
  EXPECT_NE(finished.code, 0) << finished.output;
}

}  // namespace
}  // namespace corokit::moulinette
