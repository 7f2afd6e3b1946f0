// A line server and its faults, on every runtime: many connections, clients that vanish, descriptors that run
// out, signals, and a shutdown under load. Nothing is lost: each answer is checked.
#include <corokit/join_set.hpp>
#include <corokit/runtime.hpp>
#include <corokit/sync/semaphore.hpp>
#include <corokit/time/sleep.hpp>
#include <corokit/yield.hpp>

#include <gtest/gtest.h>
#include <linux/tcp.h>  // its tcp_info has more than that of <netinet/tcp.h>
#include <netinet/in.h>
#include <sys/time.h>
#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "support/descriptor_limit.hpp"
#include "support/gate.hpp"
#include "support/line_client.hpp"
#include "support/line_server.hpp"
#include "support/on_each_runtime.hpp"
#include "support/run_until.hpp"
#include "support/scaled.hpp"

namespace corokit::io {
namespace {

using namespace std::chrono_literals;
using test::DescriptorLimit;
using test::Heard;
using test::LineClient;
using test::LineServer;

class LineServerOn : public corokit::test::OnEachRuntime {};
COROKIT_ON_EACH_RUNTIME(LineServerOn);

/// Returns: how many of the tasks have returned true.
Task<std::size_t> count_right(JoinSet<bool>& clients) {
  std::size_t right = 0;
  while (auto done = co_await clients.join_next()) right += done->value() ? 1 : 0;
  co_return right;
}

TcpListener listen() {
  return TcpListener::bind(SocketAddress::loopback(0)).value();
}

// ----------------------------------------------------------------------------------------------------
// Many connections.

/// What all clients of a crowd share.
struct Crowd {
  Crowd(SocketAddress at, std::size_t count) noexcept : server(at), size(count) {}

  /// Waits until everybody is connected, so that all connections are there at once.
  Task<void> gather() {
    if (arrived.fetch_add(1) + 1 == size) everybody_is_here.open();
    co_await everybody_is_here.wait();
  }

  SocketAddress server;
  std::size_t size;
  /// Those that were not answered yet: fewer than the listener has room for, where the system would make
  /// others wait for a second.
  Semaphore connecting{500};
  std::atomic<std::size_t> arrived{0};
  test::Gate everybody_is_here;
};

/// Returns: a client that is connected; null if it could not be.
Task<std::unique_ptr<LineClient>> connect(SocketAddress server) {
  auto connected = co_await TcpStream::connect(server);
  if (!connected) co_return nullptr;
  co_return std::make_unique<LineClient>(*std::move(connected));
}

/// Connects, asks, and waits until all others have done the same. Returns: the client; null if something went
/// wrong.
Task<std::unique_ptr<LineClient>> join_crowd(Crowd* crowd, std::string name) {
  std::unique_ptr<LineClient> client;
  bool is_right = false;
  {
    const auto permit = co_await crowd->connecting.acquire();
    client = co_await connect(crowd->server);
    if (client) is_right = co_await client->ask("here is " + name);
  }
  co_await crowd->gather();
  if (!is_right) client.reset();
  co_return client;
}

Task<bool> behave(Crowd* crowd, std::string name) {
  const auto client = co_await join_crowd(crowd, name);
  if (!client) co_return false;
  for (int i = 0; i < 3; ++i) static_cast<void>(co_await client->say(name + std::to_string(i)));
  client->finish();
  const Heard heard = co_await client->hear_all();
  co_return heard == Heard::end && client->heard() == 4;
}

Task<bool> talk_too_long(Crowd* crowd, std::string name) {
  const auto client = co_await join_crowd(crowd, name);
  if (!client) co_return false;
  static_cast<void>(co_await client->say(std::string(10 * LineServer::kLongest, 'x')));
  static_cast<void>(co_await client->say(std::string(LineServer::kLongest, 'y')));
  client->finish();
  const Heard heard = co_await client->hear_all();
  co_return heard == Heard::end && client->heard() == 3;
}

/// Leaves by a reset, with a line and a half under way.
Task<bool> vanish(Crowd* crowd, std::string name) {
  const auto client = co_await join_crowd(crowd, name);
  if (!client) co_return false;
  static_cast<void>(co_await client->say("nobody waits for this answer"));
  static_cast<void>(co_await client->say_half("half a li"));
  client->vanish_in_the_end();
  co_return true;
}

/// Connects, and leaves by a reset at once, so that the server finds a connection that is broken already, or
/// none.
Task<bool> appear_and_vanish(SocketAddress server) {
  const auto client = co_await connect(server);
  if (client) client->vanish_in_the_end();
  co_return client != nullptr;
}

/// Sends half a line, and waits for the end, which only the stop of the server brings.
Task<bool> fall_silent(Crowd* crowd, std::string name) {
  const auto client = co_await join_crowd(crowd, name);
  if (!client) co_return false;
  static_cast<void>(co_await client->say_half("half a li"));
  const Heard heard = co_await client->hear_all();
  co_return heard == Heard::end && client->heard() == 1;
}

/// Returns: how many connections there can be, both ends of which are in this process.
std::size_t crowd_size() {
  constexpr std::size_t kOthers = 64;  // descriptors that are no connections
  const std::size_t wanted = corokit::test::scaled(10'000);
  const std::size_t possible = (DescriptorLimit::get() - kOthers) / 2;
  if (possible < wanted)
    std::printf("[  LIMIT   ] %zu connections: the system allows %zu descriptors\n", possible,
                DescriptorLimit::get());
  return std::min(wanted, possible);
}

TEST_P(LineServerOn, LosesNothingOfTenThousandConnectionsAtOnce) {
  static constexpr std::size_t kVanishing = 100;
  const DescriptorLimit limit = DescriptorLimit::highest();
  auto body = [](std::size_t size) -> Task<void> {
    LineServer server;
    TcpListener listener = listen();
    Crowd crowd(listener.local_address().value(), size);
    JoinHandle<void> serving = spawn(server.serve(std::move(listener)));
    JoinSet<bool> vanishing;
    for (std::size_t i = 0; i < kVanishing; ++i) vanishing.spawn(appear_and_vanish(crowd.server));
    EXPECT_EQ(co_await count_right(vanishing), kVanishing);
    JoinSet<bool> talking;
    JoinSet<bool> waiting;
    for (std::size_t i = 0; i < size; ++i) {
      const std::string name = "client " + std::to_string(i);
      switch (i % 10) {
        case 0:
          talking.spawn(vanish(&crowd, name));
          break;
        case 1:
          talking.spawn(talk_too_long(&crowd, name));
          break;
        case 2:
          waiting.spawn(fall_silent(&crowd, name));
          break;
        default:
          talking.spawn(behave(&crowd, name));
      }
    }
    co_await crowd.everybody_is_here.wait();
    const std::size_t talkers = talking.size();
    const std::size_t waiters = waiting.size();
    EXPECT_EQ(co_await count_right(talking), talkers);
    EXPECT_GE(server.connections(), waiters) << "those that are silent are still there";
    const auto late = co_await connect(crowd.server);
    EXPECT_TRUE(co_await late->ask("is anybody left?"));
    server.stop();
    EXPECT_EQ(co_await late->hear(), Heard::end);
    late->finish();
    EXPECT_EQ(co_await count_right(waiting), waiters);
    EXPECT_TRUE(co_await serving);
    EXPECT_EQ(server.connections(), 0u);
    EXPECT_EQ(server.refused(), 0u);
  };
  make().block_on(body(crowd_size()));
}

// ----------------------------------------------------------------------------------------------------
// No descriptors.

/// Hears the answer to a line that was said, and keeps the connection until the server was refused one.
Task<bool> hear_and_hold(LineClient* client, const LineServer* server, std::size_t all) {
  const Heard heard = co_await client->hear();
  co_await test::until([&] { return server->refused() > 0 || server->answered() == all; });
  client->finish();
  const Heard end = co_await client->hear_all();
  co_return heard == Heard::right&& end == Heard::end;
}

TEST_P(LineServerOn, GoesOnWhenDescriptorsAreFreeAgain) {
  static constexpr std::size_t kClients = 64;
  static constexpr std::size_t kRoom = 8;
  auto body = []() -> Task<void> {
    LineServer server;
    TcpListener listener = listen();
    const SocketAddress address = listener.local_address().value();
    std::vector<std::unique_ptr<LineClient>> clients;
    for (std::size_t i = 0; i < kClients; ++i) {
      clients.push_back(co_await connect(address));
      static_cast<void>(co_await clients.back()->say("client " + std::to_string(i)));
    }
    const DescriptorLimit limit = DescriptorLimit::more(kRoom);
    JoinHandle<void> serving = spawn(server.serve(std::move(listener)));
    JoinSet<bool> hearing;
    for (const auto& client : clients) hearing.spawn(hear_and_hold(client.get(), &server, kClients));
    EXPECT_EQ(co_await count_right(hearing), kClients);
    EXPECT_GT(server.refused(), 0u) << "there were more connections than descriptors";
    server.stop();
    EXPECT_TRUE(co_await serving);
  };
  make().block_on(body());
}

// ----------------------------------------------------------------------------------------------------
// Signals.

std::atomic<int> signals_caught{0};

/// While it lives, the process gets a signal every 200 µs, which ends the system calls of the thread that
/// takes it.
class Signals200us {
 public:
  /// `spare_this_thread`: whether the other threads take all of them.
  explicit Signals200us(bool spare_this_thread) {
    signals_caught.store(0);
    struct sigaction count {};
    count.sa_handler = [](int) { signals_caught.fetch_add(1); };  // and no SA_RESTART
    ::sigaction(SIGALRM, &count, &action_before_);
    sigset_t alarm;
    ::sigemptyset(&alarm);
    ::sigaddset(&alarm, SIGALRM);
    ::pthread_sigmask(spare_this_thread ? SIG_BLOCK : SIG_UNBLOCK, &alarm, &mask_before_);
    const itimerval often{.it_interval = {0, 200}, .it_value = {0, 200}};
    ::setitimer(ITIMER_REAL, &often, nullptr);
  }
  Signals200us(const Signals200us&) = delete;
  Signals200us& operator=(const Signals200us&) = delete;
  ~Signals200us() {
    const itimerval never{};
    ::setitimer(ITIMER_REAL, &never, nullptr);
    const timespec at_once{};
    sigset_t alarm;
    ::sigemptyset(&alarm);
    ::sigaddset(&alarm, SIGALRM);
    ::sigtimedwait(&alarm, nullptr, &at_once);  // one that came too late
    ::sigaction(SIGALRM, &action_before_, nullptr);
    ::pthread_sigmask(SIG_SETMASK, &mask_before_, nullptr);
  }

 private:
  struct sigaction action_before_ {};
  sigset_t mask_before_{};
};

/// Asks, and pauses now and then, so that threads fall asleep; until enough signals have come.
Task<bool> ask_under_signals(SocketAddress server, int id, std::atomic<std::uint64_t>* asked) {
  constexpr int kEnough = 200;
  const auto client = co_await connect(server);
  for (int i = 0; i < 20 || signals_caught.load() < kEnough; ++i) {
    const bool is_right = co_await client->ask(std::to_string(id) + " asks " + std::to_string(i));
    if (!is_right) co_return false;
    asked->fetch_add(1);
    if (i % 8 == 7) co_await sleep(300us);
  }
  client->finish();
  const Heard heard = co_await client->hear_all();
  co_return heard == Heard::end;
}

TEST_P(LineServerOn, DoesNotNoticeSignalsThatInterruptSystemCalls) {
  auto body = []() -> Task<void> {
    constexpr std::size_t kClients = 8;
    LineServer server;
    TcpListener listener = listen();
    const SocketAddress address = listener.local_address().value();
    JoinHandle<void> serving = spawn(server.serve(std::move(listener)));
    JoinSet<bool> clients;
    std::atomic<std::uint64_t> asked{0};
    for (std::size_t i = 0; i < kClients; ++i)
      clients.spawn(ask_under_signals(address, static_cast<int>(i), &asked));
    EXPECT_EQ(co_await count_right(clients), kClients);
    server.stop();
    EXPECT_TRUE(co_await serving);
    EXPECT_EQ(server.answered(), asked.load());
    EXPECT_EQ(server.refused(), 0u);
  };
  Runtime runtime = make();
  const Signals200us signals(has_workers());
  runtime.block_on(body());
}

// ----------------------------------------------------------------------------------------------------
// Shutdown.

/// Returns: the descriptor of this process at the other end of the stream.
int other_end_of(const TcpStream& stream) {
  const SocketAddress own = stream.local_address().value();
  constexpr int kMost = 1024;  // this test has far fewer
  for (int descriptor = 0; descriptor < kMost; ++descriptor) {
    sockaddr_storage peer{};
    socklen_t size = sizeof peer;
    if (::getpeername(descriptor, reinterpret_cast<sockaddr*>(&peer), &size) < 0) continue;
    if (peer.ss_family == AF_INET && SocketAddress(peer, size) == own) return descriptor;
  }
  return -1;
}

/// Returns: how many bytes have come to a descriptor, whether somebody has read them or not.
std::uint64_t received_by(int descriptor) {
  tcp_info info{};
  socklen_t size = sizeof info;
  ::getsockopt(descriptor, IPPROTO_TCP, TCP_INFO, &info, &size);
  return info.tcpi_bytes_received;
}

constexpr std::size_t kTalkers = 50;

/// A client that says several lines at once, hears the answers, and so on until the server stops. Whoever finds that
/// enough was said stops the server, once everybody is talking.
Task<bool> talk_until_stopped(SocketAddress address, LineServer* server, std::atomic<std::size_t>* talking) {
  static constexpr std::uint64_t kAtOnce = 16;
  static constexpr std::uint64_t kEnough = 5'000;  // answers to all clients
  const std::string line(20, 'x');
  const auto client = co_await connect(address);
  const bool is_right = co_await client->ask(line);
  const int other_end = other_end_of(client->stream());
  std::uint64_t arrived = 1;  // lines that the system had taken for the server before the stop
  if (!is_right || other_end < 0) co_return false;
  talking->fetch_add(1);
  for (;;) {
    for (std::uint64_t i = 0; i < kAtOnce; ++i) static_cast<void>(co_await client->say(line));
    // After a stop the descriptor may be another one, and the answer does not count.
    const bool has_arrived = received_by(other_end) == client->said() * (line.size() + 1);
    if (has_arrived && !server->is_stopped()) {
      arrived = client->said();
      if (server->answered() >= corokit::test::scaled(kEnough) && talking->load() == kTalkers) server->stop();
    }
    Heard heard = Heard::right;
    for (std::uint64_t i = 0; i < kAtOnce && heard == Heard::right; ++i) heard = co_await client->hear();
    if (heard == Heard::right) continue;
    co_return heard == Heard::end && client->heard() >= arrived;
  }
}

TEST_P(LineServerOn, AnswersEachLineThatHasArrivedBeforeItStops) {
  auto body = []() -> Task<void> {
    LineServer server;
    TcpListener listener = listen();
    const SocketAddress address = listener.local_address().value();
    JoinHandle<void> serving = spawn(server.serve(std::move(listener)));
    JoinSet<bool> clients;
    std::atomic<std::size_t> talking{0};
    for (std::size_t i = 0; i < kTalkers; ++i) clients.spawn(talk_until_stopped(address, &server, &talking));
    EXPECT_EQ(co_await count_right(clients), kTalkers);
    EXPECT_TRUE(co_await serving);
    EXPECT_EQ(server.connections(), 0u);
    const auto refused = co_await TcpStream::connect(address);
    EXPECT_EQ(refused.error(), std::errc::connection_refused);
  };
  make().block_on(body());
}

}  // namespace
}  // namespace corokit::io
