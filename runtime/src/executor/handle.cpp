#include <corokit/detail/executor/link.hpp>
#include <corokit/handle.hpp>

#include <stdexcept>
#include <utility>

namespace corokit {
namespace detail {
namespace {

class EndedScheduler final : public Scheduler {
 public:
  EndedScheduler() { tasks().close_and_abort_all(); }
  void schedule(TaskHeader&) noexcept override {}  // no task is ever in its table
  void submit(BlockingJob& job) override { job.run(job, true); }
};

/// Returns: the link of the runtime that is current; null if none is, or a simulation.
std::shared_ptr<RuntimeLink> current_link() {
  const Context* context = current_context();
  return context && context->scheduler ? context->scheduler->link() : nullptr;
}

}  // namespace

Scheduler& ended_scheduler() {
  static auto* const ended =
      new EndedScheduler;  // never destroyed, since a handle may outlive static objects
  return *ended;
}

Scheduler* RuntimeLink::enter() noexcept {
  const std::lock_guard lock(mutex_);
  if (runtime_) ++users_;
  return runtime_;
}

void RuntimeLink::leave() noexcept {
  const std::lock_guard lock(mutex_);
  if (--users_ == 0) all_left_.notify_all();
}

void RuntimeLink::close() noexcept {
  const std::lock_guard lock(mutex_);
  runtime_ = nullptr;
}

void RuntimeLink::wait_until_left() noexcept {
  std::unique_lock lock(mutex_);
  all_left_.wait(lock, [this] { return users_ == 0; });
}

bool RuntimeLink::is_closed() const noexcept {
  const std::lock_guard lock(mutex_);
  return !runtime_;
}

}  // namespace detail

namespace {

std::shared_ptr<detail::RuntimeLink> may_enter(std::shared_ptr<detail::RuntimeLink> link) {
  const detail::Context* context = detail::current_context();
  if (context && (context->must_not_block() || context->virtual_now))
    throw std::logic_error(
        "corokit: Handle::enter was called from inside a runtime or a simulation: spawn from there, or use "
        "Handle::spawn");
  return link;
}

}  // namespace

EnterGuard::EnterGuard(std::shared_ptr<detail::RuntimeLink> link)
    : link_(may_enter(std::move(link))), use_(*link_), entered_(context_) {
  context_.scheduler = &use_.scheduler();
}

Handle Handle::current() {
  auto link = detail::current_link();
  if (!link)
    throw std::logic_error(
        "corokit: Handle::current was called outside of a runtime: call it from a task, or use "
        "Runtime::handle");
  return Handle(std::move(link));
}

TaskDump Handle::dump() const {
  const detail::RuntimeUse use(*link_);
  return detail::dump_tasks(use.scheduler(), Clock::now());
}

std::optional<Handle> Handle::try_current() {
  auto link = detail::current_link();
  return link ? std::optional(Handle(std::move(link))) : std::nullopt;
}

}  // namespace corokit
