#pragma once
#include <corokit/detail/io/device.hpp>
#include <corokit/io/buffer.hpp>
#include <corokit/io/error.hpp>
#include <corokit/task.hpp>

#include <concepts>
#include <cstddef>
#include <memory>
#include <span>
#include <utility>

namespace corokit::io {

/// Gives bytes: `co_await reader.read(buffer)` gives how many came, 0 at the end.
template <class R>
concept Reader = requires(R& reader, MutableBuffer into) {
  { reader.read(into) } -> std::same_as<Task<IoResult<std::size_t>>>;
};

/// Takes bytes: `co_await writer.write(buffer)` gives how many it took, at least one of those that there are.
template <class W>
concept Writer = requires(W& writer, ConstBuffer from) {
  { writer.write(from) } -> std::same_as<Task<IoResult<std::size_t>>>;
};

/// The half of a stream that is read from.
///
/// Requires: it outlives what is awaited of it. One task reads at a time: of two that do, either gets the next bytes.
class ReadHalf {
 public:
  /// Reads what there is, as much as the buffer has room for. It waits only if there is nothing.
  ///
  /// Requires: the buffer lives until the await is over.
  /// Returns: how many bytes came, 0 at the end of the stream or if the buffer is empty; or the error.
  /// Thread-safety: may be called while another thread writes.
  /// Cancel-safety: a read that is dropped while it waits has read nothing.
  /// Complexity: a system call, or two if it waits.
  Task<IoResult<std::size_t>> read(MutableBuffer into);
  /// As read(), into several buffers, one after another. Requires: the span lives until the await is over, too.
  /// Thread-safety: as read().
  /// Cancel-safety: as read().
  Task<IoResult<std::size_t>> read_vectored(std::span<const MutableBuffer> into);
  /// As read(), and never waits. Returns: the error std::errc::operation_would_block if there is nothing.
  IoResult<std::size_t> try_read(MutableBuffer into) noexcept;

 protected:
  /// Makes a half of an open device.
  explicit ReadHalf(std::shared_ptr<corokit::detail::Device> device) noexcept : device_(std::move(device)) {}

 private:
  friend class ByteStream;
  std::shared_ptr<corokit::detail::Device> device_;
};

/// The half of a stream that is written to.
///
/// Requires: it outlives what is awaited of it. One task writes at a time: what two write at once may be mixed.
class WriteHalf {
 public:
  /// Writes what there is room for now. It waits only if there is no room at all.
  ///
  /// Requires: the buffer lives until the await is over.
  /// Returns: how many bytes were taken, 0 only if the buffer is empty; or the error, std::errc::broken_pipe if the peer
  ///   is gone.
  /// Thread-safety: may be called while another thread reads.
  /// Cancel-safety: a write that is dropped while it waits has written nothing.
  /// Complexity: a system call, or two if it waits.
  Task<IoResult<std::size_t>> write(ConstBuffer from);
  /// As write(), from several buffers, one after another. Requires: the span lives until the await is over, too.
  /// Thread-safety: as write().
  /// Cancel-safety: as write().
  Task<IoResult<std::size_t>> write_vectored(std::span<const ConstBuffer> from);
  /// As write(), and never waits. Returns: the error std::errc::operation_would_block if there is no room.
  IoResult<std::size_t> try_write(ConstBuffer from) noexcept;

 protected:
  /// Makes a half of an open device.
  explicit WriteHalf(std::shared_ptr<corokit::detail::Device> device) noexcept : device_(std::move(device)) {}

 private:
  friend class ByteStream;
  std::shared_ptr<corokit::detail::Device> device_;
};

/// A stream in both directions. It is closed when it and its halves are gone. Moved from, it can only be destroyed or
/// assigned to.
class ByteStream : public ReadHalf, public WriteHalf {
 public:
  /// Gives the halves away, for two tasks.
  std::pair<ReadHalf, WriteHalf> split() && noexcept {
    return {ReadHalf(std::move(ReadHalf::device_)), WriteHalf(std::move(WriteHalf::device_))};
  }
  /// Returns: the descriptor, for calls that are not here; -1 in a simulation.
  int descriptor() const noexcept { return device().descriptor(); }

 protected:
  /// Makes a stream of an open device.
  explicit ByteStream(std::shared_ptr<corokit::detail::Device> device) noexcept
      : ReadHalf(device), WriteHalf(std::move(device)) {}
  /// Returns: what is open.
  corokit::detail::Device& device() const noexcept { return *ReadHalf::device_; }
};

}  // namespace corokit::io
