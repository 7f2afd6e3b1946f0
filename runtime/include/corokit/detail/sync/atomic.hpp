#pragma once
// The one seam through which the runtime takes its atomics; Lock and Parker are built on it. A build that schedules at
// every atomic operation (tests/explorer) replaces what stands here, and the threads of executor/thread.hpp.
#include <corokit/detail/config.hpp>

#include <atomic>
#include <cstdint>

#ifdef COROKIT_MODEL
#include <explorer/seam.hpp>
#endif

namespace corokit::detail {

#ifdef COROKIT_MODEL
inline constexpr bool kModel = true;  // queues are short then, so that a few operations fill them
template <class T>
using Atomic = model::Atomic<T>;
#else
inline constexpr bool kModel = false;
template <class T>
using Atomic = std::atomic<T>;
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

/// Sleeps in the kernel while `word == expected`, at most `timeout_ns` (negative: no limit). May return early.
void futex_wait(const Atomic<std::uint32_t>& word, std::uint32_t expected, std::int64_t timeout_ns) noexcept;
/// Wakes one sleeper of `word`. The word's memory may already be gone: the kernel only compares the address.
void futex_wake_one(const Atomic<std::uint32_t>& word) noexcept;

}  // namespace corokit::detail
