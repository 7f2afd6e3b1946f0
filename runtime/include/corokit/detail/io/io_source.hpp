#pragma once
#include <corokit/detail/sync/lock.hpp>
#include <corokit/detail/sync/wait_list.hpp>
#include <corokit/detail/task/awaiter.hpp>

#include <cstdint>
#include <memory>

namespace corokit::detail {

/// What a descriptor is ready for, as bits. It may have changed since: the system call tells.
struct Readiness {
  static constexpr std::uint32_t kReadable = 1;
  static constexpr std::uint32_t kWritable = 2;
  static constexpr std::uint32_t kReadClosed = 4;   // the peer sends no more
  static constexpr std::uint32_t kWriteClosed = 8;  // the peer receives no more
  static constexpr std::uint32_t kError = 16;
  static constexpr std::uint32_t kEnded = 32;  // the runtime that watches the descriptor has ended
  static constexpr std::uint32_t kRead = kReadable | kReadClosed | kError | kEnded;
  static constexpr std::uint32_t kWrite = kWritable | kWriteClosed | kError | kEnded;

  std::uint32_t bits = 0;
  std::uint32_t change = 0;  // counts what was reported; clear() leaves alone what came later
};

class IoDriver;
class ReadinessAwaiter;

/// The readiness of one descriptor, and the tasks that wait for it. A driver sets it; whoever finds that a system call
/// would block clears it.
///
/// Thread-safety: may be called at once from any thread.
class IoSource {
 public:
  /// `owner`: the driver that sets it; null in a simulation.
  explicit IoSource(IoDriver* owner = nullptr) noexcept : owner_(owner) {}
  IoSource(const IoSource&) = delete;
  IoSource& operator=(const IoSource&) = delete;

  /// Forgets all, for a new descriptor. `assumed`: what it is taken to be ready for until a call finds otherwise.
  /// Requires: no task waits. Returns: the generation, which tells this descriptor from earlier ones.
  std::uint32_t reset(std::uint32_t assumed) noexcept;
  /// Adds bits, and marks the tasks as ready that wait for any of them.
  void set(std::uint32_t bits, WakeBatch& batch) noexcept;
  /// The same, unless what is reported is about an earlier descriptor.
  void set(std::uint32_t bits, std::uint32_t generation, WakeBatch& batch) noexcept;
  /// Takes bits away, and an error with them, unless something was reported after `seen`. What is closed stays so.
  void clear(std::uint32_t bits, Readiness seen) noexcept;
  Readiness look() const noexcept;
  IoDriver& owner() const noexcept { return *owner_; }

 private:
  friend class ReadinessAwaiter;

  void set_locked(const Locked&, std::uint32_t bits, WakeBatch& batch) noexcept;
  static void wake_all(WaitList& waiters, Readiness readiness, WakeBatch& batch) noexcept;
  WaitList& waiters(bool for_writing) noexcept { return for_writing ? writers_ : readers_; }

  IoDriver* owner_;
  // Guarded by lock_:
  mutable Lock lock_;
  Readiness readiness_;
  std::uint32_t generation_ = 0;
  WaitList readers_;
  WaitList writers_;
};

/// Waits until a descriptor is ready for reading or for writing. Returns: for what it is.
class ReadinessAwaiter : public Awaiter<ReadinessAwaiter, WaitNode> {
 public:
  static constexpr const char* kName = "the readiness of a descriptor";

  ReadinessAwaiter(IoSource& source, bool for_writing) noexcept
      : source_(&source), for_writing_(for_writing) {}
  ReadinessAwaiter(ReadinessAwaiter&& other) noexcept
      : Awaiter(other), source_(other.source_), for_writing_(other.for_writing_) {}
  ~ReadinessAwaiter();

  bool try_complete() noexcept;
  bool suspend() noexcept;
  Readiness await_resume() noexcept {
    waits_ = false;  // whoever woke it has taken it off the list
    return seen_;
  }

 private:
  friend class IoSource;
  bool is_ready_locked(const Locked&) noexcept;

  IoSource* source_;
  Readiness seen_;
  bool for_writing_;
  bool waits_ = false;
};

}  // namespace corokit::detail
