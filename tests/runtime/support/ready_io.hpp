#pragma once
// Every public awaitable of I/O in a state in which it is over at once, on descriptors of the system, as
// ready_operations.hpp has the others.
#include <corokit/io/async_fd.hpp>
#include <corokit/io/buffered_reader.hpp>
#include <corokit/io/file.hpp>
#include <corokit/io/pipe.hpp>
#include <corokit/io/process.hpp>
#include <corokit/io/read_write.hpp>
#include <corokit/io/resolve.hpp>
#include <corokit/io/signal.hpp>
#include <corokit/io/tcp.hpp>
#include <corokit/io/udp.hpp>
#include <corokit/io/unix.hpp>

#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>
#include <array>
#include <csignal>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "manual_executor.hpp"

namespace corokit::test {

/// Makes what an operation works on, and keeps it. Requires: the caller is a task of a ManualExecutor.
class ReadyIo {
 public:
  std::array<char, 4> room{};
  std::array<io::MutableBuffer, 2> rooms{io::MutableBuffer(room.data(), 1),
                                         io::MutableBuffer(room.data() + 1, 3)};
  std::array<io::ConstBuffer, 2> words{io::ConstBuffer("two "), io::ConstBuffer("words")};
  std::string text;

  template <class T>
  T& keep(T made) {
    auto kept = std::make_shared<T>(std::move(made));
    T& object = *kept;
    kept_.push_back(std::move(kept));
    return object;
  }
  /// Lets each descriptor know what it is ready for.
  static void look() { static_cast<ManualExecutor&>(*detail::current_context()->scheduler).look_at_io(); }

  /// Returns: a stream that has a line to read, then its end, and room to write.
  io::UnixStream& stream() {
    auto& [ours, theirs] = keep(io::UnixStream::pair().value());
    static_cast<void>(theirs.try_write("a line\n").value());
    theirs.shutdown(io::UnixStream::Shutdown::writing).value();
    look();
    return ours;
  }
  std::pair<io::PipeReader, io::PipeWriter>& pipe() {
    auto& both = keep(io::make_pipe().value());
    static_cast<void>(both.second.try_write("text").value());
    look();
    return both;
  }
  io::BufferedReader<io::UnixStream>& lines() { return keep(io::BufferedReader(stream())); }

  /// Returns: a listener with a connection that waits for being accepted.
  io::TcpListener& tcp() {
    auto& listener = keep(io::TcpListener::bind(io::SocketAddress::loopback(0)).value());
    const io::SocketAddress address = listener.local_address().value();
    connect(address.family(), address.get(), address.size());
    return listener;
  }
  io::UnixListener& local() {
    const std::string path = some_path();
    auto& listener = keep(io::UnixListener::bind(path).value());
    sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};
    std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
    connect(AF_UNIX, reinterpret_cast<const sockaddr*>(&address), sizeof address);
    std::filesystem::remove(path);
    return listener;
  }
  io::UdpSocket& udp() {
    auto& socket = keep(io::UdpSocket::bind(io::SocketAddress::loopback(0)).value());
    const io::SocketAddress self = socket.local_address().value();
    const ssize_t sent = ::sendto(socket.descriptor(), "text", 4, 0, self.get(), self.size());
    if (sent != 4) throw std::system_error(errno, std::system_category(), "sendto");
    look();
    return socket;
  }

  io::AsyncFd& counter() {
    auto& made = keep(io::AsyncFd::make(io::Descriptor(::eventfd(1, EFD_CLOEXEC))).value());
    look();
    return made;
  }
  io::Signals& signals() {
    auto& made = keep(io::Signals::listen(SIGUSR1).value());
    ::raise(SIGUSR1);
    look();
    return made;
  }
  /// Returns: a process that has printed something, and has ended.
  io::Child& child() {
    io::Command echo("echo");
    auto& made = keep(echo.arg("text").out(io::Command::Stdio::pipe).spawn().value());
    siginfo_t info{};
    ::waitid(P_PID, static_cast<id_t>(made.id()), &info, WEXITED | WNOWAIT);
    look();
    return made;
  }

  /// Returns: the path of a file that is removed at the end; there is none yet.
  std::string path() { return keep(Removed{some_path()}).path; }

  /// Makes a connection to a listener, and keeps it.
  void connect(int family, const sockaddr* address, socklen_t size) {
    const auto& client = keep(io::Descriptor(::socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0)));
    if (::connect(client.get(), address, size) < 0)
      throw std::system_error(errno, std::system_category(), "connect");
    look();
  }

 private:
  struct Removed {
    std::string path;
    explicit Removed(std::string of) : path(std::move(of)) {}
    Removed(Removed&& other) noexcept : path(std::exchange(other.path, {})) {}
    Removed& operator=(Removed&&) = delete;
    ~Removed() {
      if (!path.empty()) ::unlink(path.c_str());
    }
  };

  static std::string some_path() {
    static int count = 0;
    return (std::filesystem::temp_directory_path() /
            ("corokit_ready" + std::to_string(::getpid()) + "_" + std::to_string(count++)))
        .string();
  }
  std::vector<std::shared_ptr<void>> kept_;
};

/// Awaits `operate(file)` of a new file that has a text, and is at its beginning.
template <class T>
Task<io::IoResult<T>> with_file(std::string path, Task<io::IoResult<T>> (*operate)(io::File&)) {
  auto made = co_await io::File::open(std::move(path), io::File::Mode::create);
  if (!made) co_return Err<std::error_code>(made.error());
  auto put = co_await made->write("text");
  if (!put) co_return Err<std::error_code>(put.error());
  made->seek(0);
  co_return co_await operate(*made);
}

/// An awaitable of I/O: `make(io)` makes one that is over at once.
struct ReadyIoOperation {
  std::string name;  // what is behind a comma tells variants apart
  std::function<Task<int>(ReadyIo&)> make;
};

template <class Operation>
Task<int> one_after(Operation operation) {
  static_cast<void>(co_await std::move(operation));
  co_return 1;
}

/// Returns: every public awaitable of I/O but those that always wait, see kIoAlwaysWaits.
inline std::vector<ReadyIoOperation> ready_io_operations() {
  using P = ReadyIo;
  std::vector<ReadyIoOperation> all;
  const auto add = [&all](const char* name, auto make) {
    all.push_back({name, [make](P& p) { return one_after(make(p)); }});
  };
  add("ReadHalf::read", [](P& p) { return p.stream().read(p.room); });
  add("ReadHalf::read, of a pipe", [](P& p) { return p.pipe().first.read(p.room); });
  add("ReadHalf::read_vectored", [](P& p) { return p.stream().read_vectored(p.rooms); });
  add("ReadHalf::read_vectored, of a pipe", [](P& p) { return p.pipe().first.read_vectored(p.rooms); });
  add("WriteHalf::write", [](P& p) { return p.stream().write("text"); });
  add("WriteHalf::write, of a pipe", [](P& p) { return p.pipe().second.write("text"); });
  add("WriteHalf::write_vectored", [](P& p) { return p.stream().write_vectored(p.words); });
  add("WriteHalf::write_vectored, of a pipe", [](P& p) { return p.pipe().second.write_vectored(p.words); });
  add("BufferedReader::read", [](P& p) { return p.lines().read(p.room); });
  add("BufferedReader::read_until", [](P& p) { return p.lines().read_until('n'); });
  add("BufferedReader::next_line", [](P& p) { return p.lines().next_line(); });
  add("read_exact", [](P& p) { return io::read_exact(p.stream(), p.room); });
  add("read_to_end", [](P& p) { return io::read_to_end(p.stream(), p.text); });
  add("write_all", [](P& p) { return io::write_all(p.stream(), "text"); });
  add("copy", [](P& p) { return io::copy(p.stream(), p.stream()); });
  add("TcpListener::accept", [](P& p) { return p.tcp().accept(); });
  add("UnixListener::accept", [](P& p) { return p.local().accept(); });
  add("UnixStream::connect, to nobody", [](P&) { return io::UnixStream::connect("/nowhere/at/all"); });
  add("UdpSocket::receive_from", [](P& p) { return p.udp().receive_from(p.room); });
  add("UdpSocket::send_to", [](P& p) {
    io::UdpSocket& socket = p.udp();
    return socket.send_to("text", socket.local_address().value());
  });
  add("AsyncFd::read_with", [](P& p) {
    io::AsyncFd& counter = p.counter();
    return counter.read_with([fd = counter.get()] {
      std::uint64_t count = 0;
      return ::read(fd, &count, sizeof count);
    });
  });
  add("AsyncFd::write_with", [](P& p) {
    io::AsyncFd& counter = p.counter();
    return counter.write_with([fd = counter.get()] {
      const std::uint64_t one = 1;
      return ::write(fd, &one, sizeof one);
    });
  });
  add("Signals::next", [](P& p) { return p.signals().next(); });
  add("Child::wait", [](P& p) { return p.child().wait(); });
  add("Child::wait_with_output", [](P& p) { return p.child().wait_with_output(); });
  add("File::open", [](P& p) { return io::File::open(p.path(), io::File::Mode::create); });
  add("File::read", [](P& p) {
    return with_file<std::size_t>(p.path(), [](io::File& file) -> Task<io::IoResult<std::size_t>> {
      std::array<char, 4> room{};
      co_return co_await file.read(room);
    });
  });
  add("File::write",
      [](P& p) { return with_file<std::size_t>(p.path(), [](io::File& f) { return f.write("text"); }); });
  add("File::sync",
      [](P& p) { return with_file<void>(p.path(), [](io::File& file) { return file.sync(); }); });
  add("read_file", [](P&) { return io::read_file("/dev/null"); });
  add("write_file", [](P& p) { return io::write_file(p.path(), "text"); });
  add("resolve", [](P&) { return io::resolve("127.0.0.1", 80); });
  return all;
}

/// Each of these begins what it then waits for.
inline constexpr std::array kIoAlwaysWaits{"TcpStream::connect", "UnixStream::connect", "Command::status",
                                           "Command::output", "ctrl_c"};

}  // namespace corokit::test
