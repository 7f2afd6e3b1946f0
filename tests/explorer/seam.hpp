#pragma once
// The types that detail/sync/atomic.hpp uses instead of those of the standard library in a build with COROKIT_MODEL:
// see explore.hpp.
#include "world.hpp"

#include <bit>
#include <cstring>
#include <type_traits>

namespace corokit::model {

/// Replaces std::atomic. Outside of a schedule it is a plain value, which only one thread at a time may use.
template <class T>
class Atomic {
  static_assert(std::is_trivially_copyable_v<T> && sizeof(T) <= sizeof(std::uint64_t));
  using Order = std::memory_order;

 public:
  Atomic() noexcept : Atomic(T()) {}
  Atomic(T value) noexcept { cell_.value = word(value); }
  Atomic(const Atomic&) = delete;
  Atomic& operator=(const Atomic&) = delete;

  T load(Order order = Order::seq_cst) const noexcept {
    World* world = World::current();
    return value(world ? world->load(cell_, order) : cell_.value);
  }
  void store(T desired, Order order = Order::seq_cst) noexcept {
    if (World* world = World::current())
      world->store(cell_, word(desired), order);
    else
      cell_.value = word(desired);
  }
  T operator=(T desired) noexcept {
    store(desired);
    return desired;
  }
  operator T() const noexcept { return load(); }

  T exchange(T desired, Order order = Order::seq_cst) noexcept {
    return update("exchange", order, [desired](T) { return desired; });
  }
  bool compare_exchange_strong(T& expected, T desired, Order success, Order failure) noexcept {
    const std::uint64_t wanted = word(expected);
    const auto change = [wanted, desired](std::uint64_t& now) {
      if (now != wanted) return false;
      now = word(desired);
      return true;
    };
    const std::uint64_t old = apply("compare_exchange", success, failure, change);
    if (old == wanted) return true;
    expected = value(old);
    return false;
  }
  bool compare_exchange_strong(T& expected, T desired, Order order = Order::seq_cst) noexcept {
    return compare_exchange_strong(expected, desired, order, without_release(order));
  }
  // This one never fails spuriously, as that of std::atomic may.
  bool compare_exchange_weak(T& expected, T desired, Order success, Order failure) noexcept {
    return compare_exchange_strong(expected, desired, success, failure);
  }
  bool compare_exchange_weak(T& expected, T desired, Order order = Order::seq_cst) noexcept {
    return compare_exchange_strong(expected, desired, order);
  }

  T fetch_add(T more, Order order = Order::seq_cst) noexcept {
    return update("fetch_add", order, [more](T old) { return static_cast<T>(old + more); });
  }
  T fetch_sub(T less, Order order = Order::seq_cst) noexcept {
    return update("fetch_sub", order, [less](T old) { return static_cast<T>(old - less); });
  }
  T fetch_or(T bits, Order order = Order::seq_cst) noexcept {
    return update("fetch_or", order, [bits](T old) { return static_cast<T>(old | bits); });
  }
  T fetch_and(T bits, Order order = Order::seq_cst) noexcept {
    return update("fetch_and", order, [bits](T old) { return static_cast<T>(old & bits); });
  }

  Cell& location() const noexcept { return cell_; }

 private:
  static std::uint64_t word(T value) noexcept {
    std::uint64_t bits = 0;
    std::memcpy(&bits, &value, sizeof value);
    return bits;
  }
  static T value(std::uint64_t bits) noexcept {
    T result;
    std::memcpy(&result, &bits, sizeof result);
    return result;
  }
  static Order without_release(Order order) noexcept {
    if (order == Order::acq_rel) return Order::acquire;
    return order == Order::release ? Order::relaxed : order;
  }

  template <class F>
  std::uint64_t apply(const char* name, Order success, Order failure, const F& change) noexcept {
    const auto call = [](const void* function, std::uint64_t& now) {
      return (*static_cast<const F*>(function))(now);
    };
    if (World* world = World::current()) return world->update(name, cell_, success, failure, &change, call);
    const std::uint64_t old = cell_.value;
    change(cell_.value);
    return old;
  }
  template <class F>
  T update(const char* name, Order order, const F& change) noexcept {
    return value(apply(name, order, order, [&change](std::uint64_t& now) {
      now = word(change(value(now)));
      return true;
    }));
  }

  mutable Cell cell_;
};

/// Replaces std::thread. It runs on a fiber.
class Thread {
 public:
  Thread() noexcept = default;
  template <class F>
  explicit Thread(F function) : number_(World::current()->start_thread(std::move(function))) {}
  void join() { World::current()->join_thread(number_); }

 private:
  std::size_t number_ = 0;
};

/// Data that is not atomic. A read or a write that is not ordered with another thread's write fails the schedule.
template <class T>
class Plain {
 public:
  Plain() = default;
  explicit Plain(T value) : value_(std::move(value)) {}
  T get() const {
    if (World* world = World::current()) world->read_plain(accesses_);
    return value_;
  }
  void set(T value) {
    if (World* world = World::current()) world->write_plain(accesses_);
    value_ = std::move(value);
  }

 private:
  T value_{};
  mutable Granule accesses_;
};

}  // namespace corokit::model
