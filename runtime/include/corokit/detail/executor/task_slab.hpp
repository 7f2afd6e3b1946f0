#pragma once
#include <corokit/detail/executor/counter.hpp>
#include <corokit/detail/sync/lock.hpp>
#include <corokit/detail/task/task_header.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

namespace corokit::detail {

/// A place in the book of a runtime's tasks: holds one of them, or leads to the next place that is free.
class SlabSlot {
 public:
  /// Returns: null if it is free.
  TaskHeader* task() const noexcept { return word_ & kFree ? nullptr : reinterpret_cast<TaskHeader*>(word_); }
  SlabSlot* next_free() const noexcept { return reinterpret_cast<SlabSlot*>(word_ & ~kFree); }
  void hold(TaskHeader& task) noexcept { word_ = reinterpret_cast<std::uintptr_t>(&task); }
  void free(SlabSlot* next) noexcept { word_ = reinterpret_cast<std::uintptr_t>(next) | kFree; }

 private:
  static constexpr std::uintptr_t kFree = 1;
  std::uintptr_t word_ = kFree;
};

/// Every task of a runtime that is not over: what a shutdown has to end. Sharded, so that workers that spawn
/// and finish tasks do not meet at one lock. A book, not a list through the headers: a task that ends then touches no other
/// one's header, which among a million is a cache miss, and each header is smaller by a pointer.
class TaskSlab {
 public:
  /// `name`: for people; may be empty. Returns: false if close() came first; the task is not owned then.
  /// Throws: std::bad_alloc; the task is not owned then.
  bool insert(TaskHeader& task, std::string name);
  void remove(TaskHeader& task) noexcept;
  /// No task is accepted any more, and each one that is there is asked to end.
  void close_and_abort_all() noexcept;
  /// How many tasks are alive. Complexity: O(1); stale at once.
  std::size_t approx_size() const noexcept;
  /// How many there ever were. Stale at once.
  std::uint64_t approx_total() const noexcept;
  /// Its name; empty if it has none. Requires: the task is alive.
  std::string name_of(const TaskHeader& task) const;

 private:
  static constexpr std::size_t kShards = 8;
  using Page = std::array<SlabSlot, 512>;
  struct alignas(64) Shard {
    mutable Lock lock;
    bool closed = false;
    SlabSlot* free = nullptr;
    std::vector<std::unique_ptr<Page>> pages;
    Counter total;
    Counter removed;
    std::unordered_map<std::uint64_t, std::string> names;  // by id, of the few that have one
  };
  Shard& shard_of(const TaskHeader& task) noexcept { return shards_[task.id % kShards]; }
  static void make_room_locked(Shard& shard);

  std::array<Shard, kShards> shards_;
};

}  // namespace corokit::detail
