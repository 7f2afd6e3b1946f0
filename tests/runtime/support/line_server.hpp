#pragma once
// A server that answers each line, as small as one can be that loses nothing.
#include <corokit/io/buffered_reader.hpp>
#include <corokit/io/read_write.hpp>
#include <corokit/io/tcp.hpp>
#include <corokit/select.hpp>
#include <corokit/sync/cancellation_token.hpp>
#include <corokit/task_tracker.hpp>
#include <corokit/time/sleep.hpp>
#include <corokit/time/timeout.hpp>

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <system_error>
#include <utility>
#include <variant>

namespace corokit::test {

/// Reads a stream until it is asked to stop. From then on it reads what has arrived already, without waiting,
/// and then gives the error std::errc::operation_canceled. It is no end, so half a line does not pass for a
/// whole one.
class ReadUntilStopped {
 public:
  ReadUntilStopped(io::TcpStream& stream, CancellationToken stop) noexcept
      : stream_(&stream), stop_(std::move(stop)) {}

  Task<io::IoResult<std::size_t>> read(io::MutableBuffer into) {
    // The read comes first: one that is over wins over a stop at the same time, which would drop what it has
    // read.
    auto first = co_await select(biased, stream_->read(into), stop_.cancelled());
    if (first.index() == 0) co_return std::get<0>(first);
    auto arrived = stream_->try_read(into);
    if (!arrived && arrived.error() == std::errc::operation_would_block)
      co_return Err<std::error_code>(std::make_error_code(std::errc::operation_canceled));
    co_return arrived;
  }

 private:
  io::TcpStream* stream_;
  CancellationToken stop_;
};

/// Answers the first line of a connection with "1 LINE", the second one with "2 LINE", and so on; a line that
/// is longer than kLongest with "NUMBER too long".
///
/// Requires: it outlives the task of serve().
/// Thread-safety: may be used by any thread.
class LineServer {
 public:
  static constexpr std::size_t kLongest = 64;
  static constexpr std::size_t kBuffer = 256;  // of a connection
  /// How long a connection may go on after the stop whose client takes no answers, or does not leave.
  static constexpr Duration kGrace = std::chrono::seconds(20);

  /// Returns: the answer to a line, without its end.
  static std::string answer_to(std::uint64_t number, const std::string& line) {
    return std::to_string(number) + " " + (line.size() > kLongest ? kTooLong : line);
  }

  /// Serves until stop(). From then on it takes no new connection, answers each line that has arrived, and
  /// closes the connections.
  Task<void> serve(io::TcpListener listener) {
    co_await accept_all(std::move(listener));
    connections_.close();
    const auto ended = co_await timeout(kGrace, connections_.wait());
    if (ended) co_return;
    give_up_.cancel();
    co_await connections_.wait();
  }
  void stop() const noexcept { stop_.cancel(); }
  bool is_stopped() const noexcept { return stop_.is_cancelled(); }

  /// Returns: how many lines were answered, and how often the system refused a connection for want of
  /// something.
  std::uint64_t answered() const noexcept { return answered_.load(); }
  std::uint64_t refused() const noexcept { return refused_.load(); }
  /// Returns: how many connections there are.
  std::size_t connections() const noexcept { return connections_.size(); }

 private:
  using Lines = io::BufferedReader<ReadUntilStopped>;
  using Line = io::IoResult<std::optional<std::string>>;
  static constexpr const char* kTooLong = "too long";

  Task<void> accept_all(io::TcpListener listener) {
    for (;;) {
      auto next = co_await stop_.run_until_cancelled(listener.accept());
      if (!next || (!*next && next->error() == io::Errc::runtime_ended)) co_return;
      if (*next) {
        connections_.spawn(attend(std::move((*next)->stream))).detach();
        continue;
      }
      // There are no descriptors left, for example. The connection waits in the system until there are some.
      refused_.fetch_add(1);
      static_cast<void>(co_await stop_.run_until_cancelled(sleep(std::chrono::milliseconds(1))));
    }
  }

  Task<void> attend(io::TcpStream stream) {
    static_cast<void>(co_await give_up_.run_until_cancelled(talk(stream)));
  }

  Task<void> talk(io::TcpStream& stream) {
    ReadUntilStopped reader(stream, stop_);
    Lines lines(reader, kBuffer);
    for (std::uint64_t number = 1;; ++number) {
      const Line line = co_await next_line(lines);
      if (!line && line.error() == std::errc::operation_canceled) {
        co_await say_goodbye(stream);
        co_return;
      }
      if (!line || !*line) co_return;  // the end, or a client that is gone
      const std::string answer = answer_to(number, **line) + "\n";
      const auto sent = co_await io::write_all(stream, answer);
      if (!sent) co_return;
      answered_.fetch_add(1);
    }
  }

  /// Sends the end, and waits for the client's. What the client says in vain would reset a connection that is
  /// closed at once, and with it the answers that the system has not sent yet.
  static Task<void> say_goodbye(io::TcpStream& stream) {
    static_cast<void>(stream.shutdown(io::TcpStream::Shutdown::writing));
    std::array<char, kBuffer> in_vain;
    for (;;) {
      const auto got = co_await stream.read(in_vain);
      if (!got || *got == 0) co_return;
    }
  }

  /// Returns: as Lines::next_line(). The pieces of a line that is too long make one that is too long as well.
  static Task<Line> next_line(Lines& lines) {
    bool is_rest = false;
    for (;;) {
      Line line = co_await lines.next_line(kLongest);
      if (!line && line.error() == io::Errc::too_long) {
        is_rest = true;
        continue;
      }
      if (is_rest && line && *line) (*line)->append(kLongest + 1, '.');
      co_return line;
    }
  }

  CancellationToken stop_;
  CancellationToken give_up_;  // cancelled when the grace is over
  TaskTracker connections_;
  std::atomic<std::uint64_t> answered_{0};
  std::atomic<std::uint64_t> refused_{0};
};

}  // namespace corokit::test
