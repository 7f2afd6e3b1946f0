#include <corokit/io/process.hpp>
#include <corokit/runtime.hpp>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>
#include <array>
#include <chrono>
#include <string>
#include <thread>

// What a Command may say of a process before it begins.

namespace corokit::io {
namespace {

using namespace std::chrono_literals;

Command shell(const std::string& script) {
  Command command("/bin/sh");
  command.arg("-c").arg(script);
  return command;
}

/// Runs a command. Returns: what it has printed.
std::string printed_by(const Command& command) {
  auto body = [](Command asked) -> Task<std::string> {
    auto output = co_await asked.output();
    co_return output ? output->out : output.error().message();
  };
  return block_on(body(command));
}

std::error_code error_of(const Command& command) {
  auto body = [](Command asked) -> Task<std::error_code> {
    const auto child = asked.spawn();
    co_return child ? std::error_code() : child.error();
  };
  return block_on(body(command));
}

struct Pipe {
  Descriptor reads, writes;

  Pipe() {
    std::array<int, 2> ends{-1, -1};
    EXPECT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
    reads = Descriptor(ends[0]);
    writes = Descriptor(ends[1]);
  }
  /// Reads to the end, which comes once nobody can write any more.
  std::string rest() {
    writes = Descriptor();
    std::string text;
    std::array<char, 256> buffer;
    for (ssize_t got = 0; (got = ::read(reads.get(), buffer.data(), buffer.size())) > 0;)
      text.append(buffer.data(), static_cast<std::size_t>(got));
    return text;
  }
};

TEST(Command, ErrorsGoWhereTheOutputGoes) {
  EXPECT_EQ(printed_by(shell("echo 1; echo 2 >&2; echo 3").err_into_out()), "1\n2\n3\n");
}

TEST(Command, DescriptorsAreInheritedUnderTheirNumbers) {
  Pipe first;
  Pipe second;
  // Each stands where the other one is to be.
  const int one = first.writes.get();
  const int two = second.writes.get();
  const std::string script = "echo one >&" + std::to_string(two) + "; echo two >&" + std::to_string(one);
  EXPECT_EQ(printed_by(shell(script).inherit(one, two).inherit(two, one)), "");
  EXPECT_EQ(first.rest(), "one\n");
  EXPECT_EQ(second.rest(), "two\n");
}

TEST(Command, NumbersBetweenInheritedDescriptorsAreFree) {
  const int open = ::dup(0);  // without close-on-exec
  const Pipe pipe;
  // 0, 1, 2, 9, and the folder that ls reads.
  EXPECT_EQ(printed_by(shell("ls /proc/self/fd | wc -l").inherit(pipe.writes.get(), 9)), "5\n");
  ::close(open);
}

TEST(Command, ADescriptorThatIsNotOpenIsAnError) {
  EXPECT_EQ(error_of(shell("true").inherit(1'000'000, 3)), std::errc::bad_file_descriptor);
}

TEST(Command, ALimitHolds) {
  EXPECT_EQ(printed_by(shell("ulimit -Sn; ulimit -Hn").limit(RLIMIT_NOFILE, 17, 19)), "17\n19\n");
}

TEST(Command, ALimitIsNeverRaised) {
  const std::string ours = printed_by(shell("ulimit -Sn; ulimit -Hn"));
  EXPECT_EQ(printed_by(shell("ulimit -Sn; ulimit -Hn").limit(RLIMIT_NOFILE, RLIM_INFINITY, RLIM_INFINITY)),
            ours);
}

TEST(Command, ItsGroupEndsWithIt) {
  auto body = []() -> Task<void> {
    Pipe pipe;
    Command command = shell("sleep 1000 & exit 3");
    command.inherit(pipe.writes.get(), 3).kill_group_at_end();
    EXPECT_EQ((co_await command.status())->code, 3);
    EXPECT_EQ(pipe.rest(), "") << "the end of the pipe comes once both are gone";
  };
  block_on(body());
}

TEST(Command, AKillReachesWhatLeftItsGroup) {
  auto body = []() -> Task<void> {
    Command perl("/usr/bin/perl");
    perl.arg("-e").arg("setpgrp(0, getpgrp(getppid())) or exit 3; $| = 1; print 'left'; sleep 1000");
    perl.own_group().out(Command::Stdio::pipe);
    Child child = perl.spawn().value();
    std::array<char, 8> buffer;
    EXPECT_EQ(co_await child.out->read(buffer), 4u);
    EXPECT_TRUE(child.kill());
    EXPECT_EQ((co_await child.wait())->signal, SIGKILL);
  };
  block_on(body());
}

TEST(Command, ItDiesWithTheThreadThatStartedIt) {
  Pipe pipe;
  auto body = [&pipe]() -> Task<void> {
    Command command = shell("exec sleep 1000");
    command.inherit(pipe.writes.get(), 3).die_with_parent().kill_on_drop(false);
    EXPECT_TRUE(command.spawn());
    co_return;
  };
  std::thread([&body] { block_on(body()); }).join();
  EXPECT_EQ(pipe.rest(), "");
}

TEST(Command, ItBlocksNoSignalAndDoesNotIgnoreSigpipe) {
  sigset_t blocked;
  sigset_t before;
  ::sigemptyset(&blocked);
  ::sigaddset(&blocked, SIGUSR1);
  ::pthread_sigmask(SIG_BLOCK, &blocked, &before);
  const auto handler = ::signal(SIGPIPE, SIG_IGN);
  const std::string found =
      printed_by(shell("grep -E '^Sig(Blk|Ign)' /proc/self/status | tr -d '[:blank:]'"));
  ::signal(SIGPIPE, handler);
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  EXPECT_EQ(found, "SigBlk:0000000000000000\nSigIgn:0000000000000000\n");
}

TEST(Command, ATextIsNoProgram) {
  std::string file = "/tmp/corokit_text_XXXXXX";
  Descriptor text(::mkstemp(file.data()));
  EXPECT_EQ(::write(text.get(), "exit 0\n", 7), 7);
  EXPECT_EQ(::fchmod(text.get(), 0700), 0);
  text = Descriptor();  // what is open for writing cannot be run
  EXPECT_EQ(error_of(Command(file)), std::errc::executable_format_error);
  ::unlink(file.c_str());
}

TEST(Child, ItsProcessorTimeIsKnownAtItsEnd) {
  auto body = []() -> Task<void> {
    Child child = shell("i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done").spawn().value();
    EXPECT_EQ(child.processor_time(), 0us);
    EXPECT_TRUE((co_await child.wait())->succeeded());
    EXPECT_GT(child.processor_time(), 0us);
  };
  block_on(body());
}

}  // namespace
}  // namespace corokit::io
