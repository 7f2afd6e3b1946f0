// The network of a simulation: what goes wrong there, by the choices of the schedule.
#include <corokit/explore_test.hpp>
#include <corokit/io/buffered_reader.hpp>
#include <corokit/io/pipe.hpp>
#include <corokit/io/read_write.hpp>
#include <corokit/io/simulated_network.hpp>
#include <corokit/io/tcp.hpp>
#include <corokit/io/udp.hpp>
#include <corokit/io/unix.hpp>
#include <corokit/join.hpp>
#include <corokit/simulation.hpp>
#include <corokit/time/sleep.hpp>
#include <corokit/time/timeout.hpp>

#include <gtest/gtest.h>
#include <array>
#include <chrono>
#include <optional>
#include <string>

namespace corokit::io {
namespace {

using namespace std::chrono_literals;

constexpr std::uint16_t kPort = 80;

Task<void> echo_once(TcpListener* listener) {
  TcpStream stream = (co_await listener->accept()).value().stream;
  static_cast<void>(co_await copy(stream, stream));
}

/// Sends a line to a server that echoes it. Returns: what comes back, or the error.
Task<IoResult<std::optional<std::string>>> ask(std::string question) {
  auto connected = co_await TcpStream::connect(SocketAddress::loopback(kPort));
  if (!connected) co_return Err<std::error_code>(connected.error());
  auto sent = co_await write_all(*connected, question);
  if (!sent) co_return Err<std::error_code>(sent.error());
  BufferedReader reader(*connected);
  co_return co_await reader.next_line();
}

Task<void> echoes_a_line() {
  TcpListener listener = TcpListener::bind(SocketAddress::loopback(kPort)).value();
  const JoinHandle<void> server = spawn(echo_once(&listener));
  auto answer = co_await ask("hello\n");
  EXPECT_EQ(answer.value(), "hello");
}

TEST(SimulatedNetwork, AServerIsPlayedOnAllSchedulesWithPartialReadsAndWrites) {
  explorer::check({.preemptions = 1, .schedules = 2'000}, []() -> Task<void> {
    SimulatedNetwork().set_partial(true);
    co_await echoes_a_line();
  });
}

TEST(SimulatedNetwork, LatencyIsVirtualTime) {
  auto body = []() -> Task<Duration> {
    SimulatedNetwork().set_latency(10ms, 10ms);
    const Instant begin = now();
    co_await echoes_a_line();
    co_return now() - begin;
  };
  EXPECT_EQ(*sim::run({}, body()), 30ms) << "to connect, there, and back";
}

TEST(SimulatedNetwork, BytesKeepTheirOrderAtAnyLatency) {
  explorer::check({.preemptions = 0, .schedules = 500}, []() -> Task<void> {
    SimulatedNetwork().set_latency(1ms, 3ms, 2);
    auto pair = UnixStream::pair().value();
    auto send = [](UnixStream stream) -> Task<void> {
      for (const char* piece : {"a", "b", "c"}) (co_await write_all(stream, piece)).value();
    };
    std::string got;
    auto both = co_await join(send(std::move(pair.first)), read_to_end(pair.second, got));
    EXPECT_EQ(got, "abc");
    static_cast<void>(both);
  });
}

TEST(SimulatedNetwork, ACutDelaysAndAHealLetsThrough) {
  auto body = []() -> Task<Duration> {
    SimulatedNetwork network;
    TcpListener listener = TcpListener::bind(SocketAddress::loopback(kPort)).value();
    const JoinHandle<void> server = spawn(echo_once(&listener));
    network.cut(kPort);
    auto heal = []() -> Task<void> {
      co_await sleep(1h);
      SimulatedNetwork().heal(kPort);
    };
    const JoinHandle<void> healing = spawn(heal());
    const Instant begin = now();
    EXPECT_FALSE(co_await timeout(1min, ask("lost?\n")));
    auto answer = co_await ask("hello\n");
    EXPECT_EQ(answer.value(), "hello");
    co_return now() - begin;
  };
  EXPECT_EQ(*sim::run({}, body()), 1h);
}

TEST(SimulatedNetwork, AResetIsAnErrorOnBothSides) {
  auto body = []() -> Task<void> {
    TcpListener listener = TcpListener::bind(SocketAddress::loopback(kPort)).value();
    TcpStream client = (co_await TcpStream::connect(SocketAddress::loopback(kPort))).value();
    TcpStream server = (co_await listener.accept()).value().stream;
    auto read = [](TcpStream* stream) -> Task<std::error_code> {
      std::array<char, 1> byte;
      auto got = co_await stream->read(byte);
      co_return got ? std::error_code() : got.error();
    };
    auto reset = []() -> Task<void> {
      SimulatedNetwork().reset(kPort);
      co_return;
    };
    auto all = co_await join(read(&client), read(&server), reset());
    EXPECT_EQ(std::get<0>(all), std::errc::connection_reset);
    EXPECT_EQ(std::get<1>(all), std::errc::connection_reset);
    EXPECT_EQ((co_await client.write("x")).error(), std::errc::connection_reset);
  };
  EXPECT_TRUE(sim::run({}, body()));
}

TEST(SimulatedNetwork, NobodyListensIsAnError) {
  auto body = []() -> Task<std::error_code> {
    auto refused = co_await ask("hello\n");
    co_return refused.error();
  };
  EXPECT_EQ(*sim::run({}, body()), std::errc::connection_refused);
}

TEST(SimulatedNetwork, AWriteWaitsForRoom) {
  auto body = []() -> Task<void> {
    SimulatedNetwork().set_capacity(4);
    auto pipe = make_pipe().value();
    EXPECT_EQ(co_await pipe.second.write("123456"), 4u);
    EXPECT_FALSE(co_await timeout(1h, pipe.second.write("5")));
    std::array<char, 2> two;
    EXPECT_EQ(co_await pipe.first.read(two), 2u);
    EXPECT_EQ(co_await pipe.second.write("56789"), 2u);
    { const PipeReader gone = std::move(pipe.first); }
    EXPECT_EQ((co_await pipe.second.write("x")).error(), std::errc::broken_pipe);
  };
  EXPECT_TRUE(sim::run({}, body()));
}

Task<bool> datagram_arrives() {
  SimulatedNetwork().set_loss(true);
  UdpSocket to = UdpSocket::bind(SocketAddress::loopback(0)).value();
  UdpSocket from = UdpSocket::bind(SocketAddress::loopback(0)).value();
  (co_await from.send_to("x", to.local_address().value())).value();
  std::array<char, 1> byte;
  co_return (co_await timeout(1s, to.receive_from(byte))).has_value();
}

TEST(SimulatedNetwork, ADatagramIsLostOnSomeSchedules) {
  explorer::check({.must_reach = {"it arrives", "it is lost"}}, []() -> Task<void> {
    const bool arrives = co_await datagram_arrives();
    explorer::reached(arrives ? "it arrives" : "it is lost");
  });
}

TEST(SimulatedNetwork, AReadThatNobodyEndsIsADeadlock) {
  auto body = []() -> Task<void> {
    auto pair = UnixStream::pair().value();
    std::array<char, 1> byte;
    static_cast<void>(co_await pair.first.read(byte));
  };
  const auto run = sim::run({}, body());
  ASSERT_FALSE(run);
  EXPECT_EQ(run.error().kind, sim::Failure::Kind::deadlock);
  EXPECT_NE(run.error().message.find("waits in the readiness of a descriptor"), std::string::npos)
      << run.error().message;
}

TEST(SimulatedNetwork, IsThereOnlyInASimulation) {
  EXPECT_THROW(SimulatedNetwork(), std::logic_error);
  auto body = []() -> Task<void> {
    SimulatedNetwork network;
    EXPECT_THROW(network.set_latency(2ms, 1ms), std::invalid_argument);
    EXPECT_THROW(network.set_latency(-1ms, 1ms), std::invalid_argument);
    EXPECT_THROW(network.set_latency(1ms, 1ms, 0), std::invalid_argument);
    EXPECT_THROW(network.set_capacity(0), std::invalid_argument);
    co_return;
  };
  EXPECT_TRUE(sim::run({}, body()));
}

}  // namespace
}  // namespace corokit::io
