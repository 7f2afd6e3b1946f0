#include "running/workspace.hpp"

#include "sandbox/box.hpp"
#include "testing/support.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <string>
#include <thread>

namespace corokit::moulinette {
namespace {

/// Tests of what a program finds that comes after one that was killed.
class NextWorkspace : public testing::Test {
 protected:
  static constexpr std::chrono::seconds kLongest{60};

  /// Starts a program that makes a workspace, and then does `work` until it is killed: when `file` exists.
  template <class F>
  void kill_when_exists(const std::filesystem::path& file, F work) const {
    const pid_t killed = fork();
    if (killed == 0) {
      setenv("TMPDIR", folder().c_str(), 1);
      const Workspace workspace;
      work(workspace);
      _exit(1);
    }
    wait_until([&] { return std::filesystem::exists(file); });
    kill(killed, SIGKILL);
    waitpid(killed, nullptr, 0);
  }

  /// Expects that the next workspace kills the process whose number is in the file.
  void expect_kills(const std::filesystem::path& number) const {
    const std::string pid = std::to_string(std::stoi("0" + read_text(number)));
    // A process has a program also while that is being replaced.
    const auto runs = [&pid] { return access(("/proc/" + pid + "/exe").c_str(), F_OK) == 0; };
    EXPECT_TRUE(runs());
    // Not a program of its own: this process may be the one that orphans come to, and would kill them as its own.
    const char* const asked = std::getenv("TMPDIR");
    const std::string before = asked ? asked : "";
    setenv("TMPDIR", folder().c_str(), 1);
    { const Workspace next; }
    before.empty() ? unsetenv("TMPDIR") : setenv("TMPDIR", before.c_str(), 1);
    wait_until([&] { return !runs(); });
    EXPECT_FALSE(runs());
    if (runs()) kill(std::stoi(pid), SIGKILL);
  }

  const std::filesystem::path& folder() const { return workspace_.path(); }

 private:
  template <class F>
  static void wait_until(F holds) {
    const auto end = std::chrono::steady_clock::now() + kLongest;
    while (!holds() && std::chrono::steady_clock::now() < end) std::this_thread::yield();
  }

  const Workspace workspace_;
};

// A bubblewrap that makes its box for ever, with a process that does not die with it.
TEST_F(NextWorkspace, KillsABoxThatWasBeingMade) {
  const std::filesystem::path number = folder() / "number";
  write_text(folder() / "bwrap", "#!/bin/sh\nexport PATH=/usr/bin:/bin\nsetsid sh -c 'echo $$ >" +
                                     (folder() / "new").string() + "; mv " + (folder() / "new").string() +
                                     " " + number.string() + "; exec sleep 1000' >/dev/null 2>&1 &\nwait\n");
  std::filesystem::permissions(folder() / "bwrap", std::filesystem::perms::all);
  kill_when_exists(number, [this](const Workspace& workspace) {
    setenv("PATH", folder().c_str(), 1);
    const Box box{.readable = {}, .folder = workspace.make_folder("box")};
    run_in_box({.argv = {"/bin/true"}}, box, {}, SandboxLevel::isolated);
  });
  expect_kills(number);
}

// The environment of a process cannot be read while one program is put in the place of another: here, most of the time.
TEST_F(NextWorkspace, KillsAProcessThatChangesItsProgram) {
  const std::filesystem::path program = folder() / "program";
  write_text(
      program,
      "#!/bin/sh\ntest -e \"$1\" || { echo $$ >\"$1.new\"; mv \"$1.new\" \"$1\"; }\nexec \"$0\" \"$1\"\n");
  std::filesystem::permissions(program, std::filesystem::perms::all);
  for (int round = 0; round < 20; ++round) {
    const std::filesystem::path number = folder() / std::to_string(round);
    kill_when_exists(number, [&](const Workspace& workspace) {
      setenv("TMPDIR", workspace.path().c_str(), 1);
      if (fork() == 0) execl(program.c_str(), program.c_str(), number.c_str(), nullptr);
      pause();
    });
    expect_kills(number);
  }
}

}  // namespace
}  // namespace corokit::moulinette
