#include <corokit/io/process.hpp>
#include <corokit/io/read_write.hpp>
#include <corokit/join_set.hpp>
#include <corokit/runtime.hpp>
#include <corokit/time/timeout.hpp>

#include <gtest/gtest.h>
#include <signal.h>
#include <chrono>
#include <string>

#include "support/on_each_runtime.hpp"

namespace corokit::io {
namespace {

using namespace std::chrono_literals;

class ProcessOn : public corokit::test::OnEachRuntime {};
COROKIT_ON_EACH_RUNTIME(ProcessOn);

Command shell(const std::string& script) {
  Command command("/bin/sh");
  command.arg("-c").arg(script);
  return command;
}

TEST_P(ProcessOn, OutputIsCaptured) {
  auto body = []() -> Task<void> {
    auto output = co_await shell("echo out; echo err >&2; exit 3").output();
    EXPECT_EQ(output->out, "out\n");
    EXPECT_EQ(output->err, "err\n");
    EXPECT_EQ(output->status, (ExitStatus{.code = 3, .signal = 0}));
    EXPECT_FALSE(output->cut);
  };
  make().block_on(body());
}

TEST_P(ProcessOn, ALongOutputIsCutAndDoesNotStopTheProcess) {
  auto body = []() -> Task<void> {
    auto output = co_await shell("head -c 1000000 /dev/zero; exit 4").output(1000);
    EXPECT_EQ(output->out.size(), 1000u);
    EXPECT_TRUE(output->cut);
    EXPECT_EQ(output->status.code, 4);
  };
  make().block_on(body());
}

TEST_P(ProcessOn, InputArrives) {
  auto body = []() -> Task<void> {
    Command cat("cat");
    cat.in(Command::Stdio::pipe).out(Command::Stdio::pipe);
    Child child = cat.spawn().value();
    (co_await write_all(*child.input, "through cat")).value();
    auto output = co_await child.wait_with_output();
    EXPECT_EQ(output->out, "through cat");
    EXPECT_TRUE(output->status.succeeded());
  };
  make().block_on(body());
}

TEST_P(ProcessOn, ASignalEndsIt) {
  auto body = []() -> Task<void> {
    Child child = shell("exec sleep 1000").spawn().value();
    EXPECT_FALSE(co_await timeout(1ms, child.wait()));
    EXPECT_TRUE(child.kill());
    const ExitStatus killed{.code = 0, .signal = SIGKILL};
    EXPECT_EQ(co_await child.wait(), killed);
    EXPECT_EQ(co_await child.wait(), killed) << "as often as it is asked";
    EXPECT_EQ(child.kill().error(), std::errc::no_such_process);
  };
  make().block_on(body());
}

TEST_P(ProcessOn, ADroppedChildIsKilledWithItsGroup) {
  auto body = []() -> Task<void> {
    Command command = shell("sleep 1000 & echo $!; wait");
    command.out(Command::Stdio::pipe).own_group();
    Child child = command.spawn().value();
    std::string printed;
    std::array<char, 64> buffer;
    while (!printed.ends_with('\n'))
      printed.append(buffer.data(), (co_await child.out->read(buffer)).value());
    const pid_t grandchild = std::stoi(printed);
    EXPECT_EQ(::kill(grandchild, 0), 0);
    PipeReader out = std::move(*child.out);
    { const Child dropped = std::move(child); }
    // The end of the pipe comes once both are gone.
    EXPECT_EQ(co_await out.read(buffer), 0u);
  };
  make().block_on(body());
}

TEST_P(ProcessOn, EnvironmentAndFolderAreAsAsked) {
  auto body = []() -> Task<void> {
    Command command = shell("echo $A,$B,$HOME; pwd");
    command.clear_env().env("A", "1").env("B", "2").env("A", "3").current_dir("/");
    auto output = co_await command.output();
    EXPECT_EQ(output->out, "3,2,\n/\n");
  };
  make().block_on(body());
}

TEST_P(ProcessOn, WhatDoesNotExistIsAnError) {
  auto body = []() -> Task<void> {
    EXPECT_EQ(Command("/nowhere/at/all").spawn().error(), std::errc::no_such_file_or_directory);
    EXPECT_EQ(shell("true").current_dir("/nowhere").spawn().error(), std::errc::no_such_file_or_directory);
    co_return;
  };
  make().block_on(body());
}

TEST_P(ProcessOn, ItGetsNoDescriptorButItsStreams) {
  auto body = []() -> Task<void> {
    const int open = ::dup(0);  // without close-on-exec
    auto output = co_await shell("ls /proc/self/fd | wc -l").output();
    ::close(open);
    EXPECT_EQ(output->out, "4\n") << "the fourth is the folder that ls reads";
  };
  make().block_on(body());
}

TEST_P(ProcessOn, ManyRunAtOnce) {
  auto body = []() -> Task<int> {
    auto one = [](int number) -> Task<bool> {
      auto output = co_await shell("echo " + std::to_string(number)).output();
      co_return output && output->out == std::to_string(number) + "\n";
    };
    JoinSet<bool> all;
    for (int i = 0; i < 20; ++i) all.spawn(one(i));
    int right = 0;
    while (auto done = co_await all.join_next()) right += done->value() ? 1 : 0;
    co_return right;
  };
  EXPECT_EQ(make().block_on(body()), 20);
}

}  // namespace
}  // namespace corokit::io
