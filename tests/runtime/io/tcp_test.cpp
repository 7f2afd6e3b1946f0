#include <corokit/io/buffered_reader.hpp>
#include <corokit/io/read_write.hpp>
#include <corokit/io/tcp.hpp>
#include <corokit/join.hpp>
#include <corokit/join_set.hpp>
#include <corokit/runtime.hpp>
#include <corokit/time/timeout.hpp>
#include <corokit/yield.hpp>

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <array>
#include <atomic>
#include <chrono>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "support/on_each_runtime.hpp"

namespace corokit::io {
namespace {

using namespace std::chrono_literals;

class TcpOn : public corokit::test::OnEachRuntime {};
COROKIT_ON_EACH_RUNTIME(TcpOn);

/// A connection, seen from both ends.
struct Connection {
  Connection(TcpStream a, TcpStream b) noexcept : client(std::move(a)), server(std::move(b)) {}
  TcpStream client;
  TcpStream server;
};

Task<Connection> connect_to(TcpListener& listener) {
  auto both = co_await join(TcpStream::connect(listener.local_address().value()), listener.accept());
  auto& [client, accepted] = both;
  co_return Connection(std::move(client).value(), std::move(accepted.value().stream));
}

Task<Connection> connected() {
  TcpListener listener = TcpListener::bind(SocketAddress::loopback(0)).value();
  co_return co_await connect_to(listener);
}

Task<std::string> read_line(TcpStream& stream) {
  BufferedReader reader(stream);
  auto line = co_await reader.next_line();
  co_return line.value().value_or("the end");
}

TEST_P(TcpOn, BytesArriveInBothDirections) {
  auto body = []() -> Task<void> {
    Connection both = co_await connected();
    (co_await write_all(both.client, "question\n")).value();
    EXPECT_EQ(co_await read_line(both.server), "question");
    (co_await write_all(both.server, "answer\n")).value();
    EXPECT_EQ(co_await read_line(both.client), "answer");
  };
  make().block_on(body());
}

TEST_P(TcpOn, AReadWaitsUntilSomethingComes) {
  auto body = []() -> Task<void> {
    Connection both = co_await connected();
    auto reader = [](TcpStream* stream) -> Task<std::string> { co_return co_await read_line(*stream); };
    JoinHandle<std::string> reading = spawn(reader(&both.server));
    for (int i = 0; i < 10; ++i) co_await yield_now();
    EXPECT_FALSE(reading.is_finished());
    (co_await write_all(both.client, "late\n")).value();
    auto line = co_await reading;
    EXPECT_EQ(line.value(), "late");
  };
  make().block_on(body());
}

/// Sends `size` bytes, each of which tells its place.
Task<void> send_pattern(TcpStream* stream, std::size_t size) {
  std::string bytes(size, '\0');
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<char>(i * 31 / 7);
  (co_await write_all(*stream, bytes)).value();
  stream->shutdown(TcpStream::Shutdown::writing).value();
}

Task<std::size_t> count_pattern(TcpStream* stream) {
  std::string bytes;
  (co_await read_to_end(*stream, bytes)).value();
  for (std::size_t i = 0; i < bytes.size(); ++i)
    if (bytes[i] != static_cast<char>(i * 31 / 7)) co_return i;
  co_return bytes.size();
}

TEST_P(TcpOn, MuchMoreThanTheSystemBuffersArrivesInOrderInBothDirections) {
  static constexpr std::size_t kSize = 8U << 20U;
  auto body = []() -> Task<void> {
    Connection both = co_await connected();
    auto all = co_await join(send_pattern(&both.client, kSize), send_pattern(&both.server, kSize),
                             count_pattern(&both.client), count_pattern(&both.server));
    EXPECT_EQ(std::get<2>(all), kSize);
    EXPECT_EQ(std::get<3>(all), kSize);
  };
  make().block_on(body());
}

TEST_P(TcpOn, TheHalvesOfAStreamWorkInTwoTasks) {
  auto body = []() -> Task<void> {
    Connection both = co_await connected();
    auto [reading, writing] = std::move(both.server).split();
    auto echo = [](ReadHalf from, WriteHalf to) -> Task<std::uint64_t> {
      co_return (co_await copy(from, to)).value();
    };
    JoinHandle<std::uint64_t> echoing = spawn(echo(std::move(reading), std::move(writing)));
    (co_await write_all(both.client, "there and back\n")).value();
    EXPECT_EQ(co_await read_line(both.client), "there and back");
    both.client.shutdown(TcpStream::Shutdown::writing).value();
    auto copied = co_await echoing;
    EXPECT_EQ(copied.value(), 15u);
    std::array<char, 1> end;
    EXPECT_EQ(co_await both.client.read(end), 0u) << "the last half is gone, so the connection is closed";
  };
  make().block_on(body());
}

TEST_P(TcpOn, NobodyListensIsAnError) {
  auto body = []() -> Task<void> {
    std::optional<TcpListener> listener = TcpListener::bind(SocketAddress::loopback(0)).value();
    const SocketAddress address = listener->local_address().value();
    listener.reset();
    auto refused = co_await TcpStream::connect(address);
    EXPECT_EQ(refused.error(), std::errc::connection_refused);
  };
  make().block_on(body());
}

TEST_P(TcpOn, TwoListenersCannotHaveOneAddress) {
  auto body = []() -> Task<void> {
    TcpListener first = TcpListener::bind(SocketAddress::loopback(0)).value();
    EXPECT_EQ(TcpListener::bind(first.local_address().value()).error(), std::errc::address_in_use);
    co_return;
  };
  make().block_on(body());
}

TEST_P(TcpOn, APeerThatVanishesIsAnError) {
  auto body = []() -> Task<void> {
    Connection both = co_await connected();
    const linger at_once{.l_onoff = 1, .l_linger = 0};
    ::setsockopt(both.server.descriptor(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    { const TcpStream gone = std::move(both.server); }  // resets the connection
    std::array<char, 1> byte;
    EXPECT_EQ((co_await both.client.read(byte)).error(), std::errc::connection_reset);
    EXPECT_EQ((co_await both.client.write("x")).error(), std::errc::broken_pipe) << "and no SIGPIPE";
  };
  make().block_on(body());
}

TEST_P(TcpOn, ADroppedReadLosesNothing) {
  auto body = []() -> Task<void> {
    Connection both = co_await connected();
    std::array<char, 64> lost;
    for (int i = 0; i < 20; ++i) EXPECT_FALSE(co_await timeout(100us, both.server.read(lost)));
    (co_await write_all(both.client, "whole\n")).value();
    EXPECT_EQ(co_await read_line(both.server), "whole");
  };
  make().block_on(body());
}

TEST_P(TcpOn, ADroppedWriteHasWrittenNothing) {
  auto body = []() -> Task<void> {
    Connection both = co_await connected();
    const std::string block(65536, 'x');
    std::size_t sent = 0;
    while (auto put = both.client.try_write(block)) sent += *put;
    std::size_t more = 0;
    for (int i = 0; i < 5; ++i)
      if (auto put = co_await timeout(100us, both.client.write(block))) more += put->value();
    both.client.shutdown(TcpStream::Shutdown::writing).value();
    std::string got;
    EXPECT_EQ(co_await read_to_end(both.server, got), sent + more);
  };
  make().block_on(body());
}

TEST_P(TcpOn, ADroppedAcceptLosesNoConnection) {
  auto body = []() -> Task<void> {
    TcpListener listener = TcpListener::bind(SocketAddress::loopback(0)).value();
    for (int i = 0; i < 20; ++i) EXPECT_FALSE(co_await timeout(100us, listener.accept()));
    Connection both = co_await connect_to(listener);
    (co_await write_all(both.client, "here\n")).value();
    EXPECT_EQ(co_await read_line(both.server), "here");
  };
  make().block_on(body());
}

Task<void> echo(TcpStream stream) {
  static_cast<void>(co_await copy(stream, stream));
}

Task<void> serve(TcpListener* listener) {
  for (;;) {
    auto accepted = co_await listener->accept();
    spawn(echo(std::move(accepted.value().stream))).detach();
  }
}

Task<bool> ask(SocketAddress server, int number) {
  TcpStream stream = (co_await TcpStream::connect(server)).value();
  for (int i = 0; i < 3; ++i) {
    const std::string question = std::to_string(number * 10 + i) + "\n";
    (co_await write_all(stream, question)).value();
    std::string answer(question.size(), '\0');
    (co_await read_exact(stream, answer)).value();
    if (answer != question) co_return false;
  }
  co_return true;
}

TEST_P(TcpOn, AServerHasManyConnections) {
  auto body = []() -> Task<int> {
    TcpListener listener = TcpListener::bind(SocketAddress::loopback(0)).value();
    JoinHandle<void> server = spawn(serve(&listener));
    JoinSet<bool> clients;
    for (int i = 0; i < 200; ++i) clients.spawn(ask(listener.local_address().value(), i));
    int right = 0;
    while (auto done = co_await clients.join_next()) right += done->value() ? 1 : 0;
    server.abort();
    co_await server;  // so that it does not use the listener any more
    co_return right;
  };
  EXPECT_EQ(make().block_on(body()), 200);
}

TEST_P(TcpOn, DescriptorsThatRunOutAreAnErrorThatPasses) {
  auto body = []() -> Task<void> {
    TcpListener listener = TcpListener::bind(SocketAddress::loopback(0)).value();
    TcpStream client = (co_await TcpStream::connect(listener.local_address().value())).value();
    rlimit before{};
    ::getrlimit(RLIMIT_NOFILE, &before);
    const rlimit none{.rlim_cur = 3, .rlim_max = before.rlim_max};
    ::setrlimit(RLIMIT_NOFILE, &none);
    auto refused = co_await listener.accept();
    ::setrlimit(RLIMIT_NOFILE, &before);
    EXPECT_EQ(refused.error(), std::errc::too_many_files_open);
    EXPECT_TRUE(co_await listener.accept()) << "the connection has waited";
  };
  make().block_on(body());
}

TEST_P(TcpOn, AStreamOutlivesItsRuntime) {
  std::optional<TcpStream> kept;
  {
    Runtime first = make();
    auto body = [](std::optional<TcpStream>* to) -> Task<void> {
      Connection both = co_await connected();
      (co_await write_all(both.client, "left behind")).value();
      *to = std::move(both.server);
    };
    first.block_on(body(&kept));
  }
  auto read = [](TcpStream* stream) -> Task<void> {
    std::array<char, 64> bytes;
    EXPECT_EQ(co_await stream->read(bytes), 11u);
    EXPECT_EQ(co_await stream->read(bytes), 0u) << "the other end died with the runtime";
  };
  make().block_on(read(&*kept));
}

TEST_P(TcpOn, AWaitEndsWithTheRuntimeThatWatches) {
  std::optional<Runtime> first = make();
  std::optional<Connection> both;
  auto open = [](std::optional<Connection>* to) -> Task<void> { *to = co_await connected(); };
  first->block_on(open(&both));
  Runtime second = make();
  auto read = [](TcpStream* stream, std::atomic<bool>* begun) -> Task<std::error_code> {
    std::array<char, 1> byte;
    begun->store(true);
    auto got = co_await stream->read(byte);
    co_return got ? std::error_code() : got.error();
  };
  std::atomic<bool> begun{false};
  JoinHandle<std::error_code> reading = second.spawn(read(&both->server, &begun));
  first.reset();
  auto wait = [](JoinHandle<std::error_code>* handle) -> Task<std::error_code> {
    auto result = co_await *handle;
    co_return result.value();
  };
  EXPECT_EQ(second.block_on(wait(&reading)), Errc::runtime_ended);
}

TEST_P(TcpOn, DescriptorsAreWatchedWhileTasksKeepAllWorkersBusy) {
  auto busy = [](std::atomic<bool>* stop) -> Task<void> {
    while (!stop->load()) co_await yield_now();
  };
  auto body = [](std::atomic<bool>* stop) -> Task<void> {
    Connection both = co_await connected();
    (co_await write_all(both.client, "through\n")).value();
    EXPECT_EQ(co_await read_line(both.server), "through");
    stop->store(true);
  };
  std::atomic<bool> stop{false};
  Runtime runtime = make();
  std::vector<JoinHandle<void>> tasks;
  for (std::size_t i = 0; i < 32; ++i) tasks.push_back(runtime.spawn(busy(&stop)));
  runtime.block_on(body(&stop));
}

/// Reads a byte, and then blocks its worker, which has polled for it.
Task<bool> get_stuck(TcpStream* stream, std::atomic<bool>* is_stuck, std::atomic<bool>* until) {
  std::array<char, 1> byte;
  (co_await stream->read(byte)).value();
  is_stuck->store(true);
  while (!until->load()) std::this_thread::yield();
  co_return true;
}

void expect_another_worker_polls(Runtime runtime) {
  std::atomic<bool> is_stuck{false};
  std::atomic<bool> free{false};
  auto open = []() -> Task<Connection> { co_return co_await connected(); };
  Connection both = runtime.block_on(open());
  Connection other = runtime.block_on(open());
  JoinHandle<bool> stuck = runtime.spawn(get_stuck(&both.server, &is_stuck, &free));
  auto through = [](TcpStream* stream) -> Task<bool> { co_return co_await read_line(*stream) == "through"; };
  JoinHandle<bool> reading = runtime.spawn(through(&other.server));
  // The writer is no worker, so both workers may sleep, and no task wakes the second one.
  std::atomic<bool> is_awaited{false};
  std::thread writer([&] {
    while (!is_awaited.load()) std::this_thread::yield();
    both.client.try_write("x").value();
    while (!is_stuck.load()) std::this_thread::yield();
    other.client.try_write("through\n").value();
  });
  auto end = [](JoinHandle<bool>* task, std::atomic<bool>* begun) -> Task<bool> {
    begun->store(true);
    co_return (co_await *task).value();
  };
  EXPECT_TRUE(runtime.block_on(end(&reading, &is_awaited)));
  free.store(true);
  EXPECT_TRUE(runtime.block_on(end(&stuck, &is_awaited)));
  writer.join();
}

TEST(Tcp, AWorkerThatIsStuckKeepsNobodyFromItsDescriptors) {
  for (int i = 0; i < 20; ++i) {
    expect_another_worker_polls(Runtime::multi_thread(2));
    expect_another_worker_polls(Runtime::global_queue(2));
  }
}

TEST(Tcp, IsRefusedOutsideOfARuntime) {
  EXPECT_THROW(static_cast<void>(TcpListener::bind(SocketAddress::loopback(0))), std::logic_error);
}

}  // namespace
}  // namespace corokit::io
