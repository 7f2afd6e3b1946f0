#include "sandbox/box.hpp"

#include "sandbox/attempts.hpp"
#include "sandbox/places.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/wait.h>
#include <chrono>
#include <csignal>
#include <set>
#include <sstream>
#include <thread>

namespace corokit::moulinette {
namespace {

using How = Finished::How;

TEST_P(BoxAtLevel, TellsHowAProgramEnds) {
  for (const int status : {0, 3, 127, 139}) {
    const Finished finished = attempt("status", std::to_string(status));
    EXPECT_EQ(finished.how, How::exited) << finished.output;
    EXPECT_EQ(finished.code, status);
  }
  for (const int signal : {SIGSEGV, SIGABRT, SIGKILL, SIGTERM, SIGPROF}) {
    const Finished finished = attempt("die", std::to_string(signal));
    EXPECT_EQ(finished.how, How::signalled);
    EXPECT_EQ(finished.code, signal) << finished.output;
  }
}

TEST_P(BoxAtLevel, TellsWaitingFromSpinning) {
  const Finished waits = attempt("wait", "", Needs::test, {.wall = std::chrono::milliseconds(300)});
  EXPECT_EQ(waits.how, How::exited) << "without a socket there is nothing to wait for";
  command_.secret = "secret";
  const Finished hangs = attempt("wait", "", Needs::test, {.wall = std::chrono::milliseconds(300)});
  EXPECT_EQ(hangs.how, How::out_of_time);
  EXPECT_EQ(hangs.code, 0);
  EXPECT_LT(hangs.processor.count(), 100);
  const Finished spins = attempt("spin", "", Needs::test, {.cpu = std::chrono::seconds(1)});
  EXPECT_EQ(spins.how, How::out_of_time);
  EXPECT_EQ(spins.code, SIGXCPU);
  EXPECT_GE(spins.processor.count(), 900);
}

TEST_P(BoxAtLevel, SaysWhyAProgramCannotStart) {
  box_.folder = workspace_.path();
  const Finished finished = run_in_box({.argv = {"/no/such/program"}}, box_, {}, GetParam());
  EXPECT_EQ(finished.how, How::not_started);
  EXPECT_EQ(finished.code, ENOENT);
}

TEST_P(BoxAtLevel, HandsTheSecretOn) {
  command_.secret = "secret";
  const Finished finished = attempt("descriptors");
  EXPECT_EQ(finished.output, "0\n1\n2\n3\n");
}

TEST_P(BoxAtLevel, InheritsNoDescriptorOfOurs) {
  const io::Descriptor open_to_all(open("/dev/null", O_RDONLY));  // without close-on-exec
  EXPECT_EQ(attempt("descriptors").output, "0\n1\n2\n");
}

TEST_P(BoxAtLevel, SeesNothingOfOurEnvironment) {
  setenv("COROKIT_PASSWORD", "trinity", 1);
  command_.environment = {"NEO=one"};
  std::istringstream lines(attempt("environment").output);
  unsetenv("COROKIT_PASSWORD");
  for (std::string line; std::getline(lines, line);) {
    const std::string name = line.substr(0, line.find('='));
    EXPECT_TRUE(name == "NEO" || name == "LC_ALL" || name == "LANGUAGE" || name == "PATH" || name == "PWD")
        << line;
  }
}

TEST_P(BoxAtLevel, HasALimitOfMemory) {
  const Finished finished = attempt("take_memory", "", Needs::test, {.memory = 256U << 20U});
  EXPECT_EQ(finished.code, 3) << finished.output;
}

TEST_P(BoxAtLevel, TakesItsProcessesWithIt) {
  const std::string mark = fmt::format("left-{}", getpid());
  EXPECT_TRUE(attempt("leave", mark, Needs::compiler).succeeded());
  EXPECT_TRUE(running_with(mark).empty());
}

TEST_P(CountedBox, EndsAForkBomb) {
  box_.processes = 40;
  const std::string mark = fmt::format("1000 of {}", getpid());
  const Finished finished = attempt("fork_bomb", mark, Needs::replay);
  EXPECT_EQ(finished.how, How::exited) << finished.code << finished.output;
  const int started = std::stoi("0" + finished.output);
  EXPECT_GT(started, 10);
  EXPECT_LT(started, 41);
  EXPECT_TRUE(running_with(mark).empty());
}

TEST_P(BoxAtLevel, ATestStartsNoProcess) {
  EXPECT_EQ(attempt("fork_bomb", "10").output, "0\n");
}

TEST_P(BoxAtLevel, CallsTheSystemAsOnTheList) {
  const Finished unusual = attempt("unusual_call");
  EXPECT_EQ(unusual.how, How::signalled);
  EXPECT_EQ(unusual.code, SIGSYS);
  EXPECT_TRUE(refused(attempt("unusual_call", "", Needs::compiler)));
  for (const Needs needs : {Needs::test, Needs::explorer, Needs::sanitizer, Needs::compiler})
    for (const char* what : {"mount", "new_namespace", "clone_namespace"})
      EXPECT_TRUE(refused(attempt(what, "", needs))) << what;
}

TEST_P(BoxAtLevel, HasNoNetwork) {
  for (const Needs needs : {Needs::test, Needs::explorer, Needs::sanitizer, Needs::compiler})
    EXPECT_TRUE(refused(attempt("network", "22", needs)));
  if (!is_isolated()) return;
  const Finished devices = attempt("read", "/proc/self/net/dev", Needs::explorer);
  EXPECT_NE(devices.output.find("lo:"), std::string::npos) << devices.output;
  EXPECT_EQ(devices.output.find("eth"), std::string::npos);
}

TEST_P(BoxAtLevel, ReachesNoOtherProcess) {
  const std::string us = std::to_string(getpid());
  for (const Needs needs : {Needs::test, Needs::explorer, Needs::sanitizer, Needs::compiler}) {
    if (needs == Needs::compiler && !is_isolated()) continue;  // it may end what its user may end
    EXPECT_TRUE(refused(attempt("kill", us, needs)));
    EXPECT_TRUE(refused(attempt("trace", us, needs)));
    EXPECT_TRUE(refused(attempt("trace", "1", needs)));
  }
}

TEST_P(IsolatedBox, SeesNoFilesButItsOwn) {
  write_text(workspace_.path() / "of_the_folder", "not for you\n");
  for (const std::string& file :
       {std::string("/etc/passwd"), std::string("/etc/hostname"),
        (workspace_.path() / "of_the_folder").string(), std::string(ROOT "/mutants/04_oneshot/oneshot.hpp"),
        std::string(ROOT "/tests/specified/async_orchestrator/timeout.cpp"), std::string(ROOT "/README.md"),
        std::string(MOULINETTE), std::string("/bin/sh")})
    for (const Needs needs : {Needs::test, Needs::explorer, Needs::sanitizer})
      EXPECT_TRUE(refused(attempt("read", file, needs))) << file;
  EXPECT_TRUE(refused(attempt("run", "/bin/sh")));
}

TEST_P(BoxAtLevel, ATestWritesNoFiles) {
  for (const std::string& file :
       {(workspace_.path() / "new").string(), std::string("/new"), std::string("/tmp/new"),
        std::string("/dev/shm/new"), std::string(ATTEMPTS)})
    EXPECT_TRUE(refused(attempt("write", file))) << file;
}

TEST_P(IsolatedBox, WritesOnlyInItsFolderAndNotMoreThanItMay) {
  box_.writable = 1U << 20U;
  for (const Needs needs : {Needs::compiler, Needs::explorer, Needs::sanitizer}) {
    for (const std::string& folder :
         {std::string("/"), std::string("/dev"), std::string("/dev/shm"), std::string("/usr"),
          std::filesystem::path(ATTEMPTS).parent_path().string()})
      EXPECT_TRUE(refused(attempt("write", folder + "/new", needs))) << folder;
    const long long written = std::stoll("0" + attempt("fill", workspace_.path().string(), needs).output);
    EXPECT_GT(written, 500'000);
    EXPECT_LE(written, 1 << 20);
  }
  EXPECT_TRUE(std::filesystem::is_empty(workspace_.path()));
}

TEST_P(IsolatedBox, SeesOnlyItselfInProc) {
  std::istringstream names(attempt("list", "/proc", Needs::sanitizer).output);
  int processes = 0;
  for (std::string name; std::getline(names, name);)
    processes += std::isdigit(static_cast<unsigned char>(name[0])) != 0;
  EXPECT_EQ(processes, 2);
  for (const char* secret : {"/proc/1/environ", "/proc/1/maps"})
    EXPECT_TRUE(refused(attempt("read", secret, Needs::sanitizer))) << secret;
  const std::string status = attempt("read", "/proc/self/status", Needs::sanitizer).output;
  EXPECT_NE(status.find("CapEff:\t0000000000000000"), std::string::npos) << status;
  EXPECT_NE(status.find("NoNewPrivs:\t1"), std::string::npos);
  EXPECT_NE(status.find("Seccomp:\t2"), std::string::npos);
}

TEST_P(IsolatedBox, TakesOutWhatAProgramHasMade) {
  box_.outputs = {"made"};
  EXPECT_TRUE(attempt("write", (workspace_.path() / "made").string(), Needs::compiler).succeeded());
  EXPECT_EQ(read_text(workspace_.path() / "made"), "x");
  write_text(workspace_.path() / "secret", "of ours");
  EXPECT_THROW(attempt("link", (workspace_.path() / "secret").string(), Needs::compiler), std::exception);
  EXPECT_EQ(read_text(workspace_.path() / "made"), "");
}

TEST_P(BoxAtLevel, EndsAtTheInterrupt) {
  box_.folder = workspace_.path();
  box_.readable = {ATTEMPTS};
  Interrupt interrupt{Interrupt::WithoutSignals()};
  const std::string mark = fmt::format("interrupted-{}", getpid());
  std::vector<std::filesystem::path> running;
  std::thread student([&] {
    running = wait_for_running(mark, 1);
    interrupt.trigger();
  });
  const Finished finished = run_in_box({.argv = {ATTEMPTS, "spin", mark}}, box_, {}, interrupt, GetParam());
  student.join();
  EXPECT_EQ(running.size(), 1U) << "it was running when the interrupt came";
  EXPECT_EQ(finished.how, How::interrupted);
  EXPECT_TRUE(running_with(mark).empty());
}

/// Returns: the line of a process's status that has this name.
std::string status_of(const std::filesystem::path& process, const std::string& name) {
  std::istringstream lines(read_text(process / "status"));
  for (std::string line; std::getline(lines, line);)
    if (line.starts_with(name)) return line;
  return "";
}

TEST_P(BoxAtLevel, ManyRunAtOnceAsUsersOfTheirOwn) {
  constexpr std::size_t kBoxes = 16;
  const std::string mark = fmt::format("many-{}", getpid());
  Interrupt interrupt{Interrupt::WithoutSignals()};
  std::vector<std::thread> threads;
  std::vector<Finished> finished(kBoxes);
  for (Finished& one : finished)
    threads.emplace_back([&one, &mark, &interrupt, level = GetParam()] {
      const Workspace workspace;
      const Box box{.readable = {ATTEMPTS}, .folder = workspace.path()};
      one = run_in_box({.argv = {ATTEMPTS, "wait", mark}, .secret = "secret"}, box, {}, interrupt, level);
    });
  const std::vector<std::filesystem::path> running = wait_for_running(mark, kBoxes);
  std::set<std::string> users;
  for (const auto& process : running) users.insert(status_of(process, "Uid:"));
  interrupt.trigger();
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(running.size(), kBoxes);
  const bool have_own = GetParam() == SandboxLevel::full || (!is_isolated() && can_change_user());
  EXPECT_EQ(users.size(), have_own ? kBoxes : 1);
  for (const Finished& one : finished) EXPECT_EQ(one.how, How::interrupted) << one.output;
  EXPECT_TRUE(running_with(mark).empty());
}

// A box dies with whoever started it.
TEST_P(BoxAtLevel, DiesWithTheGrader) {
  const std::string mark = fmt::format("orphan-{}", getpid());
  const pid_t grader = fork();
  if (grader == 0) {
    command_.secret = "secret";
    // In a thread of its own, since the runtime of this one is also that of the test.
    std::thread([&] { attempt("wait", mark); }).join();
    _exit(1);
  }
  EXPECT_FALSE(wait_for_running(mark, 1).empty());
  kill(grader, SIGKILL);
  waitpid(grader, nullptr, 0);
  EXPECT_TRUE(wait_for_none(mark));
}

GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(IsolatedBox);
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(CountedBox);
INSTANTIATE_TEST_SUITE_P(Offered, BoxAtLevel, testing::ValuesIn(offered_levels(SandboxLevel::filtered)),
                         name_of_level);
INSTANTIATE_TEST_SUITE_P(Offered, IsolatedBox, testing::ValuesIn(offered_levels(SandboxLevel::isolated)),
                         name_of_level);
INSTANTIATE_TEST_SUITE_P(Offered, CountedBox, testing::ValuesIn(counted_levels()), name_of_level);

}  // namespace
}  // namespace corokit::moulinette
