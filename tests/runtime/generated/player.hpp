#pragma once
#include <corokit/detail/executor/scheduler.hpp>
#include <corokit/detail/sync/atomic.hpp>
#include <corokit/detail/task/operand.hpp>
#include <corokit/detail/task/turn.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "explorer/explore.hpp"
#include "history.hpp"

// The threads of a generated program, and the operations that they wait for. A thread drives an operation by hand, as a
// task would of which it is the only branch: with a header, a turn and a root branch, but without a coroutine. That takes
// a fortieth of the schedules that a spawned task takes; those are explored in tests/runtime/model.
namespace corokit::generated {

class Player;

/// The header of a task that is driven by hand.
struct HandTask : detail::TaskHeader {
  explicit HandTask(Player& of) noexcept : player(of) {}
  Player& player;
};

/// What the players of one schedule share. It is no part of the program, so plain data will do: one of them runs at a time.
struct Cast {
  History history;
  std::vector<Player*> players;
  std::size_t awake = 0;    // the players that can go on
  std::size_t playing = 0;  // those that are not done

  /// Called when a player sleeps or is done. If none can go on, those that wait are noted, and one has to give up.
  void one_less();
};

/// One thread of a program.
class Player {
 public:
  Player(Cast& cast, std::size_t number) : cast_(cast), number_(number) {
    cast_.players.push_back(this);
    ++cast_.awake;
    ++cast_.playing;
  }

  std::size_t number() const noexcept { return number_; }

  /// Plays one step: calls `operation`, a function that calls await() or answers at once. Returns: the answer.
  template <class F>
  int play(const Step& step, F operation) {
    step_ = step;
    dropped_ = false;
    cast_.history.begin(number_, Piece::Kind::call, step.operation);
    const int answer = operation();
    if (!dropped_) cast_.history.end(number_, answer);
    return answer;
  }
  /// Notes that all steps are over. The player whose thread joins the others waits for them here.
  void done(Player& joins) {
    const bool is_last = --cast_.playing == 0;
    cast_.one_less();
    if (this == &joins && !is_last) {
      while (take_word() == nothing) detail::futex_wait(word_, nothing, -1);
    } else if (this != &joins && is_last) {
      joins.wake(woken);
    }
  }

  /// Waits for something awaitable. Returns: what `answer(its result)` returns, or 0 if it was dropped.
  template <class A, class F>
  int await(A&& awaitable, F answer);

  /// Returns: whether the last operation was dropped while it waited.
  bool dropped() const noexcept { return dropped_; }

 private:
  friend struct Cast;
  friend class Alarm;
  enum Word : std::uint32_t { nothing, woken, give_up };

  void wake(Word why) noexcept {
    // Release: the player sees what the waker did. Pairs with: acquire in sleep().
    word_.store(why, std::memory_order_release);
    if (std::exchange(sleeps_, false)) ++cast_.awake;
    detail::futex_wake_one(word_);
  }
  std::uint32_t take_word() noexcept {
    // A read-modify-write, so that it sees the newest value. Acquire: pairs with release in wake().
    return word_.exchange(nothing, std::memory_order_acquire);
  }
  /// Sleeps until the task is scheduled. Returns: false if that will not happen.
  bool sleep() {
    for (;;) {
      const std::uint32_t word = take_word();
      if (word == woken) return true;
      if (word == give_up) {
        detail::cpu_relax();  // when nothing else happens, every store has become visible
        return false;
      }
      if (!std::exchange(sleeps_, true)) cast_.one_less();
      detail::futex_wait(word_, nothing, -1);
    }
  }

  Cast& cast_;
  const std::size_t number_;
  Step step_;
  bool dropped_ = false;
  bool sleeps_ = false;
  detail::Atomic<std::uint32_t> word_{nothing};
};

inline void Cast::one_less() {
  if (--awake != 0) return;
  Player* first = nullptr;
  for (Player* player : players) {
    if (!player->sleeps_) continue;
    history.begin(player->number_, Piece::Kind::waits, player->step_.operation);
    if (!first) first = player;
  }
  if (first) first->wake(Player::give_up);
}

/// The executor of tasks that are driven by hand: to schedule one is to wake its thread.
class Alarm final : public detail::Scheduler {
 public:
  static Alarm& instance() {
    static Alarm alarm;
    return alarm;
  }
  void schedule(detail::TaskHeader& task) noexcept override {
    static_cast<HandTask&>(task).player.wake(Player::woken);
  }
  void submit(detail::BlockingJob&) override {
    model::require(false, "the program has no blocking functions");
  }
};

/// An operation that a thread drives by hand.
template <class A>
class Driven {
 public:
  template <class Arg>
  Driven(Player& player, Arg&& awaitable)
      : task_(player), turn_(task_, context_), entered_(context_), operand_(std::forward<Arg>(awaitable)) {
    context_.scheduler = &Alarm::instance();
    context_.turn = &turn_;
    task_.turn = &turn_;
  }

  /// Returns: true if it is over at once.
  bool begin() { return operand_->begin(task_.root); }
  /// Puts the task to rest, as the run loop does. Returns: whether the caller has to wait until it is scheduled.
  bool rest() {
    task_.scheduler = context_.scheduler;
    std::uintptr_t active = detail::TaskHeader::kActive;
    // [rest] release, as in run().
    return task_.ready.compare_exchange_strong(active, detail::TaskHeader::kIdle, std::memory_order_release,
                                               std::memory_order_relaxed);
  }
  /// Makes the task active again, after rest().
  void rise() noexcept { task_.turn = &turn_; }
  /// Returns: true if it is over.
  bool resume() {
    turn_.take_ready();
    bool over = false;
    while (detail::Branch* branch = turn_.queue.pop()) {
      const bool has_ended = !branch->leaf || turn_.run_branch(*branch);
      if (branch->is_root()) {
        over = has_ended;
      } else if (has_ended) {
        auto& part = static_cast<detail::ChildBranch&>(*branch);
        part.owned_by->on_done(part);
      }
    }
    return over;
  }
  void drop() noexcept {
    turn_.take_ready();  // an abort ends a task in a later turn, so others may run before
    operand_.reset();
  }
  decltype(auto) take() { return operand_->take(); }

 private:
  HandTask task_;
  detail::Context context_;
  detail::Turn turn_;
  detail::EnterContext entered_;
  std::optional<detail::Operand<A>> operand_;
};

template <class A, class F>
int Player::await(A&& awaitable, F answer) {
  Driven<detail::OperandType<A>> driven(*this, std::forward<A>(awaitable));
  bool over = driven.begin();
  if (!over) cast_.history.end(number_, std::nullopt);
  for (int resumed = 0; !over; ++resumed) {
    bool gives_up = resumed == step_.dropped_after;
    if (!gives_up && driven.rest()) gives_up = !sleep();
    driven.rise();
    if (gives_up) {
      dropped_ = true;
      cast_.history.begin(number_, Piece::Kind::drop, step_.operation);
      driven.drop();
      cast_.history.end(number_, std::nullopt);
      return 0;
    }
    cast_.history.begin(number_, Piece::Kind::end, step_.operation);
    over = driven.resume();
    if (!over) cast_.history.end(number_, std::nullopt);  // it waits for something else
  }
  if constexpr (std::is_void_v<decltype(driven.take())>) {
    driven.take();
    return answer();
  } else {
    return answer(driven.take());
  }
}

}  // namespace corokit::generated
