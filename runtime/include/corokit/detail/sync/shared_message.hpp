#pragma once
#include <corokit/detail/sync/atomic.hpp>
#include <corokit/detail/task/frame_pool.hpp>

#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <utility>

namespace corokit::detail {

/// A message that a channel shares with its readers. It is made, read, copied and destroyed outside of the channel's
/// lock, which only guards the pointer.
template <class T>
class SharedMessage {
 public:
  SharedMessage() noexcept = default;
  explicit SharedMessage(T&& value) : body_(new Body(std::move(value))) {}
  SharedMessage(const SharedMessage& other) noexcept : body_(other.body_) {
    // Relaxed: the other reference keeps the message alive.
    body_->refs.fetch_add(1, std::memory_order_relaxed);
  }
  SharedMessage(SharedMessage&& other) noexcept : body_(std::exchange(other.body_, nullptr)) {}
  SharedMessage& operator=(SharedMessage other) noexcept {
    std::swap(body_, other.body_);
    return *this;
  }
  ~SharedMessage() {
    // [refs] acquire and release: every copy was made before the message is destroyed.
    if (body_ && (is_sole() || body_->refs.fetch_sub(1, std::memory_order_acq_rel) == 1)) delete body_;
  }

  const T& operator*() const noexcept { return body_->value; }
  /// Returns: the message, which is moved out if this is the last reference, and copied otherwise.
  /// Requires: this is the last reference if T cannot be copied.
  T give() {
    if constexpr (std::is_copy_constructible_v<T>)
      if (!is_sole()) return body_->value;
    return std::move(body_->value);
  }

 private:
  struct Body : FromFramePool<Body> {
    explicit Body(T&& message) : value(std::move(message)) {}
    Atomic<std::uint32_t> refs{1};
    T value;
  };

  // [refs] acquire: the other readers made their copies before.
  bool is_sole() const noexcept { return body_->refs.load(std::memory_order_acquire) == 1; }

  Body* body_ = nullptr;
};

}  // namespace corokit::detail
