#pragma once
#include <corokit/io/byte_stream.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <string>

namespace corokit::io {

/// Reads until the buffer is full.
///
/// Requires: reader and buffer live until the await is over.
/// Returns: nothing; or the error, Errc::unexpected_end if the stream ends before.
/// Thread-safety: as the reader's read().
/// Cancel-safety: not safe: dropped while it waits, the bytes that have come are in the buffer, and their number is lost.
template <Reader R>
Task<IoResult<void>> read_exact(R& reader, MutableBuffer into) {
  while (!into.empty()) {
    auto got = co_await reader.read(into);
    if (!got) co_return Err<std::error_code>(got.error());
    if (*got == 0) co_return Err<std::error_code>(make_error_code(Errc::unexpected_end));
    into = into.after(*got);
  }
  co_return IoResult<void>();
}

/// Appends all that comes until the end of the stream.
///
/// Requires: reader and text live until the await is over.
/// Returns: how many bytes came; or the error, Errc::too_long if more than `limit` come. What came before is in `into`.
/// Thread-safety: as the reader's read().
/// Cancel-safety: safe: dropped while it waits, what has come is in `into`, and the next call goes on.
template <Reader R>
Task<IoResult<std::size_t>> read_to_end(R& reader, std::string& into,
                                        std::size_t limit = std::numeric_limits<std::size_t>::max()) {
  std::array<char, 4096> buffer;
  for (std::size_t total = 0;;) {
    auto got = co_await reader.read(buffer);
    if (!got) co_return Err<std::error_code>(got.error());
    if (*got == 0) co_return total;
    if (*got > limit - total) co_return Err<std::error_code>(make_error_code(Errc::too_long));
    into.append(buffer.data(), *got);
    total += *got;
  }
}

/// Writes the whole buffer.
///
/// Requires: writer and buffer live until the await is over.
/// Returns: nothing, or the error.
/// Thread-safety: as the writer's write().
/// Cancel-safety: not safe: dropped while it waits, a part of the buffer has been written, and its size is lost.
template <Writer W>
Task<IoResult<void>> write_all(W& writer, ConstBuffer from) {
  while (!from.empty()) {
    auto put = co_await writer.write(from);
    if (!put) co_return Err<std::error_code>(put.error());
    from = from.after(*put);
  }
  co_return IoResult<void>();
}

/// Reads from one stream and writes to the other, until the first one ends. It reads no more while a write waits, so a slow
/// receiver slows the sender down.
///
/// Requires: both live until the await is over.
/// Returns: how many bytes were copied; or the error of either.
/// Thread-safety: as read() and write() of the two.
/// Cancel-safety: not safe: dropped while it waits to write, what it has read and not written is lost.
/// Complexity: a buffer of 16 KiB.
template <Reader R, Writer W>
Task<IoResult<std::uint64_t>> copy(R& from, W& to) {
  constexpr std::size_t kSize = 16384;
  const std::unique_ptr<char[]> buffer = std::make_unique_for_overwrite<char[]>(kSize);
  for (std::uint64_t total = 0;;) {
    auto got = co_await from.read(MutableBuffer(buffer.get(), kSize));
    if (!got) co_return Err<std::error_code>(got.error());
    if (*got == 0) co_return total;
    auto put = co_await write_all(to, ConstBuffer(buffer.get(), *got));
    if (!put) co_return Err<std::error_code>(put.error());
    total += *got;
  }
}

}  // namespace corokit::io
