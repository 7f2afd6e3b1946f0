#pragma once
#include <corokit/detail/sync/channel_end.hpp>
#include <corokit/detail/sync/lock.hpp>
#include <corokit/detail/sync/no_receivers.hpp>
#include <corokit/detail/sync/shared_message.hpp>
#include <corokit/detail/sync/wait_list.hpp>
#include <corokit/detail/value_rules.hpp>

#include <cstddef>
#include <cstdint>
#include <utility>

namespace corokit::detail {

/// What the ends of a watch channel share: the newest value, and its version.
///
/// Who may touch what:
///  1. The lock guards `value_`, the wait lists and every write of `version_`.
///  2. `senders_` and `receivers_` are counted without the lock. A thread that counts one of them down to zero takes
///     the lock afterwards, to wake the waiters. So a waiter that checks the count under the lock misses no wake-up.
///  3. The version that a receiver has seen belongs to the receiver.
///  4. No value is made, copied or destroyed under the lock.
template <class T>
class WatchState : public ChannelState<WatchState<T>> {
  static_assert(is_moved_type<T>());

 public:
  using Version = std::uint64_t;
  struct Snapshot {
    Snapshot(SharedMessage<T> now, Version number) noexcept : value(std::move(now)), version(number) {}
    SharedMessage<T> value;
    Version version;
  };

  explicit WatchState(T&& initial) : value_(std::move(initial)) {}

  // Relaxed: the caller has an end of the channel, of either kind.
  void add_sender() noexcept { senders_.fetch_add(1, std::memory_order_relaxed); }
  void add_receiver() noexcept { receivers_.fetch_add(1, std::memory_order_relaxed); }
  void remove_sender() noexcept {
    // [closed] release: all sends of this sender come before. Pairs with: [closed] acquire in senders().
    if (senders_.fetch_sub(1, std::memory_order_acq_rel) == 1) wake(changed_);
  }
  void remove_receiver() noexcept {
    // [closed] release: all that the receiver did comes before. Pairs with: [closed] acquire in receivers().
    if (receivers_.fetch_sub(1, std::memory_order_acq_rel) == 1) wake(no_receivers_);
  }
  bool has_senders() const noexcept { return senders() != 0; }
  std::size_t senders() const noexcept { return senders_.load(std::memory_order_acquire); }      // [closed]
  std::size_t receivers() const noexcept { return receivers_.load(std::memory_order_acquire); }  // [closed]

  Snapshot snapshot() noexcept {
    Locked locked(lock_);
    return Snapshot(value_, version_.load(std::memory_order_relaxed));
  }
  // [version] acquire. Pairs with: [version] release in publish(). The value itself is read under the lock.
  Version version() const noexcept { return version_.load(std::memory_order_acquire); }

  /// Exchanges the value if `only(version)` returns true. It is called under the lock, with the version to be replaced.
  /// Returns: false, without any change, if `only` returned false.
  template <class Condition>
  bool publish(SharedMessage<T>& value, Condition only) noexcept {
    WakeBatch batch;
    Locked locked(lock_);
    const Version now = version_.load(std::memory_order_relaxed);
    if (!only(now)) return false;
    std::swap(value_, value);
    version_.store(now + 1, std::memory_order_release);  // [version]
    while (WaitNode* node = changed_.pop_front()) batch.add(*node->branch);
    return true;
  }

  /// Returns: true if there is a value newer than `seen`, or there never will be one. Once true it stays true.
  bool is_settled(Version seen) const noexcept { return version() != seen || !has_senders(); }
  /// Links a waiter. Returns: false, without linking it, if is_settled().
  bool wait_for_change(WaitNode& node, Version seen) noexcept {
    Locked locked(lock_);
    if (is_settled(seen)) return false;
    changed_.push_back(node);
    return true;
  }
  void stop_waiting_for_change(WaitNode& node) noexcept { stop_waiting(changed_, node); }
  bool wait_for_no_receivers(WaitNode& node) noexcept {
    Locked locked(lock_);
    if (receivers() == 0) return false;
    no_receivers_.push_back(node);
    return true;
  }
  void stop_waiting_for_no_receivers(WaitNode& node) noexcept { stop_waiting(no_receivers_, node); }

 private:
  void wake(WaitList& list) noexcept {
    WakeBatch batch;
    Locked locked(lock_);
    while (WaitNode* node = list.pop_front()) batch.add(*node->branch);
  }
  void stop_waiting(WaitList& list, WaitNode& node) noexcept {
    Locked locked(lock_);
    if (node.linked) list.remove(node);
  }

  Lock lock_;
  SharedMessage<T> value_;
  WaitList changed_;
  WaitList no_receivers_;
  Atomic<Version> version_{0};
  Atomic<std::size_t> senders_{0};
  Atomic<std::size_t> receivers_{0};
};

}  // namespace corokit::detail
