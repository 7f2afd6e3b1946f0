// Sockets of TCP on this machine: round trips on one connection and on a thousand, a copy, connections one after another,
// and a server on a thread of its own.
#include "harness.hpp"

#include <corokit/io/read_write.hpp>
#include <corokit/io/tcp.hpp>
#include <corokit/join_set.hpp>
#include <corokit/spawn.hpp>

#include <sys/resource.h>
#include <array>
#include <future>
#include <string>
#include <thread>

namespace peers {
namespace {

using io::SocketAddress;
using io::TcpListener;
using io::TcpStream;

constexpr std::size_t kMessage = 64;  // bytes

/// A thousand connections are two thousand descriptors, which is more than many systems allow at first.
void allow_many_descriptors() {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

TcpListener listen() {
  return TcpListener::bind(SocketAddress::loopback(0)).value();
}

/// Answers each message with itself, until the peer is gone.
Task<void> answer(TcpStream stream) {
  std::array<char, kMessage> message;
  for (;;) {
    const auto got = co_await io::read_exact(stream, message);
    if (!got) co_return;
    (co_await io::write_all(stream, message)).value();
  }
}

Task<void> serve(TcpListener& listener, std::uint64_t connections) {
  for (std::uint64_t i = 0; i < connections; ++i) {
    auto accepted = co_await listener.accept();
    spawn(answer(std::move(accepted).value().stream)).detach();
  }
}

Task<void> ask(SocketAddress server, std::uint64_t rounds) {
  TcpStream stream = (co_await TcpStream::connect(server)).value();
  std::array<char, kMessage> message{};
  for (std::uint64_t i = 0; i < rounds; ++i) {
    (co_await io::write_all(stream, message)).value();
    (co_await io::read_exact(stream, message)).value();
  }
}

Task<void> ping_pong(std::uint64_t connections, std::uint64_t rounds) {
  TcpListener listener = listen();
  const SocketAddress address = listener.local_address().value();
  JoinSet<void> tasks;
  tasks.spawn(serve(listener, connections));
  for (std::uint64_t i = 0; i < connections; ++i) tasks.spawn(ask(address, rounds));
  for (;;) {
    const auto over = co_await tasks.join_next();
    if (!over) break;
  }
}

void ping_pong_1(const Run& run) {
  const auto rounds = run.count(100'000);
  run.emit_per_op("", run.root(timed(ping_pong(1, rounds))), rounds);
}

void ping_pong_1000(const Run& run) {
  constexpr std::uint64_t kConnections = 1'000;
  allow_many_descriptors();
  const auto rounds = run.count(200);
  run.emit_per_op("", run.root(timed(ping_pong(kConnections, rounds))), kConnections * rounds);
}

constexpr std::size_t kBlock = 65'536;

Task<void> send_blocks(SocketAddress to, std::uint64_t blocks) {
  TcpStream stream = (co_await TcpStream::connect(to)).value();
  const std::string block(kBlock, 'x');
  for (std::uint64_t i = 0; i < blocks; ++i) (co_await io::write_all(stream, block)).value();
}

Task<void> copy_one(TcpListener& from, SocketAddress to) {
  TcpStream source = std::move((co_await from.accept()).value().stream);
  TcpStream sink = (co_await TcpStream::connect(to)).value();
  (co_await io::copy(source, sink)).value();
}

Task<void> receive_all(TcpListener& listener, std::uint64_t bytes) {
  TcpStream stream = std::move((co_await listener.accept()).value().stream);
  std::string block(kBlock, '\0');
  std::uint64_t sum = 0;
  for (;;) {
    const std::size_t got = (co_await stream.read(block)).value();
    if (got == 0) break;
    sum += got;
  }
  if (sum != bytes) throw std::logic_error("bytes were lost");
}

Task<void> copy_blocks(std::uint64_t blocks) {
  TcpListener first = listen();
  TcpListener second = listen();
  auto receiving = spawn(receive_all(second, blocks * kBlock));
  auto copying = spawn(copy_one(first, second.local_address().value()));
  auto sending = spawn(send_blocks(first.local_address().value(), blocks));
  (co_await sending).value();
  (co_await copying).value();
  (co_await receiving).value();
}

void copy(const Run& run) {
  const auto blocks = run.count(16'384);
  run.emit_per_op("", run.root(timed(copy_blocks(blocks))), blocks * kBlock / 1'024);
}

Task<void> connect_often(SocketAddress server, std::uint64_t times) {
  for (std::uint64_t i = 0; i < times; ++i) (co_await TcpStream::connect(server)).value();
}

Task<void> accept_all(TcpListener& listener, std::uint64_t times) {
  for (std::uint64_t i = 0; i < times; ++i) (co_await listener.accept()).value();
}

constexpr std::uint64_t kClients = 8;

Task<void> connect_and_accept(std::uint64_t times) {
  TcpListener listener = listen();
  const SocketAddress address = listener.local_address().value();
  JoinSet<void> tasks;
  tasks.spawn(accept_all(listener, kClients * times));
  for (std::uint64_t i = 0; i < kClients; ++i) tasks.spawn(connect_often(address, times));
  for (;;) {
    const auto over = co_await tasks.join_next();
    if (!over) break;
  }
}

void accept(const Run& run) {
  const auto times = run.count(1'250);
  run.emit_per_op("", run.root(timed(connect_and_accept(times))), kClients * times);
}

constexpr std::uint64_t kSockets = 20;

Task<void> serve_all(TcpListener& listener) {
  JoinSet<void> handlers;
  for (std::uint64_t i = 0; i < kSockets; ++i)
    handlers.spawn(answer(std::move((co_await listener.accept()).value().stream)));
  for (;;) {
    const auto over = co_await handlers.join_next();
    if (!over) break;
  }
}

Task<void> ask_all(SocketAddress server, std::uint64_t rounds) {
  JoinSet<void> clients;
  for (std::uint64_t i = 0; i < kSockets; ++i) clients.spawn(ask(server, rounds));
  for (;;) {
    const auto over = co_await clients.join_next();
    if (!over) break;
  }
}

/// The workload io_socket of the public C++ runtime benchmarks: 20 connections, a server and a client with a thread each.
void socket(const Run& run) {
  const auto rounds = run.count(5'000);
  std::promise<SocketAddress> listens;
  std::thread server([&] {
    auto body = [](std::promise<SocketAddress>* bound) -> Task<void> {
      TcpListener listener = listen();
      bound->set_value(listener.local_address().value());
      co_await serve_all(listener);
    };
    Runtime::current_thread().block_on(body(&listens));
  });
  const SocketAddress address = listens.get_future().get();
  const Duration took = Runtime::current_thread().block_on(timed(ask_all(address, rounds)));
  server.join();
  run.emit_per_op("", took, kSockets * rounds);
}

const Suite suite{{"io_ping_pong", ping_pong_1},
                  {"io_ping_pong_1000", ping_pong_1000},
                  {"io_copy", copy},
                  {"io_accept", accept},
                  {"io_socket", socket}};

}  // namespace
}  // namespace peers
