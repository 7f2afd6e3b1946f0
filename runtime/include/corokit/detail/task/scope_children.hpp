#pragma once
#include <corokit/detail/task/combinator.hpp>
#include <corokit/detail/task/frame_pool.hpp>
#include <corokit/detail/task/operand.hpp>

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <optional>
#include <stdexcept>
#include <type_traits>
#include <utility>

namespace corokit::detail {

class ScopeBase;

/// What a scope and a handle know of a child, whatever its type. The body of the scope is one as well.
///
/// A child is freed once it has left its scope and its handle is gone.
class ScopeChild {
 public:
  enum class State : std::uint8_t {
    fresh,    ///< it has not begun
    running,  ///< it has begun, and is not over
    done,     ///< its value may be taken
    dropped,  ///< it ended with its scope, or its value was taken
  };

  ScopeChild() noexcept = default;
  ScopeChild(const ScopeChild&) = delete;
  ScopeChild& operator=(const ScopeChild&) = delete;
  virtual ~ScopeChild() = default;

  /// Runs it until it first waits. If it is over, then or later, the scope is told.
  virtual void begin(Branch& parent) = 0;
  virtual bool is_out_of_budget() const noexcept = 0;
  /// Returns: its branch, if that waits in a combinator; else null.
  virtual ChildBranch* nesting_branch() noexcept = 0;
  /// Tells a report where it waits.
  virtual void describe(WaitReport& report) const = 0;
  /// Destroys what runs in it.
  virtual void cancel() noexcept = 0;

  bool is_over() const noexcept { return state == State::done || state == State::dropped; }

  ScopeBase* scope = nullptr;   // null once it has left the scope
  ScopeChild* newer = nullptr;  // newer and older link the children of a scope that are not over
  ScopeChild* older = nullptr;
  ScopeChild* following = nullptr;  // links those that are fresh
  Branch* waiter = nullptr;         // the branch that waits for the handle
  State state = State::fresh;
  bool has_handle = false;
};

/// The wait for a scope, without the type of its body. It begins the body, then the children in the order of spawn(),
/// each of which reaches its first wait before the next one begins.
///
/// Children are branches of the task that awaits the scope. So none of them runs while another one does, and all that
/// are left can be dropped at once.
class ScopeBase : public Combinator<ScopeBase> {
 public:
  static constexpr const char* kName = "scope";

  Step begin_some();
  bool any_out_of_budget() const noexcept;
  ChildBranch* nested_branch() noexcept;
  void describe(WaitReport& report) const;

  /// Takes a child, which begins as soon as the branch that runs waits. If the scope is ending, the child is dropped.
  /// Throws: std::logic_error outside of the scope's task.
  void add(ScopeChild& child);
  /// Notes the end of a child or of the body. `reason`: what escaped it, or null.
  void note_end(ScopeChild& child, std::exception_ptr reason) noexcept;
  /// Returns: the number of children that are not over.
  std::size_t size() const noexcept { return size_; }

  Branch* joiner = nullptr;  // the branch that waits in Scope::join()

 protected:
  ScopeBase() noexcept = default;
  ScopeBase(const ScopeBase& other) noexcept : Combinator(other) {}  // only before it begins
  ScopeBase& operator=(const ScopeBase&) = delete;
  ~ScopeBase() = default;

  /// Makes the body. It is called once.
  virtual ScopeChild& make_body() = 0;
  /// Drops all children that are left, the newest first, and the body. Nothing begins from here on.
  void drop_all() noexcept;

 private:
  void unlink(ScopeChild& child) noexcept;
  void wake(Branch*& waiter) noexcept;

  ScopeChild* body_ = nullptr;
  ScopeChild* newest_ = nullptr;  // the children that are not over
  ScopeChild* fresh_ = nullptr;   // those that have not begun, in the order of spawn()
  ScopeChild* last_fresh_ = nullptr;
  ScopeChild* latest_ = nullptr;    // the child that began last, unless it is over
  ScopeChild* dropping_ = nullptr;  // for nested_branch(): no newer child has branches
  std::size_t size_ = 0;
  bool beginning_ = false;  // whether begin_some() runs
  bool over_ = false;
  bool drops_ = false;
};

/// A child that is a Task.
template <class T>
class ScopeTask final : public ScopeChild, public FromFramePool<ScopeTask<T>> {
 public:
  ScopeTask(ScopeBase& of, Task<T>&& task) noexcept : scope_(of), branch_(std::move(task)) {}

  void begin(Branch& parent) override {
    state = State::running;
    if (branch_.template begin<&on_done>(parent, this)) settle();
  }
  bool is_out_of_budget() const noexcept override { return branch_.is_out_of_budget(); }
  Branch* waiting_branch() const noexcept { return scope_.waiting_branch(); }
  ChildBranch* nesting_branch() noexcept override { return branch_.has_branches() ? &branch_ : nullptr; }
  void describe(WaitReport& report) const override { report.branch(branch_); }
  void cancel() noexcept override { branch_.cancel(); }

  /// Takes the value, once. Throws: std::logic_error if there is none.
  Stored<T> take() {
    if (state != State::done)
      throw std::logic_error(
          "corokit: this child of a scope has no value: it was taken, or the scope is over");
    state = State::dropped;
    return std::move(*value_);
  }

 private:
  static void on_done(ChildBranch& ended) {
    auto& branch = static_cast<OperandBranch<Task<T>>&>(ended);
    branch.mark_done();
    branch.template owner<ScopeTask>().settle();
  }
  /// Keeps the value, and destroys what is left of the task.
  void settle() noexcept {
    std::exception_ptr reason;
    try {
      value_.emplace(branch_.take());
      state = State::done;
    } catch (...) {
      reason = std::current_exception();
      state = State::dropped;
    }
    branch_.cancel();
    scope_.note_end(*this, std::move(reason));
  }

  ScopeBase& scope_;
  OperandBranch<Task<T>> branch_;
  std::optional<Stored<T>> value_;
};

/// Waits for a child. The handle that made it must outlive it.
template <class T>
class ScopeChildAwaiter : public Awaiter<ScopeChildAwaiter<T>> {
 public:
  static constexpr const char* kName = "ScopedJoinHandle";

  explicit ScopeChildAwaiter(ScopeTask<T>& child) noexcept : child_(child) {}
  ScopeChildAwaiter(ScopeChildAwaiter&& other) noexcept
      : Awaiter<ScopeChildAwaiter<T>>(other), child_(other.child_) {}
  ~ScopeChildAwaiter() {
    if (waits_) child_.waiter = nullptr;
  }

  bool try_complete() const noexcept { return child_.is_over(); }
  bool suspend() noexcept {
    assert(!child_.waiter && "corokit: a ScopedJoinHandle is awaited by one branch at a time");
    child_.waiter = &this->branch();
    return waits_ = true;
  }
  T await_resume() {
    if (std::exchange(waits_, false)) child_.waiter = nullptr;
    if constexpr (std::is_void_v<T>)
      child_.take();
    else
      return child_.take();
  }

 private:
  ScopeTask<T>& child_;
  bool waits_ = false;
};

/// Waits until a scope has no child that is not over.
class ScopeJoinAwaiter : public Awaiter<ScopeJoinAwaiter> {
 public:
  static constexpr const char* kName = "Scope::join";

  explicit ScopeJoinAwaiter(ScopeBase& scope) noexcept : scope_(scope) {}
  ScopeJoinAwaiter(ScopeJoinAwaiter&& other) noexcept : Awaiter(other), scope_(other.scope_) {}
  ~ScopeJoinAwaiter() {
    if (waits_) scope_.joiner = nullptr;
  }

  bool try_complete() const noexcept { return scope_.size() == 0; }
  bool suspend() noexcept {
    assert(!scope_.joiner && "corokit: Scope::join() is awaited by one branch at a time");
    scope_.joiner = &branch();
    return waits_ = true;
  }
  void await_resume() noexcept {
    if (std::exchange(waits_, false)) scope_.joiner = nullptr;
  }

 private:
  ScopeBase& scope_;
  bool waits_ = false;
};

}  // namespace corokit::detail
