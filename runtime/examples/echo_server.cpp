// A server: each connection is a task of its own. When the program is asked to stop, the server takes no new connection,
// and lets those that it has finish.
//
// Look at:
//   - serve(): run_until_cancelled() guards the wait for a connection, and nothing else. accept() loses no connection when
//     it is dropped.
//   - echo(): copy() reads no more while a write waits, so a slow client slows itself down, and nobody else.
#include <corokit/io/buffered_reader.hpp>
#include <corokit/io/read_write.hpp>
#include <corokit/io/tcp.hpp>
#include <corokit/join_set.hpp>
#include <corokit/runtime.hpp>
#include <corokit/sync/cancellation_token.hpp>

#include <cstdio>
#include <string>

using namespace corokit;
using namespace corokit::io;

namespace {

Task<> echo(TcpStream stream) {
  static_cast<void>(co_await copy(stream, stream));  // an error is a client that is gone
}

/// Returns: how many connections it had.
Task<int> serve(TcpListener listener, CancellationToken stop) {
  JoinSet<void> connections;
  int count = 0;
  for (;;) {
    auto next = co_await stop.run_until_cancelled(listener.accept());
    if (!next) break;      // asked to stop
    if (!*next) continue;  // an error of one connection, or of the system
    ++count;
    connections.spawn(echo(std::move((*next)->stream)));
    while (connections.try_join_next()) {  // forgets those that are over
    }
  }
  for (;;) {
    const auto ended = co_await connections.join_next();
    if (!ended) co_return count;
  }
}

Task<std::string> say(SocketAddress server, std::string text) {
  TcpStream stream = (co_await TcpStream::connect(server)).value();
  (co_await write_all(stream, text + "\n")).value();
  BufferedReader reader(stream);
  auto line = co_await reader.next_line();
  co_return line.value().value_or("nothing");
}

Task<> run() {
  TcpListener listener = TcpListener::bind(SocketAddress::loopback(0)).value();
  const SocketAddress address = listener.local_address().value();
  const CancellationToken stop;
  auto server = spawn(serve(std::move(listener), stop));
  for (const char* text : {"hello", "is anybody there?", "goodbye"}) {
    const std::string answer = co_await say(address, text);
    std::printf("%s\n", answer.c_str());
  }
  stop.cancel();
  const auto connections = co_await server;
  std::printf("%d connections\n", connections.value());
}

}  // namespace

int main() {
  Runtime::multi_thread().block_on(run());
}
