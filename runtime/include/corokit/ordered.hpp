#pragma once
#include <corokit/detail/task/frame_pool.hpp>
#include <corokit/detail/task/futures.hpp>

#include <cstddef>
#include <exception>
#include <memory>
#include <utility>

namespace corokit {

/// Runs many operations of one type concurrently, and gives their results in the order of push():
///
///     FuturesOrdered<Task<Page>> pages;
///     for (...) {
///       if (pages.size() == 8) write(*co_await pages.next());       // eight at a time, written in order
///       pages.push(fetch(url));
///     }
///     while (auto page = co_await pages.next()) write(*page);
///
/// A result that comes before its turn is kept. As FuturesUnordered otherwise: an operation begins with the first next()
/// after its push(), runs in the task that awaits that next(), and belongs to that task from then on.
///
/// Thread-safety: one task.
/// Limits: as FuturesUnordered.
/// Complexity: O(1) for push() and for each result, whatever the number of operations; one allocation an operation.
/// Source: FuturesOrdered of futures-rs.
template <class A>
class FuturesOrdered {
  static_assert(detail::check_operand<A>());

 public:
  using Value = detail::Output<A>;

  FuturesOrdered() : state_(std::make_unique<State>()) {}
  FuturesOrdered(FuturesOrdered&&) noexcept = default;
  FuturesOrdered& operator=(FuturesOrdered&&) noexcept = default;
  ~FuturesOrdered() = default;

  /// Adds an operation behind the others. It begins with the first next() after this.
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
    Node* next = nullptr;
    std::exception_ptr failure;  // what the beginning of the operation threw
  };

  class State : public detail::Futures<State, Node, Value> {
   public:
    static constexpr const char* kName = "FuturesOrdered::next";
    static constexpr const char* kUsedTwice =
        "corokit: next() was called while another next() waits for the same FuturesOrdered";

    State() = default;
    ~State() { this->clear(); }
    void push(A&& operation) {
      auto* node = new Node(std::move(operation));
      (last_ ? last_->next : first_) = node;
      last_ = node;
      if (!fresh_) fresh_ = node;
      this->added();
    }

   private:
    friend detail::Futures<State, Node, Value>;

    bool has_fresh() const noexcept { return fresh_; }
    Node* pop_fresh() noexcept { return std::exchange(fresh_, fresh_->next); }
    static void ended_at_once(Node&) noexcept {}
    static void failed(Node& node) noexcept {
      node.failure = std::current_exception();  // it is given when its turn comes
      node.mark_done();
    }
    bool ended(Node& node) noexcept {
      node.mark_done();
      return &node == first_;
    }
    bool has_result() const noexcept { return first_ && first_->is_done(); }
    Value pop() {
      const std::unique_ptr<Node> owned(first_);
      first_ = owned->next;
      if (!first_) last_ = nullptr;
      this->removed(*owned);
      if (owned->failure) std::rethrow_exception(owned->failure);
      return owned->take();
    }
    Node* take_all() noexcept {
      last_ = fresh_ = nullptr;
      return std::exchange(first_, nullptr);
    }
    const Node* first() const noexcept { return first_; }

    Node* first_ = nullptr;  // the operations, in the order of push()
    Node* last_ = nullptr;
    Node* fresh_ = nullptr;  // the first one that has not begun; those behind it have not begun either
  };

 public:
  /// Waits for the operation that was pushed first: `while (auto result = co_await pages.next())`
  ///
  /// Resumes: in the awaiting task.
  /// Returns: the result of the operation; none once the collection is empty, until the next push().
  /// Throws: the exception that escaped the operation, or its beginning; it has left the collection then.
  ///   std::logic_error while another next() waits.
  /// Thread-safety: the awaiting task's own thread; one next() at a time.
  /// Cancel-safety: safe: no result is lost.
  /// Complexity: O(1), besides beginning the operations that were pushed since the last next().
  [[nodiscard]] auto next() noexcept { return typename State::Next(*state_); }

 private:
  std::unique_ptr<State> state_;
};

}  // namespace corokit
