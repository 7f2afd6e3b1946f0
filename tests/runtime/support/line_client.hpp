#pragma once
// A client of the LineServer, which checks each answer.
#include <corokit/io/buffered_reader.hpp>
#include <corokit/io/read_write.hpp>
#include <corokit/io/tcp.hpp>

#include <sys/socket.h>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <utility>

#include "line_server.hpp"

namespace corokit::test {

/// What a client hears.
enum class Heard : std::uint8_t {
  right,  ///< the answer to the oldest of its lines that has none yet
  wrong,  ///< something else
  end,    ///< the server has closed the connection
  error,  ///< the connection is broken
};

/// One connection to a LineServer.
class LineClient {
 public:
  explicit LineClient(io::TcpStream connected)
      : stream_(std::move(connected)), answers_(stream_, LineServer::kBuffer) {}
  LineClient(const LineClient&) = delete;
  LineClient& operator=(const LineClient&) = delete;

  /// Sends a line. Returns: whether all of it was taken.
  Task<bool> say(std::string line) {
    expected_.push_back(LineServer::answer_to(++said_, line));
    line += '\n';
    const auto sent = co_await io::write_all(stream_, line);
    co_return sent.has_value();
  }
  /// Sends a text without the end of a line. Returns: as say().
  Task<bool> say_half(std::string text) {
    const auto sent = co_await io::write_all(stream_, text);
    co_return sent.has_value();
  }
  /// Waits for the next answer, and counts it if it is right.
  Task<Heard> hear() {
    auto answer = co_await answers_.next_line(2 * LineServer::kLongest);
    if (!answer) co_return Heard::error;
    if (!*answer) co_return Heard::end;
    if (expected_.empty() || **answer != expected_.front()) co_return Heard::wrong;
    expected_.pop_front();
    ++heard_;
    co_return Heard::right;
  }
  /// Hears until the connection is over. Returns: end, error, or wrong if there was a wrong answer.
  Task<Heard> hear_all() {
    Heard heard = Heard::right;
    while (heard == Heard::right) heard = co_await hear();
    co_return heard;
  }
  /// Sends a line, and waits for its answer. Returns: whether it is right.
  Task<bool> ask(std::string line) {
    const bool is_said = co_await say(std::move(line));
    if (!is_said) co_return false;
    const Heard heard = co_await hear();
    co_return heard == Heard::right;
  }

  /// The end of the client will be a reset, as of a machine that vanishes, and not the end of a stream.
  void vanish_in_the_end() noexcept {
    const linger at_once{.l_onoff = 1, .l_linger = 0};
    ::setsockopt(stream_.descriptor(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  }
  /// Sends the end of the stream.
  void finish() noexcept { static_cast<void>(stream_.shutdown(io::TcpStream::Shutdown::writing)); }

  /// Returns: how many lines it sent, and how many right answers it heard.
  std::uint64_t said() const noexcept { return said_; }
  std::uint64_t heard() const noexcept { return heard_; }
  const io::TcpStream& stream() const noexcept { return stream_; }

 private:
  io::TcpStream stream_;
  io::BufferedReader<io::TcpStream> answers_;
  std::deque<std::string> expected_;  // to the lines that have no answer yet
  std::uint64_t said_ = 0;
  std::uint64_t heard_ = 0;
};

}  // namespace corokit::test
