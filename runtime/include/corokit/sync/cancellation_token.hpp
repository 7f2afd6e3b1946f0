#pragma once
#include <corokit/detail/sync/lock.hpp>
#include <corokit/detail/sync/wait_list.hpp>
#include <corokit/detail/task/awaiter.hpp>
#include <corokit/select.hpp>

#include <cassert>
#include <functional>
#include <optional>
#include <utility>

namespace corokit {

namespace detail {

struct CancelTree;

/// What the copies of a token share. The nodes of a tree share one lock, kept in the tree.
///
/// Who touches it: `handles` counts tokens and awaiters. `cancelled` is read by anybody, and set under the
/// tree's lock. The links are guarded by the tree's lock, the line of waiters by the node's own, which is
/// taken after the tree's if both are needed.
struct CancelNode {
  Atomic<std::uint32_t> handles{1};
  Atomic<bool> cancelled{false};  // false to true, once
  Lock lock;
  WaitList waiters;
  CancelTree* const tree;
  CancelNode* parent = nullptr;
  CancelNode* first_child = nullptr;
  CancelNode* prev = nullptr;  // among its parent's children
  CancelNode* next = nullptr;

  explicit CancelNode(CancelTree& owner) noexcept : tree(&owner) {}

  bool is_cancelled() const noexcept {
    // [cancel] acquire: sees what was done before cancel(). Pairs with: [cancel] release in cancel().
    return cancelled.load(std::memory_order_acquire);
  }
  void add_handle() noexcept { handles.fetch_add(1, std::memory_order_relaxed); }  // the caller has one
  void drop_handle() noexcept {
    // [handle] release: what this handle did comes before the node's end. Pairs with: acquire, by the last.
    if (handles.fetch_sub(1, std::memory_order_acq_rel) == 1) destroy();
  }

  static CancelNode* make_root();
  CancelNode* make_child();
  void cancel() noexcept;
  /// Returns: false if it is cancelled: there is nothing to wait for.
  bool enqueue(WaitNode& waiter) noexcept;
  void abandon(WaitNode& waiter) noexcept;

 private:
  void destroy() noexcept;
  void link_locked(CancelNode& child, const Locked&) noexcept;
  void unlink_locked(const Locked&) noexcept;
  CancelNode* fell_subtree_locked(const Locked&) noexcept;
};

class CancelledAwaiter : public Awaiter<CancelledAwaiter> {
 public:
  static constexpr const char* kName = "CancellationToken::cancelled";

  explicit CancelledAwaiter(CancelNode& node) noexcept : node_(&node) {}
  CancelledAwaiter(CancelledAwaiter&& other) noexcept
      : Awaiter(other), node_(other.node_), holds_(std::exchange(other.holds_, false)) {}
  ~CancelledAwaiter() {
    if (waiting_) node_->abandon(waiter_);
    if (holds_) node_->drop_handle();
  }

  /// Keeps the token's node alive from here on.
  void hold() noexcept {
    if (!std::exchange(holds_, true)) node_->add_handle();
  }
  /// A wait that a select never starts costs no atomic operation.
  void bind(Branch& branch) noexcept {
    hold();
    Awaiter::bind(branch);
  }
  bool try_complete() const noexcept { return node_->is_cancelled(); }
  bool suspend() noexcept {
    waiter_.branch = &branch();
    return waiting_ = node_->enqueue(waiter_);
  }
  void await_resume() noexcept { waiting_ = false; }

 private:
  CancelNode* node_;
  WaitNode waiter_;
  bool waiting_ = false;
  bool holds_ = false;
};

template <class A>
class RunUntilCancelled : public SelectAwaiter<CancelledAwaiter, A> {
  using Base = SelectAwaiter<CancelledAwaiter, A>;

 public:
  template <class Arg>
  RunUntilCancelled(CancelledAwaiter&& cancelled, Arg&& operation)
      : Base(true, std::move(cancelled), std::forward<Arg>(operation)) {}
  RunUntilCancelled(RunUntilCancelled&& other) noexcept : Base(std::move(other)) {}

  std::optional<Output<A>> await_resume() {
    auto first = Base::await_resume();
    if (first.index() == 0) return std::nullopt;
    return std::get<1>(std::move(first));
  }
};

}  // namespace detail

class CancellationDropGuard;

/// Asks work to stop: whoever holds a copy can cancel, or see that it was cancelled. It only asks: a task
/// stops when it looks.
///
///     auto first = co_await select(biased, token.cancelled(), work());
///
/// Tokens form trees: cancelling one cancels all its descendants, neither its parent nor its siblings. They
/// may die in any order, and dropping one cancels nothing. Once a token is cancelled, all its descendants
/// are, at every moment.
/// Thread-safety: copies may be used at once from any thread, and so may the const calls of one.
/// Complexity: one allocation a token, none a copy.
/// Source: tokio-util's CancellationToken (tree semantics).
/// Example: runtime/examples/graceful_shutdown.cpp
class CancellationToken {
 public:
  /// A token without a parent.
  CancellationToken() : node_(detail::CancelNode::make_root()) {}
  CancellationToken(const CancellationToken& other) noexcept : node_(other.node_) {
    if (node_) node_->add_handle();
  }
  /// The token moved from may only be assigned to or destroyed.
  CancellationToken(CancellationToken&& other) noexcept : node_(std::exchange(other.node_, nullptr)) {}
  CancellationToken& operator=(CancellationToken other) noexcept {
    std::swap(node_, other.node_);
    return *this;
  }
  ~CancellationToken() {
    if (node_) node_->drop_handle();
  }

  /// Cancels this token and its descendants, and wakes those who wait for them. Idempotent.
  /// Resumes: nobody inside this call; the waiters run on their executors.
  /// Complexity: O(descendants + waiters), without recursion.
  void cancel() const noexcept { node().cancel(); }

  /// One atomic load.
  bool is_cancelled() const noexcept { return node().is_cancelled(); }

  /// Waits until the token is cancelled: `co_await token.cancelled();`
  ///
  /// Once it has begun it keeps what it needs of the token alive, and may outlive it: once it is awaited by itself, or
  /// its branch of a select or a join is started. Until then the token must live, unless it was a temporary.
  /// Resumes: on the awaiting task's executor; never inside cancel(). At once if it is cancelled already.
  /// Thread-safety: may be called at once from any thread.
  /// Cancel-safety: nothing to lose.
  /// Complexity: O(1); no allocation (the waiter lives in the awaiting coroutine's frame).
  [[nodiscard]] detail::CancelledAwaiter cancelled() const& noexcept {
    return detail::CancelledAwaiter(node());
  }
  [[nodiscard]] detail::CancelledAwaiter cancelled() const&& noexcept {
    detail::CancelledAwaiter wait(node());
    wait.hold();
    return wait;
  }

  /// Waits for an operation, but not longer than until the token is cancelled:
  ///
  ///     if (auto message = co_await token.run_until_cancelled(receiver.recv()))
  ///
  /// Operand: as for select(). Once the token is cancelled the operation is not started, nor looked at.
  /// Returns: an optional: the operation's result, Unit if it gives nothing; none: it was dropped.
  /// Throws: what escaped the operation.
  /// Thread-safety: the awaiting task's own thread; the token may be cancelled from any, and dropped as with cancelled().
  /// Cancel-safety: as that of the operation.
  /// Complexity: O(1), no allocation.
  template <detail::IsOperand A>
  [[nodiscard]] auto run_until_cancelled(A&& operation) const& {
    return detail::RunUntilCancelled<detail::OperandType<A>>(cancelled(), std::forward<A>(operation));
  }
  template <detail::IsOperand A>
  [[nodiscard]] auto run_until_cancelled(A&& operation) const&& {
    return detail::RunUntilCancelled<detail::OperandType<A>>(std::move(*this).cancelled(),
                                                             std::forward<A>(operation));
  }

  /// A token that is cancelled with this one, and can be cancelled alone. Born cancelled if this one is.
  [[nodiscard]] CancellationToken child_token() const { return CancellationToken(node().make_child()); }

  /// Cancels the token when the guard dies.
  [[nodiscard]] CancellationDropGuard drop_guard() const noexcept;

  /// Do both refer to the same token? A child is not its parent.
  friend bool operator==(const CancellationToken& a, const CancellationToken& b) noexcept {
    return a.node_ == b.node_;
  }

 private:
  friend struct std::hash<CancellationToken>;
  explicit CancellationToken(detail::CancelNode* node) noexcept : node_(node) {}

  detail::CancelNode& node() const noexcept {
    assert(node_ && "corokit: this CancellationToken was moved from");
    return *node_;
  }

  detail::CancelNode* node_;
};

/// Cancels a token when it dies, unless disarmed. It keeps the token alive. Move-only.
class [[nodiscard("the token is cancelled when this dies")]] CancellationDropGuard {
 public:
  explicit CancellationDropGuard(CancellationToken token) noexcept : token_(std::move(token)) {}
  CancellationDropGuard(CancellationDropGuard && other) noexcept
      : token_(std::move(other.token_)), armed_(std::exchange(other.armed_, false)) {}
  CancellationDropGuard& operator=(CancellationDropGuard&&) = delete;
  ~CancellationDropGuard() {
    if (armed_) token_.cancel();
  }

  /// Gives the token back; it is not cancelled.
  CancellationToken disarm() noexcept {
    armed_ = false;
    return token_;
  }

 private:
  CancellationToken token_;
  bool armed_ = true;
};

inline CancellationDropGuard CancellationToken::drop_guard() const noexcept {
  return CancellationDropGuard(*this);
}

}  // namespace corokit

template <>
struct std::hash<corokit::CancellationToken> {
  std::size_t operator()(const corokit::CancellationToken& token) const noexcept {
    return std::hash<const void*>()(token.node_);
  }
};
