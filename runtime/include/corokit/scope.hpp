#pragma once
#include <corokit/detail/config.hpp>
#include <corokit/detail/task/scope_children.hpp>
#include <corokit/spawn.hpp>
#include <corokit/task.hpp>

#include <concepts>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

namespace corokit {

/// The claim on the result of a child of a scope: `co_await handle` gives the value that the child returned.
///
/// Dropping the handle changes nothing for the child. A child from which an exception escapes ends its scope, so that
/// nobody waits for it any more. The value is given once, whether the handle is awaited by value or by reference.
///
/// Resumes: in the awaiting branch, once the frame of the child is destroyed.
/// Throws: std::logic_error if the child was dropped with its scope, or its value was given before; what moving the
///   value throws, which loses the value.
/// Thread-safety: the task of the scope; one wait at a time.
/// Cancel-safety: a dropped wait loses nothing; the handle can be awaited again.
/// Complexity: O(1), no allocation.
template <class T>
class ScopedJoinHandle {
 public:
  using value_type = T;

  /// For Scope::spawn().
  explicit ScopedJoinHandle(detail::ScopeTask<T>& child) noexcept : child_(&child) {
    child.has_handle = true;
  }
  ScopedJoinHandle(ScopedJoinHandle&& other) noexcept : child_(std::exchange(other.child_, nullptr)) {}
  ScopedJoinHandle& operator=(ScopedJoinHandle&& other) noexcept {
    if (this != &other) {
      release();
      child_ = std::exchange(other.child_, nullptr);
    }
    return *this;
  }
  ~ScopedJoinHandle() { release(); }

  /// Returns: true once the child is over and its frame is destroyed.
  bool is_finished() const noexcept { return child_->is_over(); }

  /// Waits for the child: `co_await handle`.
  ///
  /// Returns: the value that the child returned.
  /// Thread-safety: the task of the scope; one wait at a time.
  /// Cancel-safety: the handle still holds the child, and can be awaited again.
  detail::ScopeChildAwaiter<T> operator co_await() noexcept { return detail::ScopeChildAwaiter<T>(*child_); }

 private:
  void release() noexcept {
    if (!child_) return;
    child_->has_handle = false;
    if (!child_->scope) delete child_;
  }

  detail::ScopeTask<T>* child_;
};

/// Starts the children of a scope: what scope() gives to its body. Children may have it too, and start more of them.
///
/// Thread-safety: the task of the scope.
class Scope {
 public:
  /// For scope().
  explicit Scope(detail::ScopeBase& base) noexcept : base_(base) {}
  Scope(const Scope&) = delete;
  Scope& operator=(const Scope&) = delete;

  /// Starts a child. It runs concurrently with the body and the other children, in the same task, one at a time.
  ///
  /// The child begins once the branch that calls this waits; children begin in the order of the calls. One that is
  /// started while the scope ends, by a destructor, is dropped at once.
  ///
  /// Requires: the scope is not over; the child borrows nothing from the body, whose locals are destroyed before it.
  /// Returns: the claim on its value, which may be dropped.
  /// Throws: std::logic_error outside of the scope's task; std::bad_alloc.
  /// Thread-safety: the task of the scope.
  /// Complexity: O(1); one allocation besides the coroutine's own frame.
  template <class T>
  ScopedJoinHandle<T> spawn(Task<T> task) {
    auto child = std::make_unique<detail::ScopeTask<T>>(base_, std::move(task));
    base_.add(*child);
    return ScopedJoinHandle<T>(*child.release());
  }
  /// As spawn() of a Task, for a callable that makes one, and that is kept until the child is over.
  /// Thread-safety: the task of the scope.
  template <class F>
  requires detail::MakesTask<F> ScopedJoinHandle<detail::TaskValue<F>> spawn(F function) {
    return spawn(detail::call_and_keep(std::move(function)));
  }

  /// Returns: the number of children that are not over.
  std::size_t size() const noexcept { return base_.size(); }
  /// Returns: true if size() is 0.
  bool empty() const noexcept { return base_.size() == 0; }

  /// Waits until no child is left, those that are started meanwhile included: `co_await s.join();`
  ///
  /// It is for the body: a child that called it would wait for itself.
  /// Resumes: in the awaiting branch.
  /// Thread-safety: the task of the scope; one wait at a time.
  /// Cancel-safety: nothing to lose.
  /// Complexity: O(1), no allocation.
  [[nodiscard]] detail::ScopeJoinAwaiter join() noexcept { return detail::ScopeJoinAwaiter(base_); }

 private:
  detail::ScopeBase& base_;
};

namespace detail {

template <class F>
concept MakesScopeBody = std::invocable<F&, Scope&> && IsTask<std::invoke_result_t<F&, Scope&>>::value;

/// `F`: the callable that makes the body, or a reference to it.
template <class F>
class ScopeAwaiter final : public ScopeBase {
  using Body = std::invoke_result_t<F&, Scope&>;
  using T = typename Body::value_type;

 public:
  explicit ScopeAwaiter(std::in_place_t, F&& function) : function_(std::forward<F>(function)) {}
  ScopeAwaiter(ScopeAwaiter&& other) noexcept
      : ScopeBase(other), function_(std::forward<F>(other.function_)) {}
  ~ScopeAwaiter() { drop_all(); }

  T await_resume() {
    drop_all();
    throw_failure();
    if constexpr (!std::is_void_v<T>) return body_->take();
  }

 private:
  ScopeChild& make_body() override { return body_.emplace(*this, std::invoke(function_, scope_)); }

  F function_;
  Scope scope_{*this};
  std::optional<ScopeTask<T>> body_;
};

}  // namespace detail

/// Runs a body that starts children, and is over only when the body and all children are over:
///
///     Task<Page> fetch_first(Client& client, std::vector<Url> mirrors) {
///       Log log;
///       co_return co_await scope([&](Scope& s) -> Task<Page> {
///         s.spawn(report_every_second(log));                    // children may borrow what is declared outside
///         auto index = s.spawn(fetch(client, "index", log));
///         co_return co_await fetch_with(co_await index);        // ends the scope, and the report with it
///       });
///     }
///
/// When the body ends, what is left of the children is dropped before the caller goes on; a body that wants them to
/// finish awaits their handles, or `co_await s.join()`. The same happens when an exception escapes the body or a child,
/// and when the scope is dropped. So no child outlives what it borrows.
///
/// Children are branches of the task that awaits the scope, as the operands of join() are: they run concurrently, and
/// never in parallel. That is what makes the borrowing safe. A task may be dropped at every suspension point, at once,
/// and no destructor can wait there: a child that ran on another thread at that moment would go on to use what it
/// borrows. For parallel work give spawned tasks shares of what they need, in a JoinSet, or move them in and out.
///
/// `body`: a callable that is given a `Scope&` and makes a Task. It is kept until the scope is over; one that is passed
///   as an lvalue is borrowed. With g++ 12 pass a lambda that captures by value as an lvalue, since such temporaries
///   are destroyed twice in the expression of a co_await (PR 99576).
/// Resumes: in the calling task, once the body and all children are destroyed.
/// Returns: the value that the body returned.
/// Throws: the first exception that escapes the body or a child, after all of them have ended.
/// Thread-safety: the awaiting task's own thread.
/// Cancel-safety: dropping it drops the body and all children, the newest child first, the body last; it is as safe as
///   they are.
/// Complexity: one allocation for the body's frame; see Scope::spawn() for the children.
/// Source: std::thread::scope of Rust and the crate moro, for the borrowing; nurseries of Trio, for exceptions.
template <class F>
requires detail::MakesScopeBody<F>
[[nodiscard]] auto scope(F&& body) {
  using Kept = std::conditional_t<std::is_lvalue_reference_v<F>, F, std::remove_cvref_t<F>>;
  return detail::ScopeAwaiter<Kept>(std::in_place, std::forward<F>(body));
}

}  // namespace corokit
