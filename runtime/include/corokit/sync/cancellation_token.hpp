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

/// What the copies of a token share. The nodes of a tree share one lock, which the tree holds.
///
/// Who may touch what: `handles` counts tokens and awaiters. Any thread may read `cancelled`, which is set under the
/// tree's lock. The tree's lock guards the links. The node's own lock guards the queue of waiters; a thread that needs
/// both locks takes the tree's first.
struct CancelNode {
  Atomic<std::uint32_t> handles{1};
  Atomic<bool> cancelled{false};  // false to true, once
  Lock lock;
  WaitList waiters;
  CancelTree* const tree;
  CancelNode* parent = nullptr;
  CancelNode* first_child = nullptr;
  CancelNode* prev = nullptr;  // prev and next link the children of its parent
  CancelNode* next = nullptr;

  explicit CancelNode(CancelTree& owner) noexcept : tree(&owner) {}

  bool is_cancelled() const noexcept {
    // [cancel] acquire: sees what was done before cancel(). Pairs with: [cancel] release in cancel().
    return cancelled.load(std::memory_order_acquire);
  }
  void add_handle() noexcept { handles.fetch_add(1, std::memory_order_relaxed); }  // the caller has one
  void drop_handle() noexcept {
    // [handle] release: the use of this handle comes before the end of the node. acquire: by the last handle.
    if (handles.fetch_sub(1, std::memory_order_acq_rel) == 1) destroy();
  }

  static CancelNode* make_root();
  CancelNode* make_child();
  void cancel() noexcept;
  /// Returns: false, without linking the waiter, if the node is cancelled.
  bool enqueue(WaitNode& waiter) noexcept;
  void abandon(WaitNode& waiter) noexcept;

 private:
  void destroy() noexcept;
  void link_locked(CancelNode& child, const Locked&) noexcept;
  void unlink_locked(const Locked&) noexcept;
  CancelNode* detach_subtree_locked(const Locked&) noexcept;
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

  /// Keeps the node alive from here on.
  void hold() noexcept {
    if (!std::exchange(holds_, true)) node_->add_handle();
  }
  /// It takes the handle only here, so that a wait that a select never begins costs no atomic operation.
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
class RunUntilCancelled : public SelectAwaiter<true, CancelledAwaiter, A> {
  using Base = SelectAwaiter<true, CancelledAwaiter, A>;

 public:
  template <class Arg>
  RunUntilCancelled(CancelledAwaiter&& cancelled, Arg&& operation)
      : Base(std::in_place, std::move(cancelled), std::forward<Arg>(operation)) {}
  RunUntilCancelled(RunUntilCancelled&& other) noexcept : Base(std::move(other)) {}

  std::optional<Output<A>> await_resume() {
    auto first = Base::await_resume();
    if (first.index() == 0) return std::nullopt;
    return std::get<1>(std::move(first));
  }
};

}  // namespace detail

class CancellationDropGuard;

/// Asks work to stop. Every copy of a token can cancel it, and can see or await that it is cancelled. A token only
/// asks: a task stops when it checks the token.
///
///     auto first = co_await select(biased, token.cancelled(), work());
///
/// Tokens form trees. Cancelling a token cancels all its descendants, but neither its parent nor its siblings. Tokens
/// may be destroyed in any order, and dropping one cancels nothing. A token that is cancelled never has a descendant
/// that is not.
///
/// Thread-safety: copies may be used at once from any thread, and so may the const members of one token.
/// Complexity: one allocation for each token, and none for a copy. The last copy of a token hands its children to its
///   parent, in O(children).
/// Source: tokio-util's CancellationToken (tree semantics).
/// Example: runtime/examples/graceful_shutdown.cpp
class CancellationToken {
 public:
  /// Makes a token without a parent.
  CancellationToken() : node_(detail::CancelNode::make_root()) {}
  CancellationToken(const CancellationToken& other) noexcept : node_(other.node_) {
    if (node_) node_->add_handle();
  }
  /// The token that is moved from may only be assigned to or destroyed.
  CancellationToken(CancellationToken&& other) noexcept : node_(std::exchange(other.node_, nullptr)) {}
  CancellationToken& operator=(CancellationToken other) noexcept {
    std::swap(node_, other.node_);
    return *this;
  }
  ~CancellationToken() {
    if (node_) node_->drop_handle();
  }

  /// Cancels this token and its descendants, and wakes their waiters. No waiter runs inside this call. Idempotent.
  /// Thread-safety: may be called at once from any thread.
  /// Complexity: O(descendants + waiters), without recursion.
  void cancel() const noexcept { node().cancel(); }

  /// Returns: true if the token is cancelled. Complexity: one atomic load.
  bool is_cancelled() const noexcept { return node().is_cancelled(); }

  /// Waits until the token is cancelled: `co_await token.cancelled();`
  ///
  /// The wait may outlive the token once it has begun: once it is awaited, or a select or a join has begun it as an
  /// operand. Until then the token must be alive, unless it is a temporary.
  ///
  /// Resumes: on the awaiting task's executor; never inside cancel(). It does not suspend if the token is cancelled.
  /// Thread-safety: may be called at once from any thread.
  /// Cancel-safety: nothing to lose.
  /// Complexity: O(1); no allocation (the waiter lives in the awaiting coroutine's frame).
  [[nodiscard]] detail::CancelledAwaiter cancelled() const& noexcept {
    return detail::CancelledAwaiter(node());
  }
  /// As for an lvalue, but for a temporary token: the wait keeps it alive.
  /// Thread-safety: may be called at once from any thread.
  /// Cancel-safety: nothing to lose.
  [[nodiscard]] detail::CancelledAwaiter cancelled() const&& noexcept {
    detail::CancelledAwaiter wait(node());
    wait.hold();
    return wait;
  }

  /// Waits for an operation until it is over or the token is cancelled:
  ///
  ///     if (auto message = co_await token.run_until_cancelled(receiver.recv()))
  ///
  /// Operand: as for select(). If the token is already cancelled, the operation is not begun.
  /// Resumes: in the calling task.
  /// Returns: an optional with the operation's result, Unit if it gives nothing; none if the token was cancelled first,
  ///   in which case the operation is dropped.
  /// Throws: the exception that escaped the operation.
  /// Thread-safety: the awaiting task's own thread; any thread may cancel the token.
  /// Cancel-safety: as that of the operation.
  /// Complexity: O(1), no allocation.
  template <detail::IsOperand A>
  [[nodiscard]] auto run_until_cancelled(A&& operation) const& {
    return detail::RunUntilCancelled<detail::OperandType<A>>(cancelled(), std::forward<A>(operation));
  }
  /// As for an lvalue, but for a temporary token: the wait keeps it alive.
  /// Thread-safety: the awaiting task's own thread; any thread may cancel the token.
  /// Cancel-safety: as that of the operation.
  template <detail::IsOperand A>
  [[nodiscard]] auto run_until_cancelled(A&& operation) const&& {
    return detail::RunUntilCancelled<detail::OperandType<A>>(std::move(*this).cancelled(),
                                                             std::forward<A>(operation));
  }

  /// Returns: a new token that is cancelled when this one is, and that can be cancelled alone. It is cancelled from the
  /// start if this one is.
  [[nodiscard]] CancellationToken child_token() const { return CancellationToken(node().make_child()); }

  /// Returns: a guard that cancels the token when it is destroyed.
  [[nodiscard]] CancellationDropGuard drop_guard() const noexcept;

  /// Returns: true if both are copies of the same token. A child is not equal to its parent.
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

/// Cancels a token when it is destroyed, unless it was disarmed. It keeps the token alive. Move-only.
class [[nodiscard("its destructor cancels the token")]] CancellationDropGuard {
 public:
  /// For CancellationToken::drop_guard().
  explicit CancellationDropGuard(CancellationToken token) noexcept : token_(std::move(token)) {}
  CancellationDropGuard(CancellationDropGuard && other) noexcept
      : token_(std::move(other.token_)), armed_(std::exchange(other.armed_, false)) {}
  CancellationDropGuard& operator=(CancellationDropGuard&&) = delete;
  ~CancellationDropGuard() {
    if (armed_) token_.cancel();
  }

  /// Stops the guard from cancelling the token. Returns: the token.
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

/// Copies of a token have the same hash.
template <>
struct std::hash<corokit::CancellationToken> {
  /// Returns: the hash of the token that all copies share.
  std::size_t operator()(const corokit::CancellationToken& token) const noexcept {
    return std::hash<const void*>()(token.node_);
  }
};
