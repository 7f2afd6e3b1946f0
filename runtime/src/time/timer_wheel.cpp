#include <corokit/detail/time/timer_wheel.hpp>

#include <algorithm>
#include <bit>
#include <utility>

namespace corokit::detail {

TimerWheel::TimerWheel(unsigned tick_shift, Instant start, Users users) noexcept
    : shift_(tick_shift), shared_(users == Users::many_threads), start_(start) {}

unsigned TimerWheel::level_of(std::uint64_t tick) const noexcept {
  // The highest bit in which the tick differs from elapsed_ belongs to the digit of the level.
  static constexpr auto kLevelOfBit = [] {
    std::array<std::uint8_t, 64> levels{};
    for (unsigned level = 0; level < kLevels.size(); ++level)
      for (unsigned bit = 0; bit < kLevels[level].bits; ++bit)
        levels[kLevels[level].shift + bit] = static_cast<std::uint8_t>(level);
    return levels;
  }();
  return kLevelOfBit[63u - static_cast<unsigned>(std::countl_zero((elapsed_ ^ tick) | 1u))];
}

unsigned TimerWheel::slot_of(std::uint64_t tick) const noexcept {
  const Level& level = kLevels[level_of(tick)];
  const std::uint64_t mask = (std::uint64_t{1} << level.bits) - 1;
  return level.first_slot + static_cast<unsigned>((tick >> level.shift) & mask);
}

void TimerWheel::mark_empty_locked(unsigned slot) noexcept {
  std::uint64_t& word = occupied_[slot / 64];
  word &= ~(std::uint64_t{1} << (slot % 64));
  if (word == 0) occupied_words_ &= ~(1u << (slot / 64));
}

void TimerWheel::Slot::push_back(TimerNode& node) noexcept {
  node.prev = last;
  node.next = nullptr;
  (last ? last->next : first) = &node;
  last = &node;
  if (!mark) {
    mark = &node;
    lead = 0;
    return;
  }
  if (lead < kLead)
    ++lead;
  else
    mark = mark->next;
  mark->ahead = &node;
}

void TimerWheel::Slot::remove(TimerNode& node) noexcept {
  if (mark == &node) mark = node.next ? node.next : node.prev;
  (node.prev ? node.prev->next : first) = node.next;
  (node.next ? node.next->prev : last) = node.prev;
  node.prev = &node;
}

void TimerWheel::link_locked(TimerNode& node) noexcept {
  const unsigned index = slot_of(node.tick);
  slots_[index].push_back(node);
  occupied_[index / 64] |= std::uint64_t{1} << (index % 64);
  occupied_words_ |= 1u << (index / 64);
}

void TimerWheel::unlink_locked(TimerNode& node) noexcept {
  // The tick gives the slot even now, since elapsed_ cannot have passed the slot of a node that is linked.
  const unsigned index = slot_of(node.tick);
  slots_[index].remove(node);
  if (slots_[index].first) return;
  mark_empty_locked(index);
  publish_next_locked();
}

std::optional<TimerWheel::Expiration> TimerWheel::next_locked() const noexcept {
  // All timers of a level are due before those of the next higher level, and the slots are numbered in that order.
  if (occupied_words_ == 0) return std::nullopt;
  const auto word = static_cast<unsigned>(std::countr_zero(occupied_words_));
  const unsigned slot = word * 64 + static_cast<unsigned>(std::countr_zero(occupied_[word]));
  const auto level =
      std::find_if(kLevels.rbegin(), kLevels.rend(), [slot](const Level& l) { return l.first_slot <= slot; });
  // The slot's place in its level is a digit of the tick. The higher digits are those of elapsed_.
  const unsigned end = level->shift + level->bits;
  const std::uint64_t higher_digits = end >= 64 ? 0 : (elapsed_ >> end) << end;
  return Expiration{slot, higher_digits | (std::uint64_t{slot - level->first_slot} << level->shift)};
}

void TimerWheel::publish_next_locked() noexcept {
  const auto next = next_locked();
  const std::uint64_t tick = next ? next->tick : kNever;
  // Relaxed: it is written only under the lock.
  if (next_.load(std::memory_order_relaxed) == tick) return;
  // Sequentially consistent: a thread that adds a timer looks for sleepers next, and a worker that goes to sleep looks
  // here last: one of the two must see the other (see Idle).
  next_.store(tick, shared_ ? std::memory_order_seq_cst : std::memory_order_relaxed);
}

bool TimerWheel::insert(TimerNode& node, Instant deadline) noexcept {
  const auto distance =
      static_cast<std::uint64_t>((std::max(deadline, start_ + Duration{1}) - start_).count());
  const Locked locked(lock_, shared_);
  // The tick is rounded up, because a timer never fires early.
  node.tick = std::max(((distance - 1) >> shift_) + 1, elapsed_ + 1);
  node.wheel = this;
  node.ahead = nullptr;
  link_locked(node);
  const std::uint64_t before = next_.load(std::memory_order_relaxed);
  if (node.tick >= before) return false;
  publish_next_locked();
  return true;
}

void TimerWheel::remove(TimerNode& node) noexcept {
  const Locked locked(lock_, shared_);
  if (!node.is_linked()) return;
  unlink_locked(node);
}

std::size_t TimerWheel::fire_locked(TimerNode* first, WakeBatch& batch) noexcept {
  // A scout walks ahead of the loop, and prefetches the branches.
  constexpr int kScoutLead = 8;
  const TimerNode* scout = first;
  const auto send_scout_on = [&scout]() noexcept {
    if (!scout) return;
    __builtin_prefetch(scout->branch, 1);
    __builtin_prefetch(scout->ahead, 1);
    scout = scout->next;
  };
  for (int i = 0; i < kScoutLead; ++i) send_scout_on();
  std::size_t fired = 0;
  while (TimerNode* node = first) {
    send_scout_on();
    first = node->next;
    node->prev = node;
    ++fired;
    batch.add(*node->branch);  // the last touch: from here on the sleeping task may be running
  }
  return fired;
}

void TimerWheel::move_down_locked(TimerNode* first) noexcept {
  while (TimerNode* node = first) {
    __builtin_prefetch(node->ahead, 1);
    first = node->next;
    link_locked(*node);
  }
}

std::size_t TimerWheel::advance(Instant now, WakeBatch& batch) noexcept {
  const auto target = static_cast<std::uint64_t>(std::max(now - start_, Duration{0}).count()) >> shift_;
  // Relaxed: a timer that is inserted at this moment fires at the next call.
  if (target < next_.load(std::memory_order_relaxed)) return 0;
  std::size_t fired = 0;
  const Locked locked(lock_, shared_);
  for (;;) {
    const auto next = next_locked();
    if (!next || next->tick > target) break;
    elapsed_ = std::max(elapsed_, next->tick);
    TimerNode* first = std::exchange(slots_[next->slot], Slot{}).first;
    mark_empty_locked(next->slot);
    if (next->slot < kLevels[1].first_slot)
      fired += fire_locked(first, batch);
    else
      move_down_locked(first);
  }
  elapsed_ = std::max(elapsed_, target);
  publish_next_locked();
  return fired;
}

std::optional<Instant> TimerWheel::approx_next() const noexcept {
  const std::uint64_t tick = next_.load(std::memory_order_seq_cst);  // see publish_next_locked()
  if (tick == kNever) return std::nullopt;
  return time_at(tick);
}

Instant TimerWheel::time_of(const TimerNode& node) const noexcept {
  return time_at(node.tick);
}

Instant TimerWheel::time_at(std::uint64_t tick) const noexcept {
  // The tick of a timer near the end of time may end after it.
  constexpr auto kMost = static_cast<std::uint64_t>(Duration::max().count());
  return saturating_add(start_, Duration{static_cast<std::int64_t>(std::min(tick << shift_, kMost))});
}

}  // namespace corokit::detail
