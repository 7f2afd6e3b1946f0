#pragma once
#include <corokit/detail/task/frame_pool.hpp>
#include <corokit/detail/task/futures.hpp>

#include <cstddef>
#include <memory>
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
  std::size_t size() const noexcept { return state_->size(); }
  /// Returns: true if size() is 0.
  bool empty() const noexcept { return size() == 0; }
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

  class State : public detail::Futures<State, Node, Value> {
   public:
    static constexpr const char* kName = "FuturesUnordered::next";
    static constexpr const char* kUsedTwice =
        "corokit: next() was called while another next() waits for the same FuturesUnordered";

    State() = default;
    ~State() { this->clear(); }
    void push(A&& operation) {
      auto* node = new Node(std::move(operation));
      node->next = all_;
      if (all_) all_->prev = node;
      all_ = node;
      this->added();
      fresh_.push(*node);
    }

   private:
    friend detail::Futures<State, Node, Value>;

    bool has_fresh() const noexcept { return fresh_.first; }
    Node* pop_fresh() noexcept { return fresh_.pop(); }
    void ended_at_once(Node& node) noexcept { done_.push(node); }
    void failed(Node& node) {
      extract(node);  // the operation did not begin, so it will never end
      throw;
    }
    bool ended(Node& node) noexcept {
      done_.push(node);
      return true;
    }
    bool has_result() const noexcept { return done_.first; }
    Value pop() { return extract(*done_.pop())->take(); }
    /// Removes a node from the list of all operations. Returns: the node, which the caller owns.
    std::unique_ptr<Node> extract(Node& node) noexcept {
      (node.prev ? node.prev->next : all_) = node.next;
      if (node.next) node.next->prev = node.prev;
      this->removed(node);
      return std::unique_ptr<Node>(&node);
    }
    Node* take_all() noexcept {
      fresh_ = done_ = Fifo{};
      return std::exchange(all_, nullptr);
    }
    const Node* first() const noexcept { return all_; }

    Node* all_ = nullptr;
    Fifo fresh_;  // operations that have not begun
    Fifo done_;   // operations that are over, in the order of completion
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
  [[nodiscard]] auto next() noexcept { return typename State::Next(*state_); }

 private:
  std::unique_ptr<State> state_;
};

}  // namespace corokit
