#include <corokit/io/byte_stream.hpp>

#include "when_ready.hpp"

namespace corokit::io {

using corokit::detail::Direction;
using corokit::detail::parts_of;
using corokit::detail::when_ready;

namespace {

template <class Buffer>
std::size_t total(std::span<const Buffer> buffers) noexcept {
  std::size_t sum = 0;
  for (const Buffer& buffer : buffers) sum += buffer.size();
  return sum;
}

IoResult<std::size_t> result_of(ssize_t moved) noexcept {
  if (moved >= 0) return static_cast<std::size_t>(moved);
  return Err<std::error_code>(corokit::detail::error_of(moved));
}

}  // namespace

Task<IoResult<std::size_t>> ReadHalf::read(MutableBuffer into) {
  return when_ready(*device_, Direction::reading, into.size(),
                    [device = device_.get(), into] { return device->read(parts_of(into)); });
}

Task<IoResult<std::size_t>> ReadHalf::read_vectored(std::span<const MutableBuffer> into) {
  return when_ready(*device_, Direction::reading, total(into),
                    [device = device_.get(), into] { return device->read(parts_of(into)); });
}

IoResult<std::size_t> ReadHalf::try_read(MutableBuffer into) noexcept {
  return result_of(device_->read(parts_of(into)));
}

Task<IoResult<std::size_t>> WriteHalf::write(ConstBuffer from) {
  return when_ready(*device_, Direction::writing, from.size(),
                    [device = device_.get(), from] { return device->write(parts_of(from)); });
}

Task<IoResult<std::size_t>> WriteHalf::write_vectored(std::span<const ConstBuffer> from) {
  return when_ready(*device_, Direction::writing, total(from),
                    [device = device_.get(), from] { return device->write(parts_of(from)); });
}

IoResult<std::size_t> WriteHalf::try_write(ConstBuffer from) noexcept {
  return result_of(device_->write(parts_of(from)));
}

}  // namespace corokit::io
