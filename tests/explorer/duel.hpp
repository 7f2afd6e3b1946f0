#pragma once
// Included by explore_program.cpp only. In a duel a person decides what a schedule decides otherwise.
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "simulation/choices.hpp"

#include "interception/player.hpp"

namespace corokit::explorer {
namespace {

/// Which choices of a schedule a person makes: who goes on, which value a load sees, and what choose() returns. All others
/// are the default ones.
class Asked {
 public:
  enum class About { nothing, thread, value, number };

  Asked(model::Player& player, unsigned stale_loads) noexcept : player_(player), stale_loads_(stale_loads) {}

  About about(const Point& point) const noexcept {
    if (point.runner) return About::thread;
    if (point.kind == Kind::stale_load && stale_loads_ != 0) return About::value;
    return point.kind == Kind::branch && player_.is_choosing() ? About::number : About::nothing;
  }
  /// Notes what was chosen.
  void chosen(const Point& point, std::size_t choice) noexcept {
    if (point.kind == Kind::stale_load && choice != 0) --stale_loads_;
  }

 private:
  model::Player& player_;
  unsigned stale_loads_;  // that are left
};

/// Notes which choices another strategy makes of those that a person would make.
class Moves final : public Strategy {
 public:
  Moves(Strategy& strategy, const Asked& asked) noexcept : strategy_(strategy), asked_(asked) {}

  std::size_t choose(const Point& point) override {
    const std::size_t choice = strategy_.choose(point);
    if (asked_.about(point) != Asked::About::nothing) moves_.push_back(choice);
    asked_.chosen(point, choice);
    return choice;
  }
  bool advance() override { return false; }
  const std::vector<std::size_t>& moves() const noexcept { return moves_; }

 private:
  Strategy& strategy_;
  Asked asked_;
  std::vector<std::size_t> moves_;
};

/// Makes the choices that a person has made, in order, and stops the schedule where the next one is to be made.
class Duel final : public Strategy {
 public:
  static constexpr const char* kStopped = "it is your move";  // how the schedule ends then

  /// What is to be chosen next.
  struct Question {
    Asked::About about = Asked::About::nothing;
    std::vector<std::size_t> threads;  // that can go on
    std::vector<std::string> values;   // that the load can see, the newest one first
    std::size_t count = 0;
  };

  Duel(model::Player& player, const Asked& asked, const std::vector<std::size_t>& moves)
      : player_(player), asked_(asked), moves_(moves) {}

  std::size_t choose(const Point& point) override {
    if (asked_.about(point) == Asked::About::nothing) return 0;
    if (next_ == moves_.size()) ask(point);
    const std::size_t choice = std::min(moves_[next_++], point.count - 1);
    asked_.chosen(point, choice);
    return choice;
  }
  bool advance() override { return false; }
  const Question& question() const noexcept { return question_; }

 private:
  [[noreturn]] void ask(const Point& point) {
    question_.about = asked_.about(point);
    question_.count = point.count;
    for (std::size_t i = 0; i < point.count; ++i) {
      if (question_.about == Asked::About::thread)
        question_.threads.push_back(static_cast<std::size_t>(point.runner(point.context, i)));
      if (question_.about == Asked::About::value) question_.values.push_back(player_.engine.loadable(i));
    }
    player_.engine.threads.fail(kStopped);
  }

  model::Player& player_;
  Asked asked_;
  const std::vector<std::size_t>& moves_;
  std::size_t next_ = 0;
  Question question_;
};

}  // namespace
}  // namespace corokit::explorer
