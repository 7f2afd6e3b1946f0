#include <corokit/detail/executor/task_slab.hpp>

#include <utility>

namespace corokit::detail {

void TaskSlab::make_room_locked(Shard& shard) {
  if (shard.free) return;
  shard.pages.push_back(std::make_unique<Page>());
  Page& page = *shard.pages.back();
  for (std::size_t i = 0; i < page.size(); ++i) page[i].free(i + 1 < page.size() ? &page[i + 1] : nullptr);
  shard.free = page.data();
}

bool TaskSlab::insert(TaskHeader& task, std::string name) {
  Shard& shard = shards_[shard_of(task)];
  Locked locked(shard.lock);
  if (shard.closed) return false;
  make_room_locked(shard);
  if (!name.empty()) shard.names.emplace(task.id, std::move(name));
  task.slab_slot = std::exchange(shard.free, shard.free->next_free());
  task.slab_slot->hold(task);
  shard.total.add();
  return true;
}

void TaskSlab::remove(TaskHeader& task) noexcept {
  Shard& shard = shards_[shard_of(task)];
  Locked locked(shard.lock);
  task.slab_slot->free(std::exchange(shard.free, task.slab_slot));
  shard.removed.add();
  if (!shard.names.empty()) shard.names.erase(task.id);
}

std::string TaskSlab::name_of(const TaskHeader& task) const {
  const Shard& shard = shards_[shard_of(task)];
  Locked locked(shard.lock);
  return name_locked(shard, task);
}

std::string TaskSlab::name_locked(const Shard& shard, const TaskHeader& task) {
  const auto found = shard.names.find(task.id);
  return found == shard.names.end() ? std::string() : found->second;
}

void TaskSlab::close_and_abort_all() noexcept {
  is_closed_.store(true, std::memory_order_relaxed);
  for (Shard& shard : shards_) {
    WakeBatch batch;  // schedules the tasks after the unlock
    Locked locked(shard.lock);
    shard.closed = true;
    for (const auto& page : shard.pages)
      for (const SlabSlot& slot : *page)
        if (TaskHeader* task = slot.task()) batch.add(mark_aborted(*task));
    locked.unlock();
    batch.flush();
  }
}

std::size_t TaskSlab::approx_size() const noexcept {
  std::size_t size = 0;
  // `removed` is read first: a task that comes and goes between the two reads is then counted, and the difference is
  // never negative.
  for (const Shard& shard : shards_) {
    const std::uint64_t removed = shard.removed.get();
    size += shard.total.get() - removed;
  }
  return size;
}

std::uint64_t TaskSlab::approx_total() const noexcept {
  std::uint64_t total = 0;
  for (const Shard& shard : shards_) total += shard.total.get();
  return total;
}

}  // namespace corokit::detail
