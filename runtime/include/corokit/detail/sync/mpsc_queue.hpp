#pragma once
#include <corokit/detail/sync/atomic.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <utility>

namespace corokit::detail {

/// Where one message is handed over.
struct MpscSlotState {
  static constexpr std::uint32_t kEmpty = 0;      // not written yet; back to it when the receiver took it
  static constexpr std::uint32_t kAwaited = 1;    // as empty; the receiver waits for this one: set by it
  static constexpr std::uint32_t kReady = 2;      // holds a message: set by the sender that claimed it
  static constexpr std::uint32_t kAbandoned = 3;  // the receiver is gone: set by it
  Atomic<std::uint32_t> state{kEmpty};

  bool is_ready() const noexcept {
    // [slot] acquire: sees the message. Pairs with: [slot] release in publish().
    return state.load(std::memory_order_acquire) == kReady;
  }
  /// Returns: the state before. The sender may touch the slot afterwards only if that was kAbandoned.
  std::uint32_t publish() noexcept {
    // [slot] release: publishes the message. acquire: a receiver that waits or is gone said so before.
    return state.exchange(kReady, std::memory_order_acq_rel);
  }
};

/// One round of waiting for another thread that needs a few instructions more. Out of line: what yields a
/// thread is no call of whoever uses a channel.
void relax(int spins) noexcept;

/// A queue without a bound: many claim slots and fill them, one empties them in the order of the claims.
///
/// The slots stand in linked blocks. Who may touch what:
///  1. A claim is one fetch_add on `tail_`, which holds the block and the index in one word; so whoever gets
///  an
///     index below kSlots owns that slot until it publishes it. Others wait for the next block.
///  2. Whoever claims a block's last slot links the next block, before it publishes that slot. So the
///  receiver,
///     when it has emptied a block, finds the next one, and nobody else knows the old one any more.
///  3. `head_`, `head_index_`, `taken_`, `closed_at_` and the freeing of blocks are the receiver's.
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
    while (head_) delete std::exchange(head_, head_->next.load(std::memory_order_relaxed));  // nobody is left
    delete spare_.load(std::memory_order_relaxed);
  }

  /// Takes the next place in line; the caller constructs the value and publishes the slot at once.
  /// Returns: null if the queue is closed.
  Slot* claim() noexcept {
    for (int spins = 0;; ++spins) {
      Word word = tail_.load(std::memory_order_relaxed);
      if (word & kClosed) return nullptr;
      if (index_of(word) < kSlots) {
        // [tail] acquire: sees the block's first state. Pairs with: [tail] release in link_next().
        word = tail_.fetch_add(kOne, std::memory_order_acquire);
        if (word & kClosed) return nullptr;
        const std::size_t index = index_of(word);
        if (index < kSlots) {
          if (index == kSlots - 1) link_next(*block_of(word));
          return &block_of(word)->slots[index];
        }
      }
      relax(spins);  // whoever claimed the last slot is about to link the next block
    }
  }

  /// The slot that is emptied next. The receiver's.
  Slot& head() noexcept { return head_->slots[head_index_]; }
  /// Takes the message of head(), which is ready.
  T take() noexcept {
    Slot& slot = head();
    T value(std::move(slot.value));
    slot.value.~T();
    // Relaxed: the block reaches its next users through [spare] or [tail].
    slot.state.store(MpscSlotState::kEmpty, std::memory_order_relaxed);
    ++taken_;
    if (++head_index_ == kSlots) next_block();
    return value;
  }
  /// Messages claimed and not taken, those that are being written among them. The receiver's.
  std::size_t size() const noexcept {
    const std::uint64_t end =
        closed_at_ != kOpen ? closed_at_ : claimed(tail_.load(std::memory_order_acquire));  // [tail]
    return static_cast<std::size_t>(end - taken_);
  }

  /// No further claim succeeds; those that were made will be published. The receiver's.
  void close() noexcept {
    // [tail] acquire: sees the block. A claim that comes later counts for nothing.
    const Word word = tail_.fetch_or(kClosed, std::memory_order_acquire);
    if (closed_at_ == kOpen) closed_at_ = claimed(word);
  }
  /// Was closed, and everything claimed before was taken. The receiver's.
  bool is_exhausted() const noexcept { return closed_at_ == taken_; }

  /// Closes it for good: destroys what was published; who publishes later is told. The receiver's last touch.
  void abandon() noexcept {
    close();
    std::uint64_t left = size();
    Block* block = head_;
    for (std::size_t i = head_index_; left > 0; --left) {
      Slot& slot = block->slots[i];
      // [slot] acquire: the message. release: that the receiver is gone. Pairs with: [slot] in publish().
      if (slot.state.exchange(MpscSlotState::kAbandoned, std::memory_order_acq_rel) == MpscSlotState::kReady)
        slot.value.~T();
      if (++i == kSlots && left > 1) {
        i = 0;
        block = block->next.load(std::memory_order_acquire);  // linked before anything in it was claimed
      }
    }
  }

 private:
  static constexpr std::size_t kSlots = kModel ? 2 : 32;
  static constexpr std::uint64_t kOpen = ~std::uint64_t{0};

  struct Block {
    Atomic<Block*> next{nullptr};
    std::uint64_t first = 0;  // number of its first message
    Slot slots[kSlots];
  };

  // Values of `tail_`: the address of the block in the low 48 bits, then 15 bits of index (the claims so far;
  // those past kSlots have failed and are made again), then the flag.
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
    return block_of(word)->first + std::min(index_of(word), kSlots);
  }

  /// Out of memory ends the process here: others already wait for the block.
  void link_next(Block& block) noexcept {
    // [spare] acquire: sees the emptied slots. Pairs with: [spare] release in next_block().
    Block* next = spare_.exchange(nullptr, std::memory_order_acquire);
    if (!next) next = new Block;
    next->first = block.first + kSlots;
    block.next.store(next, std::memory_order_release);
    Word word = tail_.load(std::memory_order_relaxed);
    // [tail] release: publishes the block. Pairs with: [tail] acquire in claim() and size().
    while (!tail_.compare_exchange_weak(word, word_of(*next) | (word & kClosed), std::memory_order_release,
                                        std::memory_order_relaxed)) {
    }
  }

  void next_block() noexcept {
    Block* empty = head_;
    // Relaxed: linked before the last slot, which is taken, was published.
    head_ = empty->next.load(std::memory_order_relaxed);
    head_index_ = 0;
    empty->next.store(nullptr, std::memory_order_relaxed);
    // [spare] release: publishes the emptied block. Pairs with: [spare] acquire in link_next().
    delete spare_.exchange(empty, std::memory_order_acq_rel);
  }

  Block* head_;
  std::size_t head_index_ = 0;
  std::uint64_t taken_ = 0;
  std::uint64_t closed_at_ = kOpen;  // messages claimed until then
  alignas(64) Atomic<Word> tail_;
  Atomic<Block*> spare_{nullptr};
};

}  // namespace corokit::detail
