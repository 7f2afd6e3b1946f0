// What is common to all streams: pipes, connections within a machine, and what reads and writes in larger units.
#include <corokit/io/buffered_reader.hpp>
#include <corokit/io/pipe.hpp>
#include <corokit/io/read_write.hpp>
#include <corokit/io/unix.hpp>
#include <corokit/join.hpp>
#include <corokit/runtime.hpp>
#include <corokit/time/timeout.hpp>

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>
#include <array>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "support/on_each_runtime.hpp"

namespace corokit::io {
namespace {

using namespace std::chrono_literals;

class StreamsOn : public corokit::test::OnEachRuntime {};
COROKIT_ON_EACH_RUNTIME(StreamsOn);

/// Runs a test that waits, on one thread.
template <class Body>
void run(Body body) {
  Runtime::current_thread().block_on(body());
}

/// A stream that gives pieces of a text, as the network would cut it.
class Pieces {
 public:
  explicit Pieces(std::vector<std::string> pieces) : pieces_(std::move(pieces)) {}
  /// `text`: the pieces, with "|" between them. (g++ 12 makes no vector of several texts in a coroutine: PR 98056.)
  explicit Pieces(const std::string& text) {
    for (std::size_t begin = 0; begin <= text.size();) {
      const std::size_t end = std::min(text.find('|', begin), text.size());
      pieces_.push_back(text.substr(begin, end - begin));
      begin = end + 1;
    }
  }

  Task<IoResult<std::size_t>> read(MutableBuffer into) {
    if (next_ == pieces_.size()) co_return std::size_t{0};
    std::string& piece = pieces_[next_];
    const std::size_t count = std::min(piece.size(), into.size());
    std::memcpy(into.data(), piece.data(), count);
    piece.erase(0, count);
    if (piece.empty()) ++next_;
    co_return count;
  }

 private:
  std::vector<std::string> pieces_;
  std::size_t next_ = 0;
};

TEST_P(StreamsOn, APipeCarriesBytesToItsEnd) {
  auto body = []() -> Task<void> {
    auto pipe = make_pipe().value();
    auto write = [](PipeWriter writer) -> Task<void> {
      (co_await write_all(writer, std::string(300'000, 'x'))).value();
    };
    std::string got;
    auto both = co_await join(write(std::move(pipe.second)), read_to_end(pipe.first, got));
    EXPECT_EQ(std::get<1>(both), 300'000u);
    EXPECT_EQ(got, std::string(300'000, 'x'));
  };
  make().block_on(body());
}

TEST(Pipe, AWriteWithoutAReaderIsAnErrorAndNoSignal) {
  run([]() -> Task<void> {
    auto pipe = make_pipe().value();
    { const PipeReader gone = std::move(pipe.first); }
    EXPECT_EQ((co_await pipe.second.write("x")).error(), std::errc::broken_pipe);
  });
}

TEST_P(StreamsOn, AUnixListenerHasConnections) {
  const std::filesystem::path folder =
      std::filesystem::temp_directory_path() / ("corokit" + std::to_string(getpid()));
  std::filesystem::create_directories(folder);
  auto body = [](std::string path) -> Task<void> {
    UnixListener listener = UnixListener::bind(path).value();
    EXPECT_EQ(UnixListener::bind(path).error(), std::errc::address_in_use);
    auto both = co_await join(UnixStream::connect(path), listener.accept());
    UnixStream client = std::get<0>(both).value();
    UnixStream server = std::get<1>(both).value();
    (co_await write_all(client, "hello")).value();
    client.shutdown(UnixStream::Shutdown::writing).value();
    std::string got;
    EXPECT_EQ(co_await read_to_end(server, got), 5u);
    EXPECT_EQ(got, "hello");
  };
  make().block_on(body((folder / "socket").string()));
  std::filesystem::remove_all(folder);
}

TEST(UnixStream, APathThatCannotBeIsAnError) {
  run([]() -> Task<void> {
    EXPECT_EQ((co_await UnixStream::connect("/nowhere/at/all")).error(),
              std::errc::no_such_file_or_directory);
    EXPECT_EQ(UnixListener::bind(std::string(108, 'x')).error(), std::errc::filename_too_long);
    EXPECT_EQ(UnixListener::bind("").error(), std::errc::invalid_argument);
    EXPECT_EQ(UnixListener::bind(std::string("a\0b", 3)).error(), std::errc::invalid_argument);
  });
}

TEST(ReadExact, FillsTheBufferFromPieces) {
  run([]() -> Task<void> {
    Pieces pieces("ab|c|defg");
    std::array<char, 5> five;
    EXPECT_TRUE(co_await read_exact(pieces, five));
    EXPECT_EQ(std::string(five.data(), 5), "abcde");
    std::array<char, 3> three;
    EXPECT_EQ((co_await read_exact(pieces, three)).error(), Errc::unexpected_end);
    std::array<char, 0> nothing;
    EXPECT_TRUE(co_await read_exact(pieces, nothing));
  });
}

TEST(ReadToEnd, KeepsToItsLimit) {
  run([]() -> Task<void> {
    std::string text;
    Pieces exactly("abc|def");
    EXPECT_EQ(co_await read_to_end(exactly, text, 6), 6u);
    Pieces more("abc|defg");
    EXPECT_EQ((co_await read_to_end(more, text, 6)).error(), Errc::too_long);
  });
}

Task<std::vector<std::string>> lines_of(std::vector<std::string> pieces) {
  Pieces stream(std::move(pieces));
  BufferedReader reader(stream, 4);
  std::vector<std::string> lines;
  for (;;) {
    auto line = co_await reader.next_line();
    if (!line || !*line) co_return lines;
    lines.push_back(**line);
  }
}

TEST(BufferedReader, FindsLinesHoweverTheyAreCut) {
  using Lines = std::vector<std::string>;
  const std::string text = "one\n\na longer one\r\nlast";
  Lines letters;
  for (const char letter : text) letters.emplace_back(1, letter);
  const auto lines = [](Lines pieces) {
    return Runtime::current_thread().block_on(lines_of(std::move(pieces)));
  };
  const Lines expected{"one", "", "a longer one", "last"};
  EXPECT_EQ(lines({text}), expected);
  EXPECT_EQ(lines(letters), expected);
  EXPECT_EQ(lines({"one\n"}), Lines{"one"});
  EXPECT_EQ(lines({}), Lines{});
  EXPECT_EQ(lines({"\n"}), Lines{""});
}

TEST(BufferedReader, ALineIsNoLongerThanTheLimit) {
  run([]() -> Task<void> {
    Pieces stream("12345\n123456\nnext\n");
    BufferedReader reader(stream);
    EXPECT_EQ((co_await reader.next_line(5)).value(), "12345");
    EXPECT_EQ((co_await reader.next_line(5)).error(), Errc::too_long);
    EXPECT_EQ((co_await reader.next_line(5)).value(), "6") << "the rest comes next";
    EXPECT_EQ((co_await reader.next_line(5)).value(), "next");
  });
}

TEST(BufferedReader, ADroppedLineIsKept) {
  run([]() -> Task<void> {
    auto pipe = make_pipe().value();
    BufferedReader reader(pipe.first);
    (co_await write_all(pipe.second, "first half, ")).value();
    EXPECT_FALSE(co_await timeout(1ms, reader.next_line()));
    (co_await write_all(pipe.second, "second half\n")).value();
    EXPECT_EQ((co_await reader.next_line()).value(), "first half, second half");
  });
}

TEST(BufferedReader, GivesBytesAsWell) {
  run([]() -> Task<void> {
    Pieces stream("head\nbody of many bytes");
    BufferedReader reader(stream, 8);
    EXPECT_EQ((co_await reader.next_line()).value(), "head");
    std::string rest;
    EXPECT_EQ(co_await read_to_end(reader, rest), 18u);
    EXPECT_EQ(rest, "body of many bytes");
    EXPECT_THROW(BufferedReader(stream, 0), std::invalid_argument);
  });
}

}  // namespace
}  // namespace corokit::io
