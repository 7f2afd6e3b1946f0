#include <corokit/detail/task/enter_task.hpp>
#include <corokit/join_handle.hpp>

// The join slot of a task. Its edges:
//   [done]  From the thread that ended the task to the thread that takes the result. Release in complete_join();
//           acquire in TaskHeader::is_complete(), register_join(), unregister_join() and detach().
//   [join]  From the thread that registered the waiter to the thread that ends the task. Release in register_join();
//           acquire in complete_join().
namespace corokit {

std::string JoinError::message() const {
  if (!exception_) return "task was cancelled";
  try {
    std::rethrow_exception(exception_);
  } catch (const std::exception& error) {
    return error.what();
  } catch (...) {
    return "an exception that is not a std::exception";
  }
}

namespace detail {

void complete_join(TaskHeader& task) noexcept {
  WakeBatch batch;
  std::uintptr_t slot = task.join.load(std::memory_order_acquire);
  for (;;) {
    if (slot & TaskHeader::kDetached) {
      reinterpret_cast<const ResultDropper*>(slot & ~TaskHeader::kDetached)->drop(task);
      task.join.store(TaskHeader::kDone, std::memory_order_release);
      return;
    }
    const std::uintptr_t wanted = slot == TaskHeader::kNobody ? TaskHeader::kDone : TaskHeader::kNotifying;
    // [done] release: publishes the outcome and the result.
    if (task.join.compare_exchange_weak(slot, wanted, std::memory_order_acq_rel, std::memory_order_acquire))
      break;
  }
  if (slot == TaskHeader::kNobody) return;
  auto& waiter = *reinterpret_cast<JoinWaiter*>(slot);
  waiter.notify(waiter, batch);
  // From here on the waiter may be destroyed: unregister_join() waits for this store.
  task.join.store(TaskHeader::kDone, std::memory_order_release);
}

bool register_join(TaskHeader& task, JoinWaiter& waiter) noexcept {
  std::uintptr_t expected = TaskHeader::kNobody;
  // [join] release: publishes the waiter. Pairs with: acquire in complete_join().
  return task.join.compare_exchange_strong(expected, reinterpret_cast<std::uintptr_t>(&waiter),
                                           std::memory_order_acq_rel, std::memory_order_acquire);
}

bool unregister_join(TaskHeader& task, JoinWaiter& waiter) noexcept {
  auto expected = reinterpret_cast<std::uintptr_t>(&waiter);
  if (task.join.compare_exchange_strong(expected, TaskHeader::kNobody, std::memory_order_acq_rel,
                                        std::memory_order_acquire))
    return true;
  // The task is ending. Its thread may still be inside notify(), for the few instructions of a mark_ready().
  while (task.join.load(std::memory_order_acquire) == TaskHeader::kNotifying) cpu_relax();
  return false;
}

void detach(TaskHeader& task, const ResultDropper& dropper) noexcept {
  std::uintptr_t expected = TaskHeader::kNobody;
  const auto detached = reinterpret_cast<std::uintptr_t>(&dropper) | TaskHeader::kDetached;
  // [done] acquire where it is over: this thread destroys its result. The load spares such a task the exchange.
  if (task.is_complete() || !task.join.compare_exchange_strong(expected, detached, std::memory_order_acq_rel,
                                                               std::memory_order_acquire)) {
    while (task.join.load(std::memory_order_acquire) == TaskHeader::kNotifying) cpu_relax();
    if (task.outcome != Outcome::none) {  // nobody took the result
      const EnterTask entered(task);
      dropper.drop(task);
    }
  }
  task.release_ref();
}

}  // namespace detail
}  // namespace corokit
