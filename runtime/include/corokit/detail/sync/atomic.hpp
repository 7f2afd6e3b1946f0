#pragma once
// The one place from which the runtime takes its atomics; Lock and Parker are built on them. A model build
// (COROKIT_MODEL), in which tests/explorer chooses the schedule at every atomic operation, replaces them here, and the
// threads of workers in executor/thread.hpp.
#include <corokit/detail/config.hpp>

#include <atomic>
#include <cstdint>

#ifdef COROKIT_MODEL
#include <explorer/seam.hpp>
#endif

namespace corokit::detail {

#ifdef COROKIT_MODEL
inline constexpr bool kModel = true;  // queues are short in a model build, so that a few operations fill them
template <class T>
using Atomic = model::Atomic<T>;
template <class T>
using Plain = model::Plain<T>;
#else
inline constexpr bool kModel = false;
template <class T>
using Atomic = std::atomic<T>;
/// Data that is not atomic, since the orders of atomics beside it order all that is done to it. A model build finds two
/// accesses that they do not order.
template <class T>
class Plain {
 public:
  T get() const noexcept { return value_; }
  void set(T value) noexcept { value_ = value; }

 private:
  T value_{};
};
#endif

/// Tells the processor that this is a spin loop.
inline void cpu_relax() noexcept {
#if defined(COROKIT_MODEL)
  if (model::World* world = model::World::current()) world->relax();
#elif defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

/// Sleeps in the kernel if `word == expected`, until a futex_wake_one() or for at most `timeout_ns` nanoseconds; a
/// negative `timeout_ns` means no limit. It may return early.
void futex_wait(const Atomic<std::uint32_t>& word, std::uint32_t expected, std::int64_t timeout_ns) noexcept;
/// Wakes one thread that sleeps on `word`. The memory of the word may already be freed: the kernel only compares the
/// address.
void futex_wake_one(const Atomic<std::uint32_t>& word) noexcept;

}  // namespace corokit::detail
