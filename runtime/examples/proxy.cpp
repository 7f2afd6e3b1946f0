// A proxy: whatever a client sends goes to a server, and back. It reads from one side no faster than the other side takes
// it, so it needs no more memory for a fast sender than for a slow one.
//
// Look at:
//   - forward(): the two directions are the halves of two streams, and each is a copy(). The end of one direction is
//     handed on by shutdown(), and the other goes on.
#include <corokit/io/read_write.hpp>
#include <corokit/io/tcp.hpp>
#include <corokit/join.hpp>
#include <corokit/runtime.hpp>

#include <cstdint>
#include <cstdio>
#include <string>
#include <tuple>

using namespace corokit;
using namespace corokit::io;

namespace {

/// Copies one direction to its end, and hands the end on. Returns: how many bytes there were.
Task<std::uint64_t> forward_one(TcpStream& from, TcpStream& to) {
  const auto copied = co_await copy(from, to);
  static_cast<void>(to.shutdown(TcpStream::Shutdown::writing));
  co_return copied.value_or(0);
}

/// Returns: how many bytes went there, and back.
Task<std::tuple<std::uint64_t, std::uint64_t>> forward(TcpStream client, SocketAddress server) {
  auto connected = co_await TcpStream::connect(server);
  if (!connected) co_return {0, 0};  // the client sees that its connection is closed
  co_return co_await join(forward_one(client, *connected), forward_one(*connected, client));
}

Task<std::tuple<std::uint64_t, std::uint64_t>> proxy(TcpListener* listener, SocketAddress server) {
  auto accepted = co_await listener->accept();
  co_return co_await forward(std::move(accepted.value().stream), server);
}

/// Reads all, and answers with the number of bytes.
Task<> count(TcpListener* listener) {
  TcpStream stream = (co_await listener->accept()).value().stream;
  std::string text;
  const std::size_t size = (co_await read_to_end(stream, text)).value();
  (co_await write_all(stream, "counted " + std::to_string(size))).value();
}

Task<> send(SocketAddress to) {
  TcpStream stream = (co_await TcpStream::connect(to)).value();
  (co_await write_all(stream, std::string(5'000'000, 'x'))).value();
  stream.shutdown(TcpStream::Shutdown::writing).value();
  std::string answer;
  (co_await read_to_end(stream, answer)).value();
  std::printf("client: %s\n", answer.c_str());
}

Task<> run() {
  TcpListener behind = TcpListener::bind(SocketAddress::loopback(0)).value();
  TcpListener before = TcpListener::bind(SocketAddress::loopback(0)).value();
  auto counting = spawn(count(&behind));
  auto forwarding = spawn(proxy(&before, behind.local_address().value()));
  co_await send(before.local_address().value());
  const auto forwarded = co_await forwarding;
  const auto [there, back] = forwarded.value();
  std::printf("proxy: %zu bytes there, %zu back\n", std::size_t{there}, std::size_t{back});
  (co_await counting).value();
}

}  // namespace

int main() {
  Runtime::current_thread().block_on(run());
}
