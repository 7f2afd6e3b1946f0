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

/// So many ids a thread takes at once, for the tasks that it spawns.
inline constexpr std::uint64_t kIdBlock = kModel ? 1 : 64;

/// A slot of a TaskSlab. It holds a task, or points to the next free slot.
class SlabSlot {
 public:
  /// Returns: the task in the slot; null if the slot is free.
  TaskHeader* task() const noexcept { return word_ & kFree ? nullptr : reinterpret_cast<TaskHeader*>(word_); }
  SlabSlot* next_free() const noexcept { return reinterpret_cast<SlabSlot*>(word_ & ~kFree); }
  void hold(TaskHeader& task) noexcept { word_ = reinterpret_cast<std::uintptr_t>(&task); }
  void free(SlabSlot* next) noexcept { word_ = reinterpret_cast<std::uintptr_t>(next) | kFree; }

 private:
  static constexpr std::uintptr_t kFree = 1;
  std::uintptr_t word_ = kFree;
};

/// All tasks of a runtime that are not over, which a shutdown has to end.
///
/// The slab consists of shards, so that workers that spawn and finish tasks do not contend for one lock: tasks whose ids
/// a thread took at once are in one shard, and another thread rarely uses it meanwhile. The slab is a table,
/// and not a list through the headers: a task that ends then touches no other task's header, which would be a cache
/// miss among a million tasks, and each header is smaller by one pointer.
class TaskSlab {
 public:
  /// Inserts a task. `name`: a name for people; it may be empty.
  /// Returns: false, without inserting the task, after close_and_abort_all().
  /// Throws: std::bad_alloc, without inserting the task.
  bool insert(TaskHeader& task, std::string name);
  void remove(TaskHeader& task) noexcept;
  /// Refuses tasks from here on, and asks every task in the slab to end.
  void close_and_abort_all() noexcept;
  /// Returns: whether close_and_abort_all() was called. The value may be stale at once.
  bool is_closed() const noexcept { return is_closed_.load(std::memory_order_relaxed); }
  /// Calls `visit` with each task of one shard, and its name, under the lock of the shard. Complexity: O(the
  /// most tasks that were ever in the shard at once).
  template <class Visitor>
  void for_each_in(std::size_t shard, Visitor visit) {
    Shard& visited = shards_[shard];
    const Locked locked(visited.lock);
    for (const auto& page : visited.pages)
      for (const SlabSlot& slot : *page)
        if (TaskHeader* const task = slot.task()) visit(*task, name_locked(visited, *task));
  }
  static constexpr std::size_t shards() noexcept { return kShards; }
  /// Returns: how many tasks are in the slab. The value may be stale at once. Complexity: O(1).
  std::size_t approx_size() const noexcept;
  /// Returns: how many tasks were ever inserted. The value may be stale at once.
  std::uint64_t approx_total() const noexcept;
  /// Returns: the name of the task; empty if it has none. Requires: the task is in the slab.
  std::string name_of(const TaskHeader& task) const;

 private:
  static constexpr std::size_t kShards = kModel ? 8 : 32;
  using Page = std::array<SlabSlot, 512>;
  struct alignas(64) Shard {
    mutable Lock lock;
    bool closed = false;
    SlabSlot* free = nullptr;
    std::vector<std::unique_ptr<Page>> pages;
    Counter total;
    Counter removed;
    std::unordered_map<std::uint64_t, std::string> names;  // by id, for the few tasks that have a name
  };
  static std::size_t shard_of(const TaskHeader& task) noexcept { return (task.id - 1) / kIdBlock % kShards; }
  static void make_room_locked(Shard& shard);
  static std::string name_locked(const Shard& shard, const TaskHeader& task);

  Atomic<bool> is_closed_{false};
  std::array<Shard, kShards> shards_;
};

}  // namespace corokit::detail
