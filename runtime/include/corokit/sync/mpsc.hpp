#pragma once
#include <corokit/sync/mpsc/permit.hpp>
#include <corokit/sync/mpsc/receiver.hpp>
#include <corokit/sync/mpsc/sender.hpp>
#include <corokit/sync/mpsc/unbounded_sender.hpp>

#include <cstddef>
#include <stdexcept>

/// A channel from many senders to one receiver. Each message is received once, and the messages of one sender are
/// received in the order in which it sent them. T has a move constructor that does not throw, and is aligned to at most
/// 16 bytes.
/// Example: runtime/examples/pipeline.cpp
namespace corokit::mpsc {

/// The ends of a new channel: `auto [tx, rx] = mpsc::channel<int>(16);`
template <class T>
struct Channel {
  Sender<T> tx;
  Receiver<T> rx;
  /// For channel().
  explicit Channel(detail::MpscState<T>& state) noexcept : tx(state), rx(state) {}
};

/// The ends of a new unbounded channel.
template <class T>
struct UnboundedChannel {
  UnboundedSender<T> tx;
  UnboundedReceiver<T> rx;
  /// For unbounded_channel().
  explicit UnboundedChannel(detail::MpscState<T>& state) noexcept : tx(state), rx(state) {}
};

/// Makes a channel that holds at most `capacity` messages; senders wait for room.
/// Throws: std::invalid_argument if the capacity is 0 or more than an eighth of the address space.
template <class T>
[[nodiscard]] Channel<T> channel(std::size_t capacity) {
  if (capacity == 0) throw std::invalid_argument("corokit: mpsc::channel needs a capacity of at least 1");
  if (capacity > detail::MpscCore::kMaxCapacity)
    throw std::invalid_argument("corokit: the capacity of mpsc::channel is too large");
  return Channel<T>(*new detail::MpscState<T>(capacity));
}

/// Makes a channel that holds any number of messages; senders never wait. If messages are sent faster than they are
/// received, the channel uses more and more memory.
template <class T>
[[nodiscard]] UnboundedChannel<T> unbounded_channel() {
  return UnboundedChannel<T>(*new detail::MpscState<T>(0));
}

}  // namespace corokit::mpsc
