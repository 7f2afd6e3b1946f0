#pragma once
#include <utility>

#include "player.hpp"

namespace corokit::model {

/// The program's code is called.
class Left {
 public:
  explicit Left(Player& player) noexcept { Player::playing_ = &player; }
  Left(const Left&) = delete;
  Left& operator=(const Left&) = delete;
  ~Left() { Player::playing_ = nullptr; }
};

/// The program has called a function of ours. Until it returns, what we call ourselves does not come here.
class Entered {
 public:
  Entered() noexcept : player_(std::exchange(Player::playing_, nullptr)) {}
  Entered(const Entered&) = delete;
  Entered& operator=(const Entered&) = delete;
  ~Entered() { Player::playing_ = player_; }

  /// Whether it was the program that has called, and not the explorer.
  explicit operator bool() const noexcept { return player_ != nullptr; }
  Player* operator->() const noexcept { return player_; }
  Player& operator*() const noexcept { return *player_; }

 private:
  Player* const player_;
};

inline bool Player::access_alone(const void* address, std::size_t size, const void* frame) {
  if (engine.threads.count() != 1 || left_of_stack(frame) < kGuard + kHeadroom) return false;
  const Granule* cell = granule(address);
  if (!cell) return true;
  if (work_ >= kWorkAlone || engine.recorder.keeps(address, size)) return false;
  const auto from = reinterpret_cast<std::uintptr_t>(address) / 8;
  const auto to = (reinterpret_cast<std::uintptr_t>(address) + size - 1) / 8;
  for (std::uintptr_t i = from; i <= to; ++i, ++cell)
    if (!engine.shadow.is_untouched(*cell)) return false;
  ++work_;
  engine.next_event();
  return true;
}

/// The program's code accesses plain memory.
inline void access(const void* address, std::size_t size, Access::Kind kind, const void* return_address,
                   const void* frame) {
  if (size == 0) return;
  if (Player* const player = Player::playing(); player && player->access_alone(address, size, frame)) return;
  const Entered player;
  if (player && player->granule(address))
    player->access(address, size, kind, player->own_code(return_address, frame));
}

}  // namespace corokit::model
