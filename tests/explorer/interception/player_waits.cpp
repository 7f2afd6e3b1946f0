// How a player lets the threads of a program wait: where they spin, sleep, and are woken.
#include <algorithm>
#include <array>
#include <cerrno>

#include "entered.hpp"

namespace corokit::model {

void Player::pause(const void* code) {
  Spins& own = spins();
  std::array<const void*, Threads::kWatched> watched{};
  std::size_t count = 0;
  bool time = false;
  bool sees_more = false;
  for (std::size_t i = 0; i < own.length(); ++i) {
    const void* const address = own.address(i);
    watched[count++] = address;
    time |= address == this;
    const Granule* const cell = granule(address);
    if (!cell) continue;
    const Granule now = engine.shadow.fresh(*granule(address));
    for (std::uint32_t j = now.locations; j != 0; j = engine.memory[j].next)
      if (engine.memory[j].address == address) sees_more |= engine.memory.catch_up(j, engine.threads.view());
  }
  if (sees_more) return own.news();
  if (own.rounds() < kRoundsToPause + kMoreRounds) {
    // Whether it goes on for a while is chosen once: a pause would hide what it does in the end if it only counts.
    if (goes_on_ < 0)
      goes_on_ = engine.threads.others_are_able()
                     ? static_cast<int>(engine.threads.choices().next(explorer::Kind::preemption, 2))
                     : 1;
    if (goes_on_ != 0) return;
  }
  if (time)
    engine.threads.wait(
        {.what = Wait::For::sleep, .deadline = engine.threads.now() + 1'000'000, .may_be_early = false},
        code);
  else
    engine.threads.spin(watched.data(), count, code);
}

void Player::yield(const void* code) {
  if (repeats())
    engine.threads.quiet_point(code);
  else
    engine.threads.yield(code);
  operation(code, "yields");
  done(code, nullptr, 0, false);
}

void Player::sleep(std::int64_t deadline, const void* code) {
  Threads& threads = engine.threads;
  operation(code, "sleeps");
  if (!repeats())
    threads.wait({.what = Wait::For::sleep, .deadline = deadline}, code);
  else if (threads.was_early())  // the others are as slow as before
    threads.advance(std::max<std::int64_t>(deadline - threads.now(), 0));
  else
    threads.wait({.what = Wait::For::sleep, .deadline = deadline, .may_be_early = false}, code);
  done(code, nullptr, 0, false);
}

std::int64_t Player::time(const void* code) {
  engine.threads.advance(1'000);
  done(code, this, 0, false);
  return engine.threads.now();
}

std::size_t Player::notify(const void* on, std::size_t count, bool any, const void* code) {
  ++counts.wakes;
  point(code, on);
  if (any && granule(on)) check(on, 4, Access::Kind::atomic_read, code, engine.next_event());
  std::size_t woken = 0;
  while (woken < count && engine.threads.wake_one(on, any && count == 1)) ++woken;
  if (woken == 0) engine.threads.missed(on);
  operation(code, woken == 0 ? "notifies nobody" : "notifies");
  done(code, on, 0, woken != 0);
  return woken;
}

long Player::futex_wait(const std::uint32_t* word, std::uint32_t expected, std::int64_t deadline,
                        const void* code) {
  ++counts.waits;
  point(code, word);
  if (granule(word)) check(word, sizeof *word, Access::Kind::atomic_read, code, engine.next_event());
  if (*word != expected) {
    operation(code, "does not sleep: the value is another one");
    done(code, word, *word, false);
    return -EAGAIN;
  }
  if (engine.threads.choices().next(explorer::Kind::spurious_wake, 2) != 0) {
    operation(code, "wakes for nothing");
    done(code, word, *word, true);
    return 0;
  }
  operation(code, "sleeps until it is notified");
  const bool woken = engine.threads.wait({.what = Wait::For::futex,
                                          .on = word,
                                          .word = word,
                                          .value = expected,
                                          .deadline = deadline,
                                          .may_be_early = !repeats()},
                                         code);
  done(code, word, 0, woken);
  return woken ? 0 : -ETIMEDOUT;
}

bool Player::begin_static(std::uint8_t* guard, const void* code) {
  constexpr std::size_t kMaking = 1;  // the byte of the guard that says that a thread makes the variable
  const auto unchanged = [](Word&) { return false; };
  for (;;) {
    const Word there =
        update("load", guard, 1, std::memory_order_acquire, std::memory_order_acquire, code, unchanged);
    if (there != 0) return false;
    if (guard[kMaking] == 0) break;
    engine.threads.wait({.what = Wait::For::lock, .on = guard}, code);
  }
  guard[kMaking] = 1;
  return true;
}

void Player::end_static(std::uint8_t* guard, bool made, const void* code) {
  if (made) store(guard, 1, 1, std::memory_order_release, code);
  guard[1] = 0;
  engine.threads.wake_all(guard);
}

void Player::call_once(int& once, void (*function)(), const void* code) {
  constexpr Word kDone = 2;
  constexpr Word kCalling = 1;
  const auto begin = [](Word& value) { return value == 0 && (value = kCalling, true); };
  for (;;) {
    const Word before = update("call_once", &once, sizeof once, std::memory_order_acquire,
                               std::memory_order_acquire, code, begin);
    if (before == kDone) return;
    if (before == 0) break;
    engine.threads.wait({.what = Wait::For::lock, .on = &once}, code);
  }
  try {
    const Left left(*this);
    function();
  } catch (...) {
    store(&once, sizeof once, 0, std::memory_order_release, code);
    engine.threads.wake_all(&once);
    throw;
  }
  store(&once, sizeof once, kDone, std::memory_order_release, code);
  engine.threads.wake_all(&once);
}

Lock& Player::lock(std::uint32_t& number, const void* address, const void* code) {
  if (granule(address)) check(address, 4, Access::Kind::atomic_write, code, engine.next_event());
  if (number == 0 || number > lock_count_ || locks_[number - 1].address != address) {
    if (lock_count_ == locks_.size()) locks_.resize(2 * locks_.size() + 16);
    locks_[lock_count_] = {};
    locks_[lock_count_].address = address;
    number = static_cast<std::uint32_t>(++lock_count_);
  }
  return locks_[number - 1];
}

}  // namespace corokit::model
