// A chat: what one client says, all others hear. A client that does not read is told what it has missed, and slows nobody
// down.
//
// Look at:
//   - talk(): one task a client waits for its next line and for the next message of the others at once. next_line() keeps
//     what has come of a line when the other branch wins.
#include <corokit/io/buffered_reader.hpp>
#include <corokit/io/read_write.hpp>
#include <corokit/io/tcp.hpp>
#include <corokit/runtime.hpp>
#include <corokit/select.hpp>
#include <corokit/sync/broadcast.hpp>

#include <cstdio>
#include <string>

using namespace corokit;
using namespace corokit::io;

namespace {

struct Message {
  int from;
  std::string text;
};

Task<> talk(TcpStream stream, int id, broadcast::Sender<Message> room) {
  auto messages = room.subscribe();
  auto [reading, writing] = std::move(stream).split();
  BufferedReader lines(reading);
  (co_await write_all(writing, "welcome\n")).value();
  for (;;) {
    auto next = co_await select(lines.next_line(), messages.recv());
    if (next.index() == 0) {
      auto& line = std::get<0>(next);
      if (!line || !*line) co_return;
      static_cast<void>(room.send({id, **line}));
      continue;
    }
    auto& message = std::get<1>(next);
    if (message && message->from == id) continue;
    const std::string text =
        message ? std::to_string(message->from) + ": " + message->text : "some messages were missed";
    const auto sent = co_await write_all(writing, text + "\n");
    if (!sent) co_return;
  }
}

Task<> serve(TcpListener* listener) {
  const auto room = broadcast::channel<Message>(64).tx;
  for (int id = 1;; ++id) {
    auto accepted = co_await listener->accept();
    if (accepted) spawn(talk(std::move(accepted->stream), id, room)).detach();
  }
}

struct Client {
  explicit Client(TcpStream connected) : stream(std::move(connected)), lines(stream) {}
  TcpStream stream;
  BufferedReader<TcpStream> lines;
};

Task<> print_line(Client& client, const char* name) {
  auto line = co_await client.lines.next_line();
  std::printf("%s reads \"%s\"\n", name, line.value().value_or("the end").c_str());
}

Task<> run() {
  TcpListener listener = TcpListener::bind(SocketAddress::loopback(0)).value();
  const SocketAddress address = listener.local_address().value();
  const JoinHandle<void> server = spawn(serve(&listener));
  Client neo((co_await TcpStream::connect(address)).value());
  co_await print_line(neo, "Neo");
  Client trinity((co_await TcpStream::connect(address)).value());
  co_await print_line(trinity, "Trinity");
  (co_await write_all(neo.stream, "is this the Matrix?\n")).value();
  co_await print_line(trinity, "Trinity");
  (co_await write_all(trinity.stream, "follow the white rabbit\n")).value();
  co_await print_line(neo, "Neo");
  server.abort();
}

}  // namespace

int main() {
  Runtime::current_thread().block_on(run());
}
