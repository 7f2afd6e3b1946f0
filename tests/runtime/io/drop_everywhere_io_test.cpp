// Drops operations of I/O after each of their steps, as drop_everywhere_test.cpp does, on the network of a simulation.
#include <corokit/io/buffered_reader.hpp>
#include <corokit/io/pipe.hpp>
#include <corokit/io/read_write.hpp>
#include <corokit/io/simulated_network.hpp>
#include <corokit/io/tcp.hpp>
#include <corokit/io/udp.hpp>
#include <corokit/io/unix.hpp>
#include <corokit/join.hpp>
#include <corokit/yield.hpp>

#include <gtest/gtest.h>
#include <algorithm>
#include <array>
#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "support/drop_everywhere.hpp"

namespace corokit::test {
namespace {

using namespace std::chrono_literals;

struct Tcp {
  using Stream = io::TcpStream;
  io::TcpListener listener = io::TcpListener::bind(io::SocketAddress::loopback(80)).value();
  static Task<io::IoResult<Stream>> connect() {
    return io::TcpStream::connect(io::SocketAddress::loopback(80));
  }
  Task<io::IoResult<Stream>> accept() {
    auto accepted = co_await listener.accept();
    co_return std::move(accepted.value().stream);
  }
};

struct Unix {
  using Stream = io::UnixStream;
  io::UnixListener listener = io::UnixListener::bind("/socket").value();
  static Task<io::IoResult<Stream>> connect() { return io::UnixStream::connect("/socket"); }
  Task<io::IoResult<Stream>> accept() { return listener.accept(); }
};

/// Two clients connect, and each sends its number. Whoever has connected is accepted, once.
template <class Kind>
struct ConnectionsScenario : ScenarioBase {
  using Stream = typename Kind::Stream;
  Kind kind;
  std::vector<Stream> clients;
  std::vector<Stream> accepted;

  ConnectionsScenario() { io::SimulatedNetwork().set_latency(1ms, 1ms); }

  Task<void> connect_two() {
    while (clients.size() < 2) {
      io::IoResult<Stream> made = co_await Kind::connect();
      clients.push_back(std::move(made).value());
    }
  }
  Task<void> accept(std::size_t count) {
    while (accepted.size() < count) {
      io::IoResult<Stream> made = co_await kind.accept();
      accepted.push_back(std::move(made).value());
    }
  }
  Task<bool> again() {
    io::IoResult<Stream> last = co_await Kind::connect();
    clients.push_back(std::move(last).value());
    std::string sent;
    for (Stream& client : clients) {
      const char name = static_cast<char>('0' + sent.size());
      sent += name;
      const io::IoResult<void> told = co_await io::write_all(client, io::ConstBuffer(&name, 1));
      told.value();
      client.shutdown(Stream::Shutdown::writing).value();
    }
    std::string got;
    for (std::size_t i = 0; got.size() < sent.size(); ++i) {
      if (i == accepted.size()) co_await accept(i + 1);  // a lost connection would be a deadlock
      // Nothing comes if its client was dropped while it connected.
      const io::IoResult<std::size_t> count = co_await io::read_to_end(accepted[i], got);
      count.value();
    }
    co_return got == sent;
  }
};

template <class Kind>
struct AcceptScenario : ConnectionsScenario<Kind> {
  Task<void> operate() { return this->accept(2); }
  Task<void> help() { return this->connect_two(); }
};

template <class Kind>
struct ConnectScenario : ConnectionsScenario<Kind> {
  Task<void> operate() { return this->connect_two(); }
  Task<void> help() { return this->accept(2); }
};

constexpr const char* kText = "one\ntwo\nthree\n";

/// A text goes through a pipe, in pieces.
struct PipeScenario : ScenarioBase {
  std::optional<io::PipeReader> reader;
  std::optional<io::PipeWriter> writer;
  std::string sent;
  std::string got;

  explicit PipeScenario(std::size_t capacity = 65536) {
    io::SimulatedNetwork().set_capacity(capacity);
    auto both = io::make_pipe().value();
    reader = std::move(both.first);
    writer = std::move(both.second);
  }
  std::string rest() const { return std::string(kText).substr(sent.size()); }

  Task<void> send_in_pieces() {
    while (!rest().empty()) {
      const std::string next = rest().substr(0, 3);
      const std::size_t put = (co_await writer->write(next)).value();
      sent += next.substr(0, put);
      co_await yield_now();
    }
  }
  Task<void> receive_in_pieces() {
    for (;;) {
      std::array<char, 3> room{};
      const std::size_t count = (co_await reader->read(room)).value();
      if (count == 0) co_return;
      got.append(room.data(), count);
      co_await yield_now();
    }
  }
  /// Sends what is missing, and reads all.
  Task<void> finish() {
    const auto send = [](PipeScenario* self) -> Task<void> {
      (co_await io::write_all(*self->writer, self->rest())).value();
      self->writer.reset();
    };
    static_cast<void>(co_await join(send(this), io::read_to_end(*reader, got)));
  }
  Task<bool> again() {
    co_await finish();
    co_return got == kText;
  }
};

struct ReadScenario : PipeScenario {
  Task<void> operate() { return receive_in_pieces(); }
  Task<void> help() { return send_in_pieces(); }
};

struct ReadVectoredScenario : PipeScenario {
  Task<void> operate() {
    while (got.size() < std::string(kText).size()) {
      std::array<char, 1> first{};
      std::array<char, 2> second{};
      const std::array<io::MutableBuffer, 2> both{io::MutableBuffer(first), io::MutableBuffer(second)};
      const std::size_t count = (co_await reader->read_vectored(both)).value();
      got += (std::string(first.data(), 1) + std::string(second.data(), 2)).substr(0, count);
    }
  }
  Task<void> help() { return send_in_pieces(); }
};

struct ReadToEndScenario : PipeScenario {
  Task<void> operate() { static_cast<void>(co_await io::read_to_end(*reader, got)); }
  Task<void> help() { return send_in_pieces(); }
};

struct WriteScenario : PipeScenario {
  WriteScenario() : PipeScenario(4) {}
  Task<void> operate() { return send_in_pieces(); }
  Task<void> help() { return receive_in_pieces(); }
};

struct WriteVectoredScenario : PipeScenario {
  WriteVectoredScenario() : PipeScenario(4) {}
  Task<void> operate() {
    while (!rest().empty()) {
      const std::string next = rest();
      const std::array<io::ConstBuffer, 2> both{io::ConstBuffer(next.data(), 1),
                                                io::ConstBuffer(next).after(1)};
      sent += next.substr(0, (co_await writer->write_vectored(both)).value());
    }
  }
  Task<void> help() { return receive_in_pieces(); }
};

/// Lines that were begun are kept when a read is dropped.
struct LinesScenario : PipeScenario {
  std::optional<io::BufferedReader<io::PipeReader>> lines;
  std::string told;

  Task<void> prepare() {
    lines.emplace(*reader, 5);
    co_return;
  }
  Task<void> operate() {
    for (;;) {
      auto line = co_await lines->next_line();
      if (!line.value()) co_return;
      told += **line + "\n";
    }
  }
  Task<void> help() { return send_in_pieces(); }
  Task<bool> again() {
    (co_await io::write_all(*writer, rest())).value();
    writer.reset();
    co_await operate();
    co_return told == kText;
  }
};

struct BufferedReadScenario : LinesScenario {
  Task<void> operate() {
    for (;;) {
      std::array<char, 2> room{};
      const std::size_t count = (co_await lines->read(room)).value();
      if (count == 0) co_return;
      told.append(room.data(), count);
    }
  }
};

/// Returns: whether `got` is what follows in the text behind some of its bytes, which went where nobody knows their number.
bool is_end_of_text(const std::string& got) {
  return std::string(kText).ends_with(got);
}

/// Not safe to drop: some bytes are in the buffer, and no others are lost.
struct ReadExactScenario : PipeScenario {
  std::array<char, 8> room{};
  Task<void> operate() { (co_await io::read_exact(*reader, room)).value(); }
  Task<void> help() { return send_in_pieces(); }
  Task<bool> again() {
    co_await finish();
    const std::size_t taken = std::string(kText).size() - got.size();
    co_return is_end_of_text(got) && std::string(room.data(), taken) == std::string(kText).substr(0, taken);
  }
};

/// Not safe to drop: a beginning was written, and nothing else.
struct WriteAllScenario : PipeScenario {
  WriteAllScenario() : PipeScenario(4) {}
  Task<void> operate() { (co_await io::write_all(*writer, kText)).value(); }
  Task<void> help() { return receive_in_pieces(); }
  Task<bool> again() {
    writer.reset();
    (co_await io::read_to_end(*reader, got)).value();
    co_return std::string(kText).starts_with(got);
  }
};

/// Not safe to drop: what was read and not written is lost, and nothing comes twice.
struct CopyScenario : PipeScenario {
  std::optional<io::PipeReader> far;
  std::optional<io::PipeWriter> near;
  std::string arrived;
  CopyScenario() : PipeScenario(4) {
    auto both = io::make_pipe().value();
    far = std::move(both.first);
    near = std::move(both.second);
  }
  Task<void> operate() {
    static_cast<void>(co_await io::copy(*reader, *near));
    near.reset();
  }
  Task<void> help() { static_cast<void>(co_await join(send_in_pieces(), io::read_to_end(*far, arrived))); }
  Task<bool> again() {
    near.reset();
    (co_await io::read_to_end(*far, arrived)).value();
    co_await finish();
    co_return std::string(kText).starts_with(arrived) && is_end_of_text(got) &&
        arrived.size() + got.size() <= std::string(kText).size();
  }
};

struct DatagramsScenario : ScenarioBase {
  io::UdpSocket from = io::UdpSocket::bind(io::SocketAddress::loopback(0)).value();
  io::UdpSocket to = io::UdpSocket::bind(io::SocketAddress::loopback(0)).value();
  std::string sent;
  std::string got;

  Task<void> send_until(std::size_t count) {
    while (sent.size() < count) {
      const char next = static_cast<char>('0' + sent.size());
      (co_await from.send_to(io::ConstBuffer(&next, 1), to.local_address().value())).value();
      sent += next;
      co_await yield_now();
    }
  }
  Task<void> receive_until(std::size_t count) {
    while (got.size() < count) {
      std::array<char, 1> room{};
      const auto received = co_await to.receive_from(room);
      EXPECT_EQ(received.value().from, from.local_address().value());
      got += room[0];
      co_await yield_now();
    }
  }
  Task<bool> again() {
    co_await send_until(sent.size() + 1);
    co_await receive_until(sent.size());  // a lost datagram would be a deadlock
    std::sort(got.begin(), got.end());    // one may overtake another
    co_return got == sent;
  }
};

struct ReceiveScenario : DatagramsScenario {
  Task<void> operate() { return receive_until(3); }
  Task<void> help() { return send_until(3); }
};

struct SendScenario : DatagramsScenario {
  Task<void> operate() { return send_until(3); }
  Task<void> help() { return receive_until(3); }
};

using Scenarios =
    ::testing::Types<AcceptScenario<Tcp>, AcceptScenario<Unix>, ConnectScenario<Tcp>, ConnectScenario<Unix>,
                     ReadScenario, ReadVectoredScenario, ReadToEndScenario, WriteScenario,
                     WriteVectoredScenario, LinesScenario, BufferedReadScenario, ReadExactScenario,
                     WriteAllScenario, CopyScenario, ReceiveScenario, SendScenario>;
INSTANTIATE_TYPED_TEST_SUITE_P(Io, DropEverywhereOf, Scenarios);

}  // namespace
}  // namespace corokit::test
