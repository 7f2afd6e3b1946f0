// A proxy of two copies, as in the example: it reads no faster than the other side takes.
#include <corokit/io/read_write.hpp>
#include <corokit/io/simulated_network.hpp>
#include <corokit/io/tcp.hpp>
#include <corokit/join.hpp>
#include <corokit/runtime.hpp>
#include <corokit/simulation.hpp>
#include <corokit/time/timeout.hpp>
#include <corokit/yield.hpp>

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <string>
#include <utility>

#include "support/on_each_runtime.hpp"

namespace corokit::io {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kBuffer = 16384;  // of copy()

class ProxyOn : public corokit::test::OnEachRuntime {};
COROKIT_ON_EACH_RUNTIME(ProxyOn);

/// Copies one direction to its end, and hands the end on.
Task<void> forward_one(TcpStream& from, TcpStream& to) {
  static_cast<void>(co_await copy(from, to));
  static_cast<void>(to.shutdown(TcpStream::Shutdown::writing));
}

Task<void> forward(TcpStream client, TcpStream server) {
  static_cast<void>(co_await join(forward_one(client, server), forward_one(server, client)));
}

/// A client and a server that a proxy connects.
struct Proxied {
  Proxied(TcpStream a, TcpStream b, JoinHandle<void> task) noexcept
      : client(std::move(a)), server(std::move(b)), proxy(std::move(task)) {}
  TcpStream client;
  TcpStream server;
  JoinHandle<void> proxy;
  std::size_t system_buffers = 0;  // of the four sockets on the way to the server
};

/// Sets the size of a socket's buffer, so that the system does not let it grow. Returns: what the system
/// makes of it.
std::size_t fix_buffer(int descriptor, int which) {
  constexpr int kSize = 65536;
  ::setsockopt(descriptor, SOL_SOCKET, which, &kSize, sizeof kSize);
  int size = 0;
  socklen_t length = sizeof size;
  ::getsockopt(descriptor, SOL_SOCKET, which, &size, &length);
  return static_cast<std::size_t>(size);
}

Task<Proxied> proxied() {
  TcpListener before = TcpListener::bind(SocketAddress::loopback(0)).value();
  TcpListener behind = TcpListener::bind(SocketAddress::loopback(0)).value();
  auto left = co_await join(TcpStream::connect(before.local_address().value()), before.accept());
  auto right = co_await join(TcpStream::connect(behind.local_address().value()), behind.accept());
  TcpStream client = std::get<0>(std::move(left)).value();
  TcpStream from = std::move(std::get<1>(left).value().stream);
  TcpStream to = std::get<0>(std::move(right)).value();
  TcpStream server = std::move(std::get<1>(right).value().stream);
  std::size_t buffers = 0;
  if (!sim::is_simulated())
    buffers = fix_buffer(client.descriptor(), SO_SNDBUF) + fix_buffer(from.descriptor(), SO_RCVBUF) +
              fix_buffer(to.descriptor(), SO_SNDBUF) + fix_buffer(server.descriptor(), SO_RCVBUF);
  Proxied made(std::move(client), std::move(server), spawn(forward(std::move(from), std::move(to))));
  made.system_buffers = buffers;
  co_return made;
}

char byte_at(std::uint64_t place) {
  return static_cast<char>(place * 31 / 7);
}

/// Sends bytes, each of which tells its place, and counts them; then the end.
Task<void> send_pattern(TcpStream& stream, std::uint64_t size, std::atomic<std::uint64_t>* sent) {
  std::array<char, 4096> bytes;
  for (std::uint64_t at = 0; at < size;) {
    const std::size_t count = std::min<std::uint64_t>(bytes.size(), size - at);
    for (std::size_t i = 0; i < count; ++i) bytes[i] = byte_at(at + i);
    at += (co_await stream.write(ConstBuffer(bytes.data(), count))).value();
    sent->store(at);
  }
  stream.shutdown(TcpStream::Shutdown::writing).value();
}

/// Lets the sender go as far as it can, then reads slowly. Returns: how many bytes came in their order;
/// `most_held`: how many were under way at once.
Task<std::uint64_t> read_slowly(TcpStream& stream, const std::atomic<std::uint64_t>* sent,
                                std::uint64_t* most_held) {
  constexpr int kQuiet = 500;  // turns without a byte, after which nothing more is expected
  std::uint64_t seen = 0;
  for (int quiet = 0; quiet < kQuiet; ++quiet) {
    co_await yield_now();
    if (std::exchange(seen, sent->load()) != sent->load()) quiet = 0;
  }
  std::array<char, 1000> bytes;
  for (std::uint64_t at = 0;;) {
    *most_held = std::max(*most_held, sent->load() - at);
    const std::size_t got = (co_await stream.read(bytes)).value();
    if (got == 0) co_return at;
    for (std::size_t i = 0; i < got; ++i)
      if (bytes[i] != byte_at(at + i)) co_return at + i;
    at += got;
  }
}

TEST_P(ProxyOn, HoldsNoMoreThanItsBufferAndThoseOfTheSystem) {
  auto body = []() -> Task<void> {
    constexpr std::uint64_t kSize = 8U << 20U;
    constexpr std::size_t kSegment = 65536;  // by which the system may go over the size of a buffer
    Proxied both = co_await proxied();
    std::atomic<std::uint64_t> sent{0};
    std::uint64_t most_held = 0;
    auto way =
        co_await join(send_pattern(both.client, kSize, &sent), read_slowly(both.server, &sent, &most_held));
    EXPECT_EQ(std::get<1>(way), kSize) << "all of them, in order";
    EXPECT_GT(most_held, kBuffer);
    EXPECT_LE(most_held, kBuffer + both.system_buffers + 4 * kSegment);
    both.server.shutdown(TcpStream::Shutdown::writing).value();
    EXPECT_TRUE(co_await both.proxy);
  };
  make().block_on(body());
}

/// Writes until a write waits for an hour. Returns: how many bytes were taken.
Task<std::uint64_t> fill(TcpStream& stream) {
  const std::string block(1000, 'x');
  for (std::uint64_t sent = 0;;) {
    const auto put = co_await timeout(1h, stream.write(block));
    if (!put) co_return sent;
    sent += put->value();
  }
}

TEST(Proxy, HoldsTwoCapacitiesAndItsBuffer) {
  auto body = [](std::size_t capacity) -> Task<void> {
    SimulatedNetwork().set_capacity(capacity);
    Proxied both = co_await proxied();
    const std::uint64_t there = co_await fill(both.client);
    const std::uint64_t back = co_await fill(both.server);
    // It fills its buffer with what has arrived by then, which is a block at least.
    for (const std::uint64_t held : {there, back}) {
      EXPECT_LE(held, 2 * capacity + kBuffer);
      EXPECT_GT(held, 2 * capacity);
    }
    both.client.shutdown(TcpStream::Shutdown::writing).value();
    both.server.shutdown(TcpStream::Shutdown::writing).value();
    std::string at_server;
    std::string at_client;
    static_cast<void>(
        co_await join(read_to_end(both.server, at_server), read_to_end(both.client, at_client)));
    EXPECT_EQ(at_server.size(), there) << "nothing is lost";
    EXPECT_EQ(at_client.size(), back);
    EXPECT_TRUE(co_await both.proxy);
  };
  for (const std::size_t capacity : {1'000U, 65'536U}) EXPECT_TRUE(sim::run({}, body(capacity)));
}

}  // namespace
}  // namespace corokit::io
