// The line server on the network of a simulation: latency, partial reads and writes, resets and partitions,
// on many schedules. Nothing is lost, and every connection ends.
#include <corokit/explore_test.hpp>
#include <corokit/io/simulated_network.hpp>
#include <corokit/join_set.hpp>
#include <corokit/simulation.hpp>
#include <corokit/time/sleep.hpp>
#include <corokit/yield.hpp>

#include <gtest/gtest.h>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "support/line_client.hpp"
#include "support/line_server.hpp"

namespace corokit::io {
namespace {

using namespace std::chrono_literals;
using explorer::Search;
using test::Heard;
using test::LineClient;
using test::LineServer;

/// A server, and the task that serves.
class Serving {
 public:
  Serving() {
    TcpListener listener = TcpListener::bind(SocketAddress::loopback(0)).value();
    address = listener.local_address().value();
    task_ = std::make_unique<JoinHandle<void>>(spawn(server.serve(std::move(listener)), "server"));
  }
  /// Waits until the server is over after a stop().
  Task<void> end() {
    EXPECT_TRUE(co_await *task_);
    EXPECT_EQ(server.connections(), 0u) << "every connection ends";
  }

  LineServer server;
  SocketAddress address;

 private:
  std::unique_ptr<JoinHandle<void>> task_;
};

Task<void> join_all(JoinSet<void>& tasks) {
  while (auto done = co_await tasks.join_next()) EXPECT_TRUE(*done);
}

/// Says all lines at once, and hears the answers. One line is too long.
Task<void> talk(SocketAddress server, int lines) {
  LineClient client((co_await TcpStream::connect(server)).value());
  for (int i = 0; i < lines; ++i) {
    const std::string line =
        i == 1 ? std::string(LineServer::kLongest + 1, 'x') : "line " + std::to_string(i);
    EXPECT_TRUE(co_await client.say(line));
  }
  client.finish();
  EXPECT_EQ(co_await client.hear_all(), Heard::end);
  EXPECT_EQ(client.heard(), client.said());
}

/// Waits for the answer to each line before the next one.
Task<void> ask(SocketAddress server, int lines) {
  LineClient client((co_await TcpStream::connect(server)).value());
  for (int i = 0; i < lines; ++i) EXPECT_TRUE(co_await client.ask("line " + std::to_string(i)));
}

/// Two clients talk, and leave; then the server stops.
Task<void> two_clients(Task<void> (*talk_or_ask)(SocketAddress, int), int lines) {
  Serving serving;
  JoinSet<void> clients;
  for (int i = 0; i < 2; ++i) clients.spawn(talk_or_ask(serving.address, lines));
  co_await join_all(clients);
  co_await sleep(1min);
  EXPECT_EQ(serving.server.connections(), 0u) << "the clients are gone";
  EXPECT_EQ(serving.server.answered(), 2u * static_cast<unsigned>(lines));
  serving.server.stop();
  co_await serving.end();
}

TEST(LineServerSchedules, LatencyAndPartialReadsLoseNothing) {
  explorer::check({.preemptions = 1, .schedules = 1'500}, []() -> Task<void> {
    SimulatedNetwork network;
    network.set_partial(true);
    network.set_latency(0ms, 2ms, 2);
    co_await two_clients(&talk, 3);
  });
}

TEST(LineServerSchedules, StreamsWithRoomForThreeBytesLoseNothing) {
  explorer::check({.search = Search::random, .schedules = 300}, []() -> Task<void> {
    SimulatedNetwork().set_capacity(3);
    co_await two_clients(&ask, 2);
  });
}

/// Asks each of its lines until it is answered, by a new connection after each reset.
Task<void> insist(SocketAddress server, int lines, std::uint64_t* answers) {
  for (int line = 0; line < lines;) {
    LineClient client((co_await TcpStream::connect(server)).value());
    for (int i = line; i < lines; ++i) {
      const bool is_said = co_await client.say("line " + std::to_string(i));
      if (!is_said) break;
    }
    client.finish();
    const Heard over = co_await client.hear_all();
    EXPECT_NE(over, Heard::wrong);
    EXPECT_TRUE(over == Heard::error || client.heard() == client.said()) << "only a reset loses lines";
    explorer::reached("a reset between two answers", over == Heard::error && client.heard() == 1);
    line += static_cast<int>(client.heard());
    *answers += client.heard();
  }
}

TEST(LineServerSchedules, WhatAResetLosesIsAnsweredWhenItIsAskedAgain) {
  explorer::check({.preemptions = 0, .schedules = 1'500, .must_reach = {"a reset between two answers"}},
                  []() -> Task<void> {
                    SimulatedNetwork network;
                    network.set_latency(0ms, 2ms, 1);
                    Serving serving;
                    std::uint64_t answers = 0;
                    JoinSet<void> clients;
                    for (int i = 0; i < 2; ++i) clients.spawn(insist(serving.address, 2, &answers));
                    for (int i = 0; i < 2; ++i) {
                      co_await sleep(1ms * explorer::choose(4));
                      network.reset(serving.address.port());
                    }
                    co_await join_all(clients);
                    EXPECT_EQ(answers, 4u);
                    co_await sleep(1min);
                    EXPECT_EQ(serving.server.connections(), 0u) << "a reset ends a connection";
                    serving.server.stop();
                    co_await serving.end();
                  });
}

TEST(LineServerSchedules, APartitionDelaysAndLosesNothing) {
  explorer::check({.preemptions = 0, .schedules = 1'500, .must_reach = {"answers came after the partition"}},
                  []() -> Task<void> {
                    SimulatedNetwork network;
                    network.set_latency(1ms, 2ms, 1);
                    Serving serving;
                    JoinSet<void> clients;
                    for (int i = 0; i < 2; ++i) clients.spawn(talk(serving.address, 3));
                    co_await sleep(1ms * explorer::choose(8));
                    network.cut(serving.address.port());
                    co_await sleep(1h);
                    explorer::reached("answers came after the partition", serving.server.answered() < 6);
                    network.heal(serving.address.port());
                    co_await join_all(clients);
                    EXPECT_EQ(serving.server.answered(), 6u);
                    serving.server.stop();
                    co_await serving.end();
                  });
}

/// Says lines until the server stops. Those whose last byte it had by then are answered.
Task<void> talk_until_stopped(Serving* serving) {
  auto connected = co_await TcpStream::connect(serving->address);
  if (!connected) co_return;  // it came after the stop
  LineClient client(*std::move(connected));
  const bool is_there = co_await client.ask("here");
  std::uint64_t arrived = is_there ? 1 : 0;
  for (int i = 0; is_there && i < 3; ++i) {
    const bool is_said = co_await client.say("line " + std::to_string(i));
    if (is_said && !serving->server.is_stopped()) arrived = client.said();
  }
  explorer::reached("a stop with lines that have no answer", arrived > serving->server.answered());
  static_cast<void>(co_await client.say_half("half a li"));
  const Heard over = co_await client.hear_all();
  EXPECT_TRUE(over == Heard::end || !is_there) << "the server says goodbye";
  EXPECT_GE(client.heard(), arrived);
}

TEST(LineServerSchedules, AStopAnswersWhatHasArrived) {
  explorer::check({.preemptions = 1,
                   .schedules = 3'000,
                   .must_reach = {"a stop with lines that have no answer", "a stop before the first line"}},
                  []() -> Task<void> {
                    SimulatedNetwork().set_partial(true);
                    Serving serving;
                    JoinSet<void> clients;
                    clients.spawn(talk_until_stopped(&serving));
                    for (std::size_t turns = explorer::choose(20); turns > 0; --turns) co_await yield_now();
                    explorer::reached("a stop before the first line", serving.server.answered() == 0);
                    serving.server.stop();
                    co_await join_all(clients);
                    co_await serving.end();
                  });
}

/// Says lines, and takes no answers, until the server has ended.
Task<void> say_only(Serving* serving, std::uint64_t* said) {
  LineClient client((co_await TcpStream::connect(serving->address)).value());
  for (;;) {
    const bool is_said = co_await client.say("a line of a client that does not listen");
    if (!is_said) co_return;
    *said = client.said();
  }
}

TEST(LineServerSchedules, APeerThatTakesNoAnswersHoldsTheServerNoLongerThanItsGrace) {
  auto body = []() -> Task<Duration> {
    SimulatedNetwork().set_capacity(256);
    Serving serving;
    std::uint64_t said = 0;
    JoinSet<void> clients;
    clients.spawn(say_only(&serving, &said));
    co_await sleep(1min);
    EXPECT_LT(said, 30u) << "neither side holds more than its buffers";
    const Instant begin = now();
    serving.server.stop();
    co_await serving.end();
    const Duration took = now() - begin;
    co_await join_all(clients);
    co_return took;
  };
  EXPECT_EQ(sim::run({}, body()), LineServer::kGrace);
}

TEST(LineServerSchedules, APartitionHoldsTheServerNoLongerThanItsGrace) {
  auto body = []() -> Task<Duration> {
    Serving serving;
    LineClient client((co_await TcpStream::connect(serving.address)).value());
    EXPECT_TRUE(co_await client.ask("here"));
    SimulatedNetwork().cut(serving.address.port());
    EXPECT_TRUE(co_await client.say("lost?"));
    const Instant begin = now();
    serving.server.stop();
    co_await serving.end();
    const Duration took = now() - begin;
    SimulatedNetwork().heal(serving.address.port());
    EXPECT_EQ(co_await client.hear(), Heard::end);
    co_return took;
  };
  EXPECT_EQ(sim::run({}, body()), LineServer::kGrace);
}

}  // namespace
}  // namespace corokit::io
