// Descriptors of other kinds: datagrams, whatever a library has, signals, files, names.
#include <corokit/io/async_fd.hpp>
#include <corokit/io/file.hpp>
#include <corokit/io/resolve.hpp>
#include <corokit/io/signal.hpp>
#include <corokit/io/udp.hpp>
#include <corokit/join.hpp>
#include <corokit/runtime.hpp>
#include <corokit/time/timeout.hpp>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/eventfd.h>
#include <unistd.h>
#include <array>
#include <chrono>
#include <filesystem>
#include <string>

#include "support/on_each_runtime.hpp"

namespace corokit::io {
namespace {

using namespace std::chrono_literals;

class DescriptorsOn : public corokit::test::OnEachRuntime {};
COROKIT_ON_EACH_RUNTIME(DescriptorsOn);

TEST_P(DescriptorsOn, DatagramsArriveWhole) {
  auto body = []() -> Task<void> {
    UdpSocket a = UdpSocket::bind(SocketAddress::loopback(0)).value();
    UdpSocket b = UdpSocket::bind(SocketAddress::loopback(0)).value();
    const SocketAddress to_b = b.local_address().value();
    std::array<char, 8> buffer;
    EXPECT_FALSE(co_await timeout(1ms, b.receive_from(buffer)));
    EXPECT_TRUE(co_await a.send_to("first", to_b));
    EXPECT_TRUE(co_await a.send_to("the second one", to_b));
    auto first = co_await b.receive_from(buffer);
    EXPECT_EQ(first->size, 5u);
    EXPECT_EQ(first->from, a.local_address().value());
    EXPECT_EQ(std::string(buffer.data(), 5), "first");
    auto second = co_await b.receive_from(buffer);
    EXPECT_EQ(second->size, 14u) << "the size of the whole, of which eight bytes came";
    EXPECT_EQ((co_await a.send_to(std::string(100'000, 'x'), to_b)).error(), std::errc::message_size);
  };
  make().block_on(body());
}

TEST_P(DescriptorsOn, AnyDescriptorIsWaitedFor) {
  auto body = []() -> Task<void> {
    AsyncFd counter = AsyncFd::make(Descriptor(::eventfd(0, EFD_CLOEXEC))).value();
    auto take = [](AsyncFd* from) -> Task<std::uint64_t> {
      std::uint64_t value = 0;
      auto got = co_await from->read_with([&] { return ::read(from->get(), &value, sizeof value); });
      co_return got ? value : 0;
    };
    JoinHandle<std::uint64_t> taking = spawn(take(&counter));
    const std::uint64_t seven = 7;
    auto put = co_await counter.write_with([&] { return ::write(counter.get(), &seven, sizeof seven); });
    EXPECT_EQ(put, 8);
    auto taken = co_await taking;
    EXPECT_EQ(taken.value(), 7u);
  };
  make().block_on(body());
}

TEST_P(DescriptorsOn, AFileOfADiskCannotBeWatched) {
  auto body = []() -> Task<void> {
    Descriptor file(::open(ROOT "/README.md", O_RDONLY | O_CLOEXEC));
    EXPECT_EQ(AsyncFd::make(std::move(file)).error(), std::errc::operation_not_permitted);
    EXPECT_EQ(AsyncFd::make(Descriptor()).error(), std::errc::bad_file_descriptor);
    co_return;
  };
  make().block_on(body());
}

TEST_P(DescriptorsOn, EachListenerGetsEachSignal) {
  auto body = []() -> Task<void> {
    Signals first = Signals::listen(SIGUSR1).value();
    Signals second = Signals::listen(SIGUSR1).value();
    Signals other = Signals::listen(SIGUSR2).value();
    EXPECT_FALSE(co_await timeout(1ms, first.next()));
    ::raise(SIGUSR1);
    EXPECT_TRUE(co_await first.next());
    EXPECT_TRUE(co_await second.next());
    EXPECT_FALSE(co_await timeout(1ms, other.next()));
    ::raise(SIGUSR1);
    EXPECT_TRUE(co_await first.next()) << "and again";
  };
  make().block_on(body());
}

TEST(Signals, SomeCannotBeWaitedFor) {
  auto body = []() -> Task<void> {
    for (const int never : {SIGKILL, SIGSTOP, SIGSEGV, 0, -1, 1000})
      EXPECT_EQ(Signals::listen(never).error(), std::errc::invalid_argument) << never;
    co_return;
  };
  Runtime::current_thread().block_on(body());
}

TEST(Signals, CtrlCIsASignal) {
  auto body = []() -> Task<void> {
    auto press = []() -> Task<void> {
      ::raise(SIGINT);
      co_return;
    };
    auto both = co_await join(ctrl_c(), press());
    EXPECT_TRUE(std::get<0>(both));
  };
  Runtime::current_thread().block_on(body());
}

class Files : public ::testing::Test {
 protected:
  Files() { std::filesystem::create_directories(folder_); }
  ~Files() override { std::filesystem::remove_all(folder_); }
  std::string path(const std::string& name) const { return (folder_ / name).string(); }

 private:
  const std::filesystem::path folder_ =
      std::filesystem::temp_directory_path() / ("corokit_files" + std::to_string(::getpid()));
};

TEST_F(Files, WhatIsWrittenIsRead) {
  auto body = [](std::string path) -> Task<void> {
    EXPECT_EQ((co_await read_file(path)).error(), std::errc::no_such_file_or_directory);
    const std::string content(3'000'000, 'x');
    EXPECT_TRUE(co_await write_file(path, content));
    EXPECT_EQ(co_await read_file(path), content);
    EXPECT_EQ((co_await read_file(path, 2'999'999)).error(), Errc::too_long);
    EXPECT_TRUE(co_await write_file(path, "shorter"));
    EXPECT_EQ(co_await read_file(path), "shorter");
  };
  Runtime::multi_thread(2).block_on(body(path("file")));
}

TEST_F(Files, ThePositionMovesWithWhatIsOver) {
  auto body = [](std::string path) -> Task<void> {
    File file = (co_await File::open(path, File::Mode::create)).value();
    EXPECT_EQ((co_await File::open(path, File::Mode::create)).error(), std::errc::file_exists);
    EXPECT_EQ(co_await file.write("0123456789"), 10u);
    EXPECT_EQ(file.position(), 10u);
    EXPECT_EQ(file.size(), 10u);
    file.seek(4);
    std::array<char, 3> three;
    const bool over = (co_await timeout(Duration(0), file.read(three))).has_value();
    EXPECT_EQ(file.position(), over ? 7u : 4u) << "a dropped read has read nothing";
    file.seek(4);
    EXPECT_EQ(co_await file.read(three), 3u);
    EXPECT_EQ(std::string(three.data(), 3), "456");
    EXPECT_TRUE(co_await file.sync());
    File log = (co_await File::open(path, File::Mode::append)).value();
    EXPECT_EQ(co_await log.write("end"), 3u);
    EXPECT_EQ(co_await read_file(path), "0123456789end");
  };
  Runtime::multi_thread(2).block_on(body(path("file")));
}

TEST(Resolve, FindsTheAddressesOfAName) {
  auto body = []() -> Task<void> {
    auto found = co_await resolve("127.0.0.1", 80);
    EXPECT_EQ(found.value().front(), SocketAddress::loopback(80));
    EXPECT_FALSE(co_await resolve("no such name", 80));
  };
  Runtime::multi_thread(1).block_on(body());
}

TEST(SocketAddress, ItsTextIsReadAgain) {
  for (const char* text : {"127.0.0.1:80", "0.0.0.0:0", "[::1]:65535", "[fe80::1:2]:1"})
    EXPECT_EQ(SocketAddress::parse(text).value().to_string(), text);
  for (const char* wrong : {"", ":", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1",
                            "localhost:80", "::1:80", "[::1]", "[127.0.0.1]:1", "1.2.3:4", "127.0.0.1:80 "})
    EXPECT_FALSE(SocketAddress::parse(wrong)) << wrong;
  EXPECT_EQ(SocketAddress::loopback(80), SocketAddress::parse("127.0.0.1:80"));
  EXPECT_FALSE(SocketAddress::loopback(80) == SocketAddress::loopback(81));
}

}  // namespace
}  // namespace corokit::io
