#pragma once
#include <corokit/detail/executor/blocking.hpp>
#include <corokit/detail/executor/link.hpp>
#include <corokit/detail/task/turn.hpp>
#include <corokit/spawn.hpp>
#include <corokit/spawn_blocking.hpp>
#include <corokit/task.hpp>
#include <corokit/task_dump.hpp>

#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

namespace corokit {

/// Makes a runtime the current one of a thread, for a scope: see Handle::enter(). It is destroyed on the thread that made
/// it, and those of one thread in the reverse order.
class [[nodiscard("the runtime is entered until the guard is destroyed")]] EnterGuard {
 public:
  EnterGuard(const EnterGuard&) = delete;
  EnterGuard& operator=(const EnterGuard&) = delete;
  ~EnterGuard() = default;

 private:
  friend class Handle;
  explicit EnterGuard(std::shared_ptr<detail::RuntimeLink> link);

  const std::shared_ptr<detail::RuntimeLink> link_;
  const detail::RuntimeUse use_;
  detail::Context context_;  // without timers: the thread may block
  const detail::EnterContext entered_;
};

/// Refers to a runtime, and starts tasks on it from anywhere, for code that does not own the runtime: a callback of another
/// library, say.
///
///     void on_message(const Handle& runtime, Message message) { runtime.spawn(handle_it(std::move(message))).detach(); }
///
/// It does not keep the runtime alive, and may outlive it. What is started after the runtime began to end never runs, and
/// resolves as cancelled. A call that is under way holds up the end of the runtime until it returns; the end of the runtime
/// ends what block_on() waits for.
///
/// Thread-safety: may be called at once from any thread. Copies refer to the same runtime.
class Handle {
 public:
  /// Returns: the handle of the runtime whose task, or whose function of spawn_blocking(), the calling thread runs, or that
  ///   it has entered.
  /// Throws: std::logic_error outside of every runtime, and in a simulation, which has no handle.
  static Handle current();
  /// As current(). Returns: none where current() throws.
  static std::optional<Handle> try_current();

  /// As Runtime::spawn(). Returns: the handle of the task, which resolves as cancelled if the runtime has ended.
  template <class T>
  JoinHandle<T> spawn(Task<T> task, std::string name = {}) const {
    const detail::RuntimeUse use(*link_);
    return detail::spawn_on(use.scheduler(), std::move(task), std::move(name));
  }

  /// As corokit::spawn() of a callable, which is kept until the task is over.
  template <class F>
  requires detail::MakesTask<F> JoinHandle<detail::TaskValue<F>> spawn(F function, std::string name = {})
  const { return spawn(detail::call_and_keep(std::move(function)), std::move(name)); }

  /// As Runtime::spawn_blocking(). Returns: the handle of the function, which resolves as cancelled if the runtime has
  ///   ended.
  template <class F, class T = std::invoke_result_t<F>>
  JoinHandle<T> spawn_blocking(F function) const {
    const detail::RuntimeUse use(*link_);
    return detail::spawn_blocking_on<F, T>(use.scheduler(), std::move(function));
  }

  /// As Runtime::block_on(), for a thread that runs no task.
  /// Throws: the exception that escaped the task; std::logic_error if it is called from inside a runtime;
  ///   std::runtime_error if the runtime ended before the task.
  template <class T>
  T block_on(Task<T> task) const {
    detail::refuse_nesting();
    const detail::RuntimeUse use(*link_);
    return detail::run_and_wait(use.scheduler(), std::move(task));
  }

  /// Makes the runtime the current one of the calling thread until the guard is destroyed, so that corokit::spawn() and
  /// corokit::spawn_blocking() work there without a task. The runtime does not end while the guard lives: its destructor
  /// waits, and must not be called on this thread meanwhile, which would end the process with a message.
  ///
  /// What is started once the runtime has begun to end resolves as cancelled, and waits for descriptors end with an
  /// error. After the end the guard can still be made, and cancels all that is started as well; descriptors cannot be
  /// opened then.
  /// Throws: std::logic_error if the calling thread runs tasks, which have a runtime, or is a part of a simulation.
  EnterGuard enter() const { return EnterGuard(link_); }

  /// As Runtime::dump(). Returns: the dump; an empty one once the runtime has begun to end.
  /// Throws: std::bad_alloc.
  TaskDump dump() const;

  /// Returns: whether the runtime has begun to end. A value of false may be stale at once.
  bool has_ended() const noexcept { return link_->is_closed(); }

 private:
  friend class Runtime;
  explicit Handle(std::shared_ptr<detail::RuntimeLink> link) noexcept : link_(std::move(link)) {}

  std::shared_ptr<detail::RuntimeLink> link_;
};

}  // namespace corokit
