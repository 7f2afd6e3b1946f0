#include <corokit/detail/timer_wheel.hpp>

#include <algorithm>
#include <bit>

namespace corokit::detail {

TimerWheel::TimerWheel(unsigned tick_shift, Instant start) noexcept : shift_(tick_shift), start_(start) {}

unsigned TimerWheel::level_of(std::uint64_t tick) const noexcept {
  // The highest bit in which the tick differs from now says which level still tells the two apart.
  const std::uint64_t differing = (elapsed_ ^ tick) | (kSlots - 1);
  return (63u - static_cast<unsigned>(std::countl_zero(differing))) / kBits;
}

void TimerWheel::link_locked(TimerNode& node) noexcept {
  Level& level = levels_[level_of(node.tick)];
  const unsigned shift = static_cast<unsigned>(&level - levels_.data()) * kBits;
  const unsigned index = static_cast<unsigned>(node.tick >> shift) & (kSlots - 1);
  Slot& slot = level.slots[index];
  node.prev = slot.last;
  node.next = nullptr;
  (slot.last ? slot.last->next : slot.first) = &node;
  slot.last = &node;
  level.occupied |= std::uint64_t{1} << index;
}

void TimerWheel::unlink_locked(TimerNode& node) noexcept {
  // The level follows from the tick: elapsed_ cannot have left the slot that the node is in.
  Level& level = levels_[level_of(node.tick)];
  const unsigned shift = static_cast<unsigned>(&level - levels_.data()) * kBits;
  const unsigned index = static_cast<unsigned>(node.tick >> shift) & (kSlots - 1);
  Slot& slot = level.slots[index];
  (node.prev ? node.prev->next : slot.first) = node.next;
  (node.next ? node.next->prev : slot.last) = node.prev;
  node.prev = &node;
  if (slot.first) return;
  level.occupied &= ~(std::uint64_t{1} << index);
  publish_next_locked();
}

std::optional<TimerWheel::Expiration> TimerWheel::next_locked() const noexcept {
  // Everything on a lower level comes before everything on a higher one.
  for (unsigned level = 0; level < kLevels; ++level) {
    const std::uint64_t occupied = levels_[level].occupied;
    if (occupied == 0) continue;
    // A slot's index is a digit of the tick, and all ticks here lie ahead in the same turn of the level.
    const auto slot = static_cast<unsigned>(std::countr_zero(occupied));
    const unsigned shift = level * kBits;
    const std::uint64_t turn = shift + kBits >= 64 ? 0 : (elapsed_ >> (shift + kBits)) << (shift + kBits);
    return Expiration{level, slot, turn | (std::uint64_t{slot} << shift)};
  }
  return std::nullopt;
}

void TimerWheel::publish_next_locked() noexcept {
  const auto next = next_locked();
  const std::uint64_t tick = next ? next->tick : kNever;
  // Relaxed: written under the lock.
  if (next_.load(std::memory_order_relaxed) == tick) return;
  // Sequentially consistent: whoever adds a timer looks for sleepers next, and a worker that goes to sleep
  // looks here last: one of the two must see the other (Idle).
  next_.store(tick, std::memory_order_seq_cst);
}

bool TimerWheel::insert(TimerNode& node, Instant deadline) noexcept {
  const auto distance = static_cast<std::uint64_t>(std::max(deadline - start_, Duration{1}).count());
  Locked locked(lock_);
  // Rounded up: a timer never fires early.
  node.tick = std::max(((distance - 1) >> shift_) + 1, elapsed_ + 1);
  node.wheel = this;
  link_locked(node);
  const std::uint64_t before = next_.load(std::memory_order_relaxed);
  if (node.tick >= before) return false;
  publish_next_locked();
  return true;
}

void TimerWheel::remove(TimerNode& node) noexcept {
  Locked locked(lock_);
  if (!node.is_linked()) return;
  unlink_locked(node);
}

void TimerWheel::advance(Instant now, WakeBatch& batch) noexcept {
  const auto target = static_cast<std::uint64_t>(std::max(now - start_, Duration{0}).count()) >> shift_;
  // Relaxed: a timer inserted at this moment is not due yet.
  if (target < next_.load(std::memory_order_relaxed)) return;
  Locked locked(lock_);
  for (;;) {
    const auto next = next_locked();
    if (!next || next->tick > target) break;
    elapsed_ = std::max(elapsed_, next->tick);
    Level& level = levels_[next->level];
    Slot& slot = level.slots[next->slot];
    TimerNode* node = slot.first;
    // Each node is a miss of the caches that waits for the one before it. A second walk, from the other end until the two
    // meet, makes it two at a time.
    TimerNode* other_end = slot.last;
    slot = Slot{};
    level.occupied &= ~(std::uint64_t{1} << next->slot);
    while (node) {
      TimerNode* following = node->next;
      if (other_end == node || other_end == following) {
        other_end = nullptr;
      } else if (other_end) {
        __builtin_prefetch(other_end->strand);
        other_end = other_end->prev;
      }
      if (node->tick <= elapsed_) {
        node->prev = node;
        batch.add(*node->strand);  // the last touch: the sleeper may be running from here on
      } else {
        link_locked(*node);
      }
      node = following;
    }
  }
  elapsed_ = std::max(elapsed_, target);
  publish_next_locked();
}

std::optional<Instant> TimerWheel::approx_next() const noexcept {
  const std::uint64_t tick = next_.load(std::memory_order_seq_cst);  // see publish_next_locked()
  if (tick == kNever) return std::nullopt;
  return start_ + Duration{static_cast<std::int64_t>(tick << shift_)};
}

}  // namespace corokit::detail
