#pragma once
#include <corokit/detail/sync/atomic.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <utility>

namespace corokit::detail {

/// The state of the slot through which one message goes from a sender to the receiver.
struct MpscSlotState {
  static constexpr std::uint32_t kEmpty = 0;      // no message; set by the receiver when it took one
  static constexpr std::uint32_t kAwaited = 1;    // no message, and the receiver waits; set by the receiver
  static constexpr std::uint32_t kReady = 2;      // a message; set by the sender that claimed the slot
  static constexpr std::uint32_t kAbandoned = 3;  // the receiver is gone; set by the receiver
  Atomic<std::uint32_t> state{kEmpty};

  bool is_ready() const noexcept {
    // [slot] acquire: sees the message. Pairs with: [slot] release in publish().
    return state.load(std::memory_order_acquire) == kReady;
  }
  /// Publishes the message. Returns: the previous state; only if it is kAbandoned may the sender touch the slot again.
  std::uint32_t publish() noexcept {
    // [slot] release: publishes the message. acquire: sees what the receiver did before it set kAwaited or kAbandoned.
    return state.exchange(kReady, std::memory_order_acq_rel);
  }
};

/// Spins once, or yields the thread after many spins, while another thread needs a few instructions more. It is not
/// inline, so that code which uses a channel does not itself call a function that yields the thread.
void relax(int spins) noexcept;

/// An unbounded queue: many senders claim slots and fill them, and one receiver empties them in that order.
///
/// The slots stand in linked blocks. Who may touch what:
///  1. A claim is one fetch_add on `tail_`, which holds the block and the index in one word. A sender that gets an
///     index below kSlots owns that slot until it publishes it. Other senders wait for the next block.
///  2. The sender that claims the last slot of a block links the next block before it publishes that slot. So when the
///     receiver has emptied a block, it finds the next one, and no sender uses the old block any more.
///  3. `head_`, `head_index_`, `taken_` and `closed_at_` belong to the receiver, and only it frees blocks.
template <class T>
class MpscQueue {
 public:
  struct Slot : MpscSlotState {
    union {
      T value;
    };
    Slot() noexcept {}
    ~Slot() {}
  };

  MpscQueue() : head_(new Block), tail_(word_of(*head_)) {}
  MpscQueue(const MpscQueue&) = delete;
  MpscQueue& operator=(const MpscQueue&) = delete;
  /// Requires: abandon() was called.
  ~MpscQueue() {
    while (head_)
      delete std::exchange(head_, head_->next.load(std::memory_order_relaxed));  // no sender is left
    delete spare_.load(std::memory_order_relaxed);
  }

  /// Claims the next slot. The caller must construct the value and publish the slot at once.
  /// Returns: the slot; null if the queue is closed.
  Slot* claim() noexcept {
    for (;;) {
      // [closed] acquire: a sender that is refused finds the channel closed from here on, whatever it asks.
      //   Pairs with: [closed] release in close(). Killed by: MpscPrograms.LoseNoMessageWhereOldValuesAreSeen.
      if (refuses_.load(std::memory_order_acquire)) return nullptr;
      // A load of tail_ before would fetch it from another processor twice, once to read it and once to write it.
      // [tail] acquire: sees the block's first state. Pairs with: [tail] release in link_next(). [closed] as above.
      Word word = tail_.fetch_add(kOne, std::memory_order_acquire);
      if (word & kClosed) return nullptr;
      const std::size_t index = index_of(word);
      if (index < kSlots) {
        if (index == kSlots - 1) link_next(*block_of(word));
        return &block_of(word)->slots[index];
      }
      // The sender that claimed the last slot is about to link the next block.
      for (int spins = 0; index_of(word) >= kSlots && !(word & kClosed); ++spins) {
        relax(spins);
        word = tail_.load(std::memory_order_relaxed);
      }
    }
  }

  // For the receiver:

  /// Returns: the slot that is emptied next.
  Slot& head() noexcept { return head_->slots[head_index_]; }
  /// Takes the message of head(). Requires: head() is ready.
  T take() noexcept {
    Slot& slot = head();
    T value(std::move(slot.value));
    slot.value.~T();
    // Relaxed: the block is published to its next users by [spare] or [tail].
    slot.state.store(MpscSlotState::kEmpty, std::memory_order_relaxed);
    ++taken_;
    if (++head_index_ == kSlots) next_block();
    return value;
  }
  /// Returns: the number of messages that were claimed and not taken, including those that are being written.
  std::size_t size() const noexcept {
    const std::uint64_t end =
        closed_at_ != kOpen ? closed_at_ : claimed(tail_.load(std::memory_order_acquire));  // [tail]
    return static_cast<std::size_t>(end - taken_);
  }

  /// Closes the queue: no later claim succeeds. The slots that were claimed before will be published.
  void close() noexcept {
    // [tail] acquire: sees the block. A claim that comes later does not count.
    // [closed] release: MpscState::leave() closes the channel before. Pairs with: [closed] acquire in claim().
    // The other flag comes first: a sender that sees this one does so once, and the number of claims, which failed ones
    // add to as well, does not reach it.
    refuses_.store(true, std::memory_order_release);
    const Word word = tail_.fetch_or(kClosed, std::memory_order_acq_rel);
    if (closed_at_ == kOpen) closed_at_ = claimed(word);
  }
  /// Returns: true if the queue was closed, and all messages that were claimed before are taken.
  bool is_exhausted() const noexcept { return closed_at_ == taken_; }

  /// Closes the queue and destroys the published messages. A sender that publishes later learns that the receiver is
  /// gone. This is the last call of the receiver.
  void abandon() noexcept {
    close();
    std::uint64_t left = size();
    Block* block = head_;
    for (std::size_t i = head_index_; left > 0; --left) {
      Slot& slot = block->slots[i];
      // [slot] acquire: sees the message. release: the receiver is gone. Pairs with: [slot] in publish().
      if (slot.state.exchange(MpscSlotState::kAbandoned, std::memory_order_acq_rel) == MpscSlotState::kReady)
        slot.value.~T();
      if (++i == kSlots && left > 1) {
        i = 0;
        block = block->next.load(std::memory_order_acquire);  // linked before any slot in it was claimed
      }
    }
  }

 private:
  static constexpr std::size_t kSlots = kModel ? 2 : 32;
  static constexpr std::uint64_t kOpen = ~std::uint64_t{0};

  struct Block {
    Atomic<Block*> next{nullptr};
    Plain<std::uint64_t> first;  // the number of its first message
    Slot slots[kSlots];
  };

  // Values of `tail_`: the address of the block in the low 48 bits; above it 15 bits with the number of claims in that
  // block, where those past kSlots have failed, and are repeated in the next one; above these the flag kClosed.
  using Word = std::uint64_t;
  static constexpr Word kOne = Word{1} << 48;
  static constexpr Word kClosed = Word{1} << 63;

  static Word word_of(const Block& block) noexcept {
    return static_cast<Word>(reinterpret_cast<std::uintptr_t>(&block));
  }
  static Block* block_of(Word word) noexcept {
    return reinterpret_cast<Block*>(static_cast<std::uintptr_t>(word & (kOne - 1)));
  }
  static std::size_t index_of(Word word) noexcept {
    return static_cast<std::size_t>((word & ~kClosed) / kOne);
  }
  static std::uint64_t claimed(Word word) noexcept {
    return block_of(word)->first.get() + std::min(index_of(word), kSlots);
  }

  /// Links a new block behind the last one. If there is no memory the process ends, since other senders already wait.
  void link_next(Block& block) noexcept {
    // [spare] acquire: sees the emptied slots. Pairs with: [spare] release in next_block().
    Block* next = spare_.exchange(nullptr, std::memory_order_acquire);
    if (!next) next = new Block;  // NOLINT(bugprone-unhandled-exception-at-new): as said above
    next->first.set(block.first.get() + kSlots);
    block.next.store(next, std::memory_order_release);
    Word word = tail_.load(std::memory_order_relaxed);
    // [tail] release: publishes the block. Pairs with: [tail] acquire in claim() and size().
    while (!tail_.compare_exchange_weak(word, word_of(*next) | (word & kClosed), std::memory_order_release,
                                        std::memory_order_relaxed)) {
    }
  }

  void next_block() noexcept {
    Block* empty = head_;
    // Relaxed: the next block was linked before the last slot, which is taken, was published.
    head_ = empty->next.load(std::memory_order_relaxed);
    head_index_ = 0;
    empty->next.store(nullptr, std::memory_order_relaxed);
    // [spare] release: publishes the emptied block. Pairs with: [spare] acquire in link_next().
    delete spare_.exchange(empty, std::memory_order_acq_rel);
  }

  Block* head_;
  std::size_t head_index_ = 0;
  std::uint64_t taken_ = 0;
  std::uint64_t closed_at_ = kOpen;  // the number of messages claimed before close()
  alignas(64) Atomic<Word> tail_;
  // Whether it is being closed, or is. It stands apart from what senders write.
  alignas(64) Atomic<bool> refuses_{false};
  Atomic<Block*> spare_{nullptr};
};

}  // namespace corokit::detail
