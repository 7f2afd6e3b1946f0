#pragma once
#include <corokit/io/byte_stream.hpp>

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace corokit::io {

/// Reads a stream in large pieces, and gives them in small ones: lines, or what ends with some byte.
///
///     BufferedReader lines(stream);
///     while (auto line = co_await lines.next_line()) …      // an error, or the end: see the result
///
/// Requires: the stream outlives it. It reads ahead, so nobody else reads the stream meanwhile.
/// Thread-safety: one task at a time.
template <Reader R>
class BufferedReader {
 public:
  static constexpr std::size_t kLongestLine = 64U << 10U;

  /// `capacity`: of the buffer, in bytes. Throws: std::invalid_argument if it is 0.
  explicit BufferedReader(R& reader, std::size_t capacity = 8192) : reader_(&reader), capacity_(capacity) {
    if (capacity == 0) throw std::invalid_argument("corokit: a buffer of 0 bytes");
    buffer_ = std::make_unique_for_overwrite<char[]>(capacity);
  }

  /// Reads what is in the buffer, or, if that is empty, what comes next.
  /// Returns: as the stream's read().
  /// Thread-safety: one task at a time.
  /// Cancel-safety: dropped while it waits, it has read nothing.
  Task<IoResult<std::size_t>> read(MutableBuffer into) {
    if (begin_ == end_ && into.size() >= capacity_) co_return co_await reader_->read(into);
    if (begin_ == end_) {
      auto got = co_await fill();
      if (!got || *got == 0) co_return got;
    }
    const std::size_t count = std::min(into.size(), end_ - begin_);
    std::memcpy(into.data(), buffer_.get() + begin_, count);
    begin_ += count;
    co_return count;
  }

  /// Reads up to and including the next `delimiter`, or up to the end of the stream.
  ///
  /// Returns: what it read, without the delimiter; none at the end of the stream; or the error, Errc::too_long if more than
  ///   `limit` bytes come without a delimiter. After that error the rest of them comes with the next call.
  /// Thread-safety: one task at a time.
  /// Cancel-safety: safe: dropped while it waits, what has come is kept, and the next call goes on. Requires: that has the
  ///   same delimiter.
  Task<IoResult<std::optional<std::string>>> read_until(char delimiter, std::size_t limit = kLongestLine) {
    for (;;) {
      const std::string_view there(buffer_.get() + begin_, end_ - begin_);
      const std::size_t found = there.find(delimiter);
      const std::size_t taken = std::min(found, there.size());
      if (partial_.size() + taken > limit) {
        const std::size_t fits = limit - std::min(limit, partial_.size());
        begin_ += fits;
        partial_.clear();
        co_return Err<std::error_code>(make_error_code(Errc::too_long));
      }
      partial_.append(there.substr(0, taken));
      begin_ += taken;
      if (found != std::string_view::npos) {
        ++begin_;
        co_return std::exchange(partial_, {});
      }
      auto got = co_await fill();
      if (!got) co_return Err<std::error_code>(got.error());
      if (*got != 0) continue;
      if (partial_.empty()) co_return std::nullopt;
      co_return std::exchange(partial_, {});
    }
  }

  /// Reads a line, which ends with "\n" or "\r\n"; the last one may lack that. As read_until() otherwise.
  /// Thread-safety: one task at a time.
  /// Cancel-safety: as read_until().
  Task<IoResult<std::optional<std::string>>> next_line(std::size_t limit = kLongestLine) {
    auto line = co_await read_until('\n', limit);
    if (line && *line && (*line)->ends_with('\r')) (*line)->pop_back();
    co_return line;
  }

  /// Returns: what is read ahead, until the next call.
  std::string_view buffered() const noexcept { return {buffer_.get() + begin_, end_ - begin_}; }

 private:
  /// Requires: the buffer is empty.
  Task<IoResult<std::size_t>> fill() {
    begin_ = end_ = 0;
    auto got = co_await reader_->read(MutableBuffer(buffer_.get(), capacity_));
    if (got) end_ = *got;
    co_return got;
  }

  R* reader_;
  std::size_t capacity_;
  std::unique_ptr<char[]> buffer_;
  std::size_t begin_ = 0;  // of what is read ahead
  std::size_t end_ = 0;
  std::string partial_;  // of a line whose end has not come yet
};

}  // namespace corokit::io
