#pragma once
#include <corokit/detail/task/combinator.hpp>
#include <corokit/detail/task/frame_pool.hpp>
#include <corokit/detail/task/operand.hpp>
#include <corokit/detail/task/setting.hpp>

#include <cstddef>
#include <exception>
#include <memory>
#include <optional>
#include <stdexcept>
#include <utility>

namespace corokit {

/// Runs many operations of one type concurrently, and gives their results in the order of completion:
///
///     FuturesUnordered<JoinHandle<int>> running;
///     for (...) running.push(spawn(work(i)));
///     while (auto result = co_await running.next()) ...
///
/// An operation (a Task, a JoinHandle or another awaitable) begins with the first next() after its push(), and runs in
/// the task that awaits that next(). From then on it belongs to that task, which must also destroy it. Dropping the
/// collection drops the operations.
///
/// Thread-safety: one task.
/// Limits: operations that hold collections of their own may nest a thousand deep if they are dropped before they end;
///   select(), join() and timeout() nest to any depth.
/// Complexity: O(1) for push() and for each result, whatever the number of operations; one allocation an operation.
template <class A>
class FuturesUnordered {
  static_assert(detail::check_operand<A>());

 public:
  using Value = detail::Output<A>;

  FuturesUnordered() : state_(std::make_unique<State>()) {}
  FuturesUnordered(FuturesUnordered&&) noexcept = default;
  FuturesUnordered& operator=(FuturesUnordered&&) noexcept = default;
  ~FuturesUnordered() = default;

  /// Adds an operation, which begins with the first next() after this.
  void push(A operation) { state_->push(std::move(operation)); }
  /// Returns: the number of operations whose result was not given yet.
  std::size_t size() const noexcept { return state_->size; }
  /// Returns: true if size() is 0.
  bool empty() const noexcept { return state_->size == 0; }
  /// Drops all operations. A next() that waits gives none. The collection can be used again; a destructor of an
  /// operation may do so as well, and what it adds is dropped.
  /// Requires: the calling task is the one that the operations belong to, if any has begun.
  void clear() noexcept { state_->clear(); }

 private:
  struct Node : detail::OperandBranch<A>, detail::FromFramePool<Node> {
    explicit Node(A&& operation) : detail::OperandBranch<A>(std::move(operation)) {}
    Node* prev = nullptr;  // prev and next link the list of all operations
    Node* next = nullptr;
    Node* following = nullptr;  // links the list of those that are fresh, or of those that are done
  };

  struct Fifo {
    Node* first = nullptr;
    Node* last = nullptr;
    void push(Node& node) noexcept {
      node.following = nullptr;
      (last ? last->following : first) = &node;
      last = &node;
    }
    Node* pop() noexcept {
      Node* node = first;
      if (!node) return nullptr;
      first = node->following;
      if (first)
        __builtin_prefetch(first, 1);
      else
        last = nullptr;
      return node;
    }
  };

  class Next;

  struct State {
    Node* all = nullptr;
    Fifo fresh;              // operations that have not begun
    Fifo done;               // operations that are over, in the order of completion
    Node* latest = nullptr;  // the operation that began last, unless it was over at once
    std::size_t size = 0;
    Next* waiter = nullptr;  // the next() that has begun and has no result yet
    detail::Guest guest;     // while there is none

    State() = default;
    State(const State&) = delete;
    State& operator=(const State&) = delete;
    ~State() { clear(); }

    void push(A&& operation) {
      auto* node = new Node(std::move(operation));
      node->next = all;
      if (all) all->prev = node;
      all = node;
      ++size;
      fresh.push(*node);
    }
    /// Returns: false if the budget did not last for all of them.
    bool begin_fresh(detail::Branch& parent) {
      while (fresh.first) {
        if (latest && latest->is_out_of_budget() && waiter->is_patient()) return false;
        if (parent.task()->turn->is_spent(parent)) return false;
        Node* const node = fresh.pop();
        waiter->begin_patience();
        try {
          if (node->template begin<&on_done>(parent, this))
            done.push(*node);
          else
            latest = node;
        } catch (...) {
          extract(*node);  // the operation did not begin, so it will never end
          throw;
        }
      }
      return true;
    }
    static void on_done(detail::ChildBranch& branch) {
      auto& node = static_cast<Node&>(branch);
      auto& self = node.template owner<State>();
      self.done.push(node);
      self.wake_waiter();
    }
    void wake_waiter() noexcept {
      if (waiter) waiter->wake();
    }
    detail::Branch* waiting_branch() const noexcept {
      return waiter ? waiter->waiting_branch() : guest.host_branch();
    }
    /// Removes a node from the list of all operations. Returns: the node, which the caller owns.
    std::unique_ptr<Node> extract(Node& node) noexcept {
      (node.prev ? node.prev->next : all) = node.next;
      if (node.next) node.next->prev = node.prev;
      if (latest == &node) latest = nullptr;
      if (--size == 0) guest.leave();
      return std::unique_ptr<Node>(&node);
    }
    void clear() noexcept {
      // A destructor that runs here may use the collection. What it adds is dropped as well.
      while (Node* node = std::exchange(all, nullptr)) {
        fresh = done = Fifo{};
        latest = nullptr;
        size = 0;
        // All are cancelled before the first is deleted: the end of one may end another.
        for (Node* each = node; each; each = each->next) each->cancel();
        while (node) delete std::exchange(node, node->next);
      }
      guest.leave();  // nothing is left that could run
      wake_waiter();
    }
  };

  class Next : public detail::Combinator<Next> {
   public:
    using Step = typename detail::Combinator<Next>::Step;
    static constexpr const char* kName = "FuturesUnordered::next";
    explicit Next(State& state) noexcept : state_(state) {}
    Next(Next&& other) noexcept : detail::Combinator<Next>(other), state_(other.state_) {}
    ~Next() { end(); }
    Step begin_some() {
      if (state_.waiter && state_.waiter != this)
        throw std::logic_error(
            "corokit: next() was called while another next() waits for the same FuturesUnordered");
      if (!state_.waiter && this->is_spent()) return Step::gives_way;
      state_.waiter = this;
      state_.guest.leave();
      if (!state_.begin_fresh(this->branch())) return Step::gives_way;
      if (!state_.done.first && state_.size != 0) return Step::waits;
      this->turn().spend();
      return Step::over;
    }
    using detail::Combinator<Next>::begin_patience;
    using detail::Combinator<Next>::is_patient;
    using detail::Combinator<Next>::wake;
    std::optional<Value> await_resume() {
      end();
      this->throw_failure();
      Node* node = state_.done.pop();
      if (!node) return std::nullopt;
      const std::unique_ptr<Node> owned = state_.extract(*node);
      return owned->take();
    }

   private:
    void end() noexcept {
      if (state_.waiter != this) return;
      state_.waiter = nullptr;
      if (state_.size != 0) state_.guest.enter(this->branch());
    }

    State& state_;
  };

 public:
  /// Waits for the next operation that ends: `while (auto result = co_await running.next())`
  ///
  /// Resumes: in the awaiting task.
  /// Returns: the result of the operation; none once the collection is empty, until the next push().
  /// Throws: the exception that escaped the operation, or its beginning, in which case the operation has left the
  ///   collection; std::logic_error while another next() waits.
  /// Thread-safety: the awaiting task's own thread; one next() at a time.
  /// Cancel-safety: safe: no result is lost.
  /// Complexity: O(1), besides beginning the operations that were pushed since the last next().
  [[nodiscard]] Next next() noexcept { return Next(*state_); }

 private:
  std::unique_ptr<State> state_;
};

}  // namespace corokit
