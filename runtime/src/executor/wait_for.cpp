#include <corokit/detail/executor/scheduler.hpp>
#include <corokit/detail/sync/parker.hpp>
#include <corokit/join_handle.hpp>

namespace corokit::detail {
namespace {

/// Wakes a thread that is blocked until a task is over.
class BlockingWaiter : public JoinWaiter {
 public:
  explicit BlockingWaiter(Parker& parker) noexcept : parker_(parker) { notify = &wake; }

 private:
  static void wake(JoinWaiter& waiter, WakeBatch&) noexcept {
    static_cast<BlockingWaiter&>(waiter).parker_.unpark();
  }

  Parker& parker_;
};

}  // namespace

void Scheduler::wait_for(TaskHeader& task) {
  Parker parker;
  BlockingWaiter waiter(parker);
  if (!register_join(task, waiter)) return;
  while (!parker.park(-1)) {  // a signal may end it early
  }
  // unpark() came from inside complete_join(), a few instructions before its end.
  while (!task.is_complete()) cpu_relax();
}

}  // namespace corokit::detail
