#pragma once
#include <corokit/detail/config.hpp>

#include <unistd.h>
#include <utility>

namespace corokit::io {

/// Owns a descriptor, and closes it.
///
/// Thread-safety: as an int.
class Descriptor {
 public:
  Descriptor() noexcept = default;
  /// Takes a descriptor over.
  explicit Descriptor(int descriptor) noexcept : descriptor_(descriptor) {}
  Descriptor(Descriptor&& other) noexcept : descriptor_(other.release()) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    Descriptor old(std::exchange(descriptor_, other.release()));
    return *this;
  }
  ~Descriptor() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }

  /// Returns: the descriptor; -1 if there is none.
  int get() const noexcept { return descriptor_; }
  /// Returns: whether there is one.
  explicit operator bool() const noexcept { return descriptor_ >= 0; }
  /// Gives it away. Returns: as get().
  [[nodiscard]] int release() noexcept { return std::exchange(descriptor_, -1); }

 private:
  int descriptor_ = -1;
};

}  // namespace corokit::io
