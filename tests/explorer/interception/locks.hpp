#pragma once
#include <cstdint>
#include <string>

#include "player.hpp"

namespace corokit::model {

/// The locks of the C library, as the program uses them. A lock holds our number for it in its first bytes, and of a mutex
/// the kind is where the C library keeps it.
class Locks {
 public:
  Locks(Player& player, void* lock, const void* code) noexcept : player_(player), lock_(lock), code_(code) {}

  enum class Mode : std::uint8_t { exclusive, shared };
  enum class Type : std::uint8_t { normal, recursive, checked };
  /// Takes the lock, or waits for it until the deadline. Returns: 0, or an error number.
  int take(Mode mode, Type type, std::int64_t deadline = Wait::kNever);
  int try_take(Mode mode, Type type);
  int release(Type type);

  /// Waits on a condition variable, while the lock is released.
  int wait(const void* condition, std::int64_t deadline);

 private:
  int take_again(Mode mode, Type type, std::int64_t deadline);
  Lock& state() { return player_.lock(*static_cast<std::uint32_t*>(lock_), lock_, code_); }
  bool is_free(const Lock& lock, Mode mode) const noexcept;
  void taken(Lock& lock, Mode mode);
  void released(Lock& lock);

  Player& player_;
  void* const lock_;
  const void* const code_;
};

}  // namespace corokit::model
