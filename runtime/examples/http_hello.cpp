// A web server that says hello: HTTP/1.1 with connections that are kept alive, and with limits, so that no client can make
// it wait for ever, or fill its memory.
//
// Look at:
//   - read_request(): next_line() has a limit, the number of headers has one, and timeout() is around the whole.
//   - serve_connection(): it says why it refuses, and closes. Everything that a client can do wrong ends in one task.
#include <corokit/io/buffered_reader.hpp>
#include <corokit/io/read_write.hpp>
#include <corokit/io/tcp.hpp>
#include <corokit/runtime.hpp>
#include <corokit/time/timeout.hpp>

#include <chrono>
#include <cstdio>
#include <optional>
#include <string>

using namespace corokit;
using namespace corokit::io;
using namespace std::chrono_literals;

namespace {

constexpr std::size_t kLongestLine = 4096;
constexpr int kMostHeaders = 64;
constexpr auto kPatience = 5s;

struct Request {
  std::string path;
  bool keep_alive = true;
  int refused = 0;  // the status that says why, if it is no good
};

Request refused(int status) {
  Request request;
  request.keep_alive = false;
  request.refused = status;
  return request;
}

/// Returns: the request; none if the client closed the connection, or is broken.
Task<std::optional<Request>> read_request(BufferedReader<TcpStream>& reader) {
  auto first = co_await reader.next_line(kLongestLine);
  if (!first) co_return first.error() == Errc::too_long ? std::optional(refused(414)) : std::nullopt;
  if (!*first) co_return std::nullopt;
  const std::string& line = **first;
  const std::size_t space = line.find(' ');
  const std::size_t end = line.find(" HTTP/1.1");
  if (space == std::string::npos || end == std::string::npos || end <= space) co_return refused(400);
  if (line.substr(0, space) != "GET") co_return refused(405);
  Request request;
  request.path = line.substr(space + 1, end - space - 1);
  for (int headers = 0;; ++headers) {
    auto header = co_await reader.next_line(kLongestLine);
    if (!header || headers > kMostHeaders) co_return refused(431);
    if (!*header) co_return std::nullopt;
    if ((*header)->empty()) co_return request;
    if (**header == "Connection: close") request.keep_alive = false;
  }
}

const char* reason_of(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 405:
      return "Method Not Allowed";
    case 408:
      return "Request Timeout";
    case 414:
      return "URI Too Long";
    case 431:
      return "Request Header Fields Too Large";
    default:
      return "Bad Request";
  }
}

std::string response(int status, const std::string& body) {
  return "HTTP/1.1 " + std::to_string(status) + " " + reason_of(status) +
         "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

Task<> serve_connection(TcpStream stream) {
  BufferedReader reader(stream);
  for (;;) {
    auto request = co_await timeout(kPatience, read_request(reader));
    if (request && !*request) co_return;
    const Request asked = request ? **request : refused(408);
    const std::string text =
        asked.refused == 0 ? response(200, "hello from " + asked.path) : response(asked.refused, "");
    const auto sent = co_await write_all(stream, text);
    if (!sent || !asked.keep_alive) co_return;
  }
}

Task<> serve(TcpListener* listener) {
  for (;;) {
    auto accepted = co_await listener->accept();
    if (accepted) spawn(serve_connection(std::move(accepted->stream))).detach();
  }
}

/// Sends requests over one connection, and prints the first line of each response.
Task<> ask(SocketAddress server, std::string requests, int count) {
  TcpStream stream = (co_await TcpStream::connect(server)).value();
  (co_await write_all(stream, requests)).value();
  BufferedReader reader(stream);
  for (int i = 0; i < count; ++i) {
    auto status = co_await reader.next_line();
    auto length = co_await reader.next_line();
    co_await reader.next_line();
    std::string body(std::stoul(length.value().value().substr(16)), '\0');
    (co_await read_exact(reader, body)).value();
    std::printf("%s%s%s\n", status.value().value().c_str(), body.empty() ? "" : ": ", body.c_str());
  }
  auto rest = co_await reader.next_line();
  std::printf("  then the server %s\n", rest && !*rest ? "closes" : "goes on");
}

Task<> run() {
  TcpListener listener = TcpListener::bind(SocketAddress::loopback(0)).value();
  const SocketAddress address = listener.local_address().value();
  const JoinHandle<void> server = spawn(serve(&listener));
  co_await ask(address, "GET /one HTTP/1.1\r\nHost: a\r\n\r\nGET /two HTTP/1.1\r\nConnection: close\r\n\r\n",
               2);
  co_await ask(address, "POST / HTTP/1.1\r\n\r\n", 1);
  co_await ask(address, "GET /" + std::string(5000, 'x') + " HTTP/1.1\r\n\r\n", 1);
  server.abort();
  co_await sleep(0ms);
}

}  // namespace

int main() {
  Runtime::current_thread().block_on(run());
}
