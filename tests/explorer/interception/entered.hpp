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

}  // namespace corokit::model
