#include <corokit/detail/frame_pool.hpp>
#include <corokit/detail/scheduler.hpp>
#include <corokit/detail/turn.hpp>
#include <corokit/spawn.hpp>
#include <corokit/task.hpp>

#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <string>

namespace corokit::detail {

bool OwnedTasks::insert(TaskHeader& task, std::string name) {
  Shard& shard = shard_of(task);
  Locked locked(shard.lock);
  if (shard.closed) return false;
  task.next_owned = shard.first;
  if (shard.first) shard.first->prev_owned = &task;
  shard.first = &task;
  shard.total.add();
  if (!name.empty()) {
    shard.names.emplace(task.id, std::move(name));
    task.named = 1;
  }
  return true;
}

void OwnedTasks::remove(TaskHeader& task) noexcept {
  Shard& shard = shard_of(task);
  Locked locked(shard.lock);
  (task.prev_owned ? task.prev_owned->next_owned : shard.first) = task.next_owned;
  if (task.next_owned) task.next_owned->prev_owned = task.prev_owned;
  shard.removed.add();
  if (task.named) shard.names.erase(task.id);
}

std::string OwnedTasks::name_of(const TaskHeader& task) const {
  if (!task.named) return {};
  const Shard& shard = shards_[task.id % kShards];
  Locked locked(shard.lock);
  const auto found = shard.names.find(task.id);
  return found == shard.names.end() ? std::string() : found->second;
}

void OwnedTasks::close_and_abort_all() noexcept {
  for (Shard& shard : shards_) {
    WakeBatch batch;  // scheduled after the lock
    Locked locked(shard.lock);
    shard.closed = true;
    for (TaskHeader* task = shard.first; task; task = task->next_owned) batch.add(mark_aborted(*task));
    locked.unlock();
    batch.flush();
  }
}

std::size_t OwnedTasks::approx_size() const noexcept {
  std::size_t size = 0;
  // Removed first: a task that comes and goes in between is then counted, and the difference never falls below 0.
  for (const Shard& shard : shards_) {
    const std::uint64_t removed = shard.removed.get();
    size += shard.total.get() - removed;
  }
  return size;
}

std::uint64_t OwnedTasks::approx_total() const noexcept {
  std::uint64_t total = 0;
  for (const Shard& shard : shards_) total += shard.total.get();
  return total;
}

void Scheduler::start(TaskHeader& task, std::string name) {
  task.scheduler = this;
  task.id = make_id();
  task.root.next = nullptr;
  // Relaxed: nobody else knows the task before schedule() publishes it.
  task.ready.store(reinterpret_cast<std::uintptr_t>(&task.root), std::memory_order_relaxed);
  if (owned_.insert(task, std::move(name))) return schedule(task);
  // Shutting down: nothing of the task has run, so its frame can go right here.
  destroy_frame(task.frame());
  task.outcome = Outcome::cancelled;
  task.ready.store(TaskHeader::kComplete, std::memory_order_relaxed);
  complete_join(task);
  task.release_ref();
}

Scheduler& current_scheduler(const char* what) {
  Context* context = current_context();
  if (!context)
    throw std::logic_error(std::string("corokit: ") + what +
                           " was called outside of a runtime: call it from a task, or use Runtime::" + what);
  return *context->scheduler;
}

void refuse_to_end_inside(const Scheduler& scheduler, const char* type) noexcept {
  const Context* context = current_context();
  if (!context || context->scheduler != &scheduler) return;
  std::fprintf(stderr,
               "corokit: a %s was destroyed inside one of its own tasks or blocking functions, which it "
               "would wait for "
               "for ever: let its owner live outside of it\n",
               type);
  std::abort();
}

std::uint64_t next_task_id() noexcept {
  // Ids are handed out in blocks, so that threads that spawn do not meet at one counter.
  constexpr std::uint64_t kBlock = kModel ? 1 : 64;
  static Atomic<std::uint64_t> next_block{0};
  thread_local std::uint64_t next = 0;
  // Relaxed: only uniqueness matters.
  if (next % kBlock == 0) next = next_block.fetch_add(kBlock, std::memory_order_relaxed);
  return ++next;
}

void schedule(TaskHeader* task) noexcept {
  if (task) task->scheduler->schedule(*task);
}

void WakeBatch::add(TaskHeader* task) noexcept {
  if (!task) return;
  task->next_scheduled = nullptr;
  (last_ ? last_->next_scheduled : first_) = task;
  last_ = task;
}

void WakeBatch::flush() noexcept {
  TaskHeader* task = first_;
  first_ = last_ = nullptr;
  while (task) {
    TaskHeader* next = task->next_scheduled;  // read first: schedule() may use the field, or the task be gone
    task->scheduler->schedule(*task);
    task = next;
  }
}

void TaskHeader::release_ref() noexcept {
  // [refs] release: our use of the task is over. acquire: the last one sees the end of every other's.
  // A lone owner needs no read-modify-write: nobody is left who could add a reference.
  if (refs.load(std::memory_order_acquire) == 1 || refs.fetch_sub(1, std::memory_order_acq_rel) == 1)
    frame_free(this, block_class);
}

}  // namespace corokit::detail

namespace corokit {
namespace {

const detail::TaskHeader& current_task(const char* what) {
  const detail::Context* context = detail::current_context();
  if (!context || !context->turn)
    throw std::logic_error(std::string("corokit: ") + what + " was called outside of a task");
  return context->turn->task;
}

}  // namespace

TaskId current_task_id() {
  return TaskId{current_task("current_task_id").id};
}

std::string current_task_name() {
  const detail::TaskHeader& task = current_task("current_task_name");
  return task.scheduler->owned().name_of(task);
}

}  // namespace corokit
