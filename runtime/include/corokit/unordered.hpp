#pragma once
#include <corokit/detail/task/frame_pool.hpp>
#include <corokit/detail/task/operand.hpp>

#include <cstddef>
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
  /// Drops all operations. A next() that waits gives none. The collection can be used again.
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

  struct State {
    Node* all = nullptr;
    Fifo fresh;  // operations that have not begun
    Fifo done;   // operations that are over, in the order of completion
    std::size_t size = 0;
    detail::Branch* waiter = nullptr;  // the branch of the next() that has begun and has no result yet
    bool waiter_sleeps = false;

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
    void begin_fresh(detail::Branch& parent) {
      while (Node* node = fresh.pop()) {
        try {
          if (node->begin(parent, this, &on_done)) done.push(*node);
        } catch (...) {
          extract(*node);  // the operation did not begin, so it will never end
          throw;
        }
      }
    }
    static void on_done(detail::ChildBranch& branch) {
      auto& node = static_cast<Node&>(branch);
      auto& self = node.template owner<State>();
      self.done.push(node);
      self.wake_waiter();
    }
    void wake_waiter() noexcept {
      if (std::exchange(waiter_sleeps, false)) waiter->task()->turn->queue.push(*waiter);
    }
    /// Removes a node from the list of all operations. Returns: the node, which the caller owns.
    std::unique_ptr<Node> extract(Node& node) noexcept {
      (node.prev ? node.prev->next : all) = node.next;
      if (node.next) node.next->prev = node.prev;
      --size;
      return std::unique_ptr<Node>(&node);
    }
    void clear() noexcept {
      // One pass over the turn's lists serves all nodes.
      detail::TaskHeader* task = nullptr;
      for (Node* node = all; node; node = node->next) {
        if (node->part_of) task = node->part_of;
        node->cancel_and_disown();
      }
      if (task) task->turn->forget_disowned();
      while (all) delete std::exchange(all, all->next);
      fresh = done = Fifo{};
      size = 0;
      wake_waiter();
    }
  };

  class Next : public detail::Awaiter<Next> {
   public:
    static constexpr const char* kName = "FuturesUnordered::next";
    explicit Next(State& state) noexcept : state_(state) {}
    Next(Next&& other) noexcept : detail::Awaiter<Next>(other), state_(other.state_) {}
    ~Next() {
      if (begun_) end();
    }
    bool try_complete() {
      if (state_.waiter)
        throw std::logic_error(
            "corokit: next() was called while another next() waits for the same FuturesUnordered");
      state_.begin_fresh(this->branch());
      begun_ = true;
      state_.waiter = &this->branch();
      return state_.done.first || state_.size == 0;
    }
    bool suspend() noexcept { return state_.waiter_sleeps = true; }
    std::optional<Value> await_resume() {
      end();
      Node* node = state_.done.pop();
      if (!node) return std::nullopt;
      const std::unique_ptr<Node> owned = state_.extract(*node);
      return owned->take();
    }

   private:
    void end() noexcept {
      begun_ = false;
      state_.waiter = nullptr;
      state_.waiter_sleeps = false;
    }

    State& state_;
    bool begun_ = false;
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
