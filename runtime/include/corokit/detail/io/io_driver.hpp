#pragma once
#include <corokit/detail/io/io_source.hpp>
#include <corokit/detail/io/poll_role.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <system_error>
#include <vector>

namespace corokit::detail {

/// Watches descriptors with epoll, for one executor. It has no thread: a worker that would sleep waits here instead, and
/// one that is busy looks in every so often. One thread at a time polls.
///
/// Events are edge-triggered, and each descriptor is added once, so a wait costs no system call. An event names the place
/// of its source in a table, and the generation of that place: one that comes late, for a descriptor that was removed, is
/// recognised, and no thread has to wait for another to forget it.
///
/// A source keeps its driver alive, so a descriptor may outlive its runtime: waits for it then end with kEnded.
///
/// Thread-safety: may be called at once from any thread.
class IoDriver : public std::enable_shared_from_this<IoDriver> {
 public:
  /// Throws: std::system_error if the system gives no descriptors.
  static std::shared_ptr<IoDriver> make();
  IoDriver(const IoDriver&) = delete;
  IoDriver& operator=(const IoDriver&) = delete;
  ~IoDriver();

  /// Begins to watch a descriptor. `assumed`: as in IoSource::reset(). Returns: its source, which is null if the system
  /// refuses, as it does for a file of a disk; `why` then says the reason.
  std::shared_ptr<IoSource> add(int descriptor, std::uint32_t assumed, std::error_code& why);
  /// Ends that, and all waits for the source. Requires: the descriptor is open.
  void remove(int descriptor, IoSource& source) noexcept;

  /// As PollRole::begin_poll(). The caller then polls, calls end_poll(), and sees to it that a thread polls from then on:
  /// itself, when it has nothing to do, or another one.
  bool begin_poll() noexcept { return role_.begin_poll(); }
  void end_poll() noexcept { role_.end(); }
  /// Waits for events, a wake(), or at most for `timeout_ns` nanoseconds (0: looks only; negative: no limit), and marks
  /// the tasks as ready that wait for what has come. It may return early. Requires: the caller is the thread that polls.
  void poll(std::int64_t timeout_ns, WakeBatch& batch) noexcept;
  /// Looks for events without waiting, unless another thread polls.
  /// Returns: true if a begin_poll() was refused meanwhile: the caller then has the duty of a thread that has polled.
  [[nodiscard]] bool look(WakeBatch& batch) noexcept;
  /// Returns: how often a thread has polled.
  std::uint32_t polls() const noexcept { return polls_.load(std::memory_order_relaxed); }
  /// Ends a poll() that waits, or the next one.
  void wake() noexcept;

  /// The executor ends: all waits are over, now and later.
  void end() noexcept;

 private:
  struct Place;
  struct Chunk;
  static constexpr std::size_t kChunk = 256;     // places in a chunk
  static constexpr std::size_t kChunks = 16384;  // the most: four million descriptors
  static constexpr std::uint64_t kWakes = ~std::uint64_t{0};

  IoDriver(int epoll, int waker);
  Place* place(std::size_t index) noexcept;
  Place& take_place_locked(const Locked&);

  const int epoll_;
  const int waker_;                 // an eventfd
  PollRole role_;                   // who uses events_
  Atomic<std::uint32_t> polls_{0};  // written by the user of events_
  struct Events;
  std::unique_ptr<Events> events_;
  // Chunks are added under lock_, and stay. [chunk] release: publishes an empty chunk to the thread that polls.
  std::unique_ptr<Atomic<Chunk*>[]> chunks_;
  // Guarded by lock_:
  Lock lock_;
  std::size_t used_ = 0;             // places that were ever used
  std::vector<std::uint32_t> free_;  // those that are free again
  bool ended_ = false;
};

}  // namespace corokit::detail
