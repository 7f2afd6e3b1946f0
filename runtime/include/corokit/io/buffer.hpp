#pragma once
#include <corokit/detail/config.hpp>

#include <sys/uio.h>
#include <concepts>
#include <cstddef>
#include <ranges>
#include <string_view>
#include <type_traits>

namespace corokit::io {

template <class T>
concept Byte = std::same_as<T, char> || std::same_as<T, std::byte> || std::same_as<T, unsigned char>;

/// Bytes that follow one another: a std::string, a span or a vector or an array of char, std::byte or unsigned char.
template <class R>
concept ByteRange = std::ranges::contiguous_range<R> && std::ranges::sized_range<R> &&
    Byte<std::remove_cv_t<std::ranges::range_value_t<R>>>;

/// Memory that is read from, and that somebody else owns.
class ConstBuffer {
 public:
  ConstBuffer() noexcept : part_{} {}
  /// Makes a buffer of `size` bytes.
  ConstBuffer(const void* data, std::size_t size) noexcept : part_{const_cast<void*>(data), size} {}
  /// Makes a buffer of all bytes of a range.
  template <ByteRange R>
  ConstBuffer(const R& range) noexcept : ConstBuffer(std::ranges::data(range), std::ranges::size(range)) {}
  /// A literal, without the zero at its end.
  ConstBuffer(const char* text) noexcept : ConstBuffer(std::string_view(text)) {}

  /// Returns: the first byte.
  const char* data() const noexcept { return static_cast<const char*>(part_.iov_base); }
  /// Returns: the number of bytes.
  std::size_t size() const noexcept { return part_.iov_len; }
  /// Returns: whether there are none.
  bool empty() const noexcept { return size() == 0; }
  /// Returns: the bytes as text.
  std::string_view text() const noexcept { return {data(), size()}; }
  /// Returns: what follows the first `count` bytes. Requires: count <= size().
  ConstBuffer after(std::size_t count) const noexcept { return {data() + count, size() - count}; }

 private:
  iovec part_;  // the only member: an array of buffers is an array of iovec
};

/// Memory that is written to, and that somebody else owns.
class MutableBuffer {
 public:
  MutableBuffer() noexcept : part_{} {}
  /// Makes a buffer of `size` bytes.
  MutableBuffer(void* data, std::size_t size) noexcept : part_{data, size} {}
  /// Makes a buffer of all bytes of a range.
  template <ByteRange R>
  requires(!std::is_const_v<std::remove_reference_t<std::ranges::range_reference_t<R>>>)
      MutableBuffer(R&& range)
  noexcept : MutableBuffer(std::ranges::data(range), std::ranges::size(range)) {}

  /// Returns: the first byte.
  char* data() const noexcept { return static_cast<char*>(part_.iov_base); }
  /// Returns: the number of bytes.
  std::size_t size() const noexcept { return part_.iov_len; }
  /// Returns: whether there are none.
  bool empty() const noexcept { return size() == 0; }
  /// Returns: what follows the first `count` bytes. Requires: count <= size().
  MutableBuffer after(std::size_t count) const noexcept { return {data() + count, size() - count}; }

 private:
  iovec part_;  // the only member: an array of buffers is an array of iovec
};

}  // namespace corokit::io
