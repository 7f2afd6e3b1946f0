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
    Node* next = nullptr;
    std::exception_ptr failure;  // what the beginning of the operation threw
  };

  class Next;

  struct State {
    Node* first = nullptr;  // the operations, in the order of push()
    Node* last = nullptr;
    Node* fresh = nullptr;   // the first one that has not begun; those behind it have not begun either
    Node* latest = nullptr;  // the operation that began last, unless it was over at once
    std::size_t size = 0;
    Next* waiter = nullptr;  // the next() that has begun and has no result yet
    detail::Guest guest;     // while there is none

    State() = default;
    State(const State&) = delete;
    State& operator=(const State&) = delete;
    ~State() { clear(); }

    bool has_result() const noexcept { return first && first->is_done(); }

    void push(A&& operation) {
      auto* node = new Node(std::move(operation));
      (last ? last->next : first) = node;
      last = node;
      if (!fresh) fresh = node;
      ++size;
    }
    /// Returns: false if the budget did not last for all of them.
    bool begin_fresh(detail::Branch& parent) {
      while (fresh) {
        if (latest && latest->is_out_of_budget() && waiter->is_patient()) return false;
        if (parent.task()->turn->is_spent(parent)) return false;
        Node* const node = std::exchange(fresh, fresh->next);
        waiter->begin_patience();
        try {
          if (!node->template begin<&on_done>(parent, this)) latest = node;
        } catch (...) {
          node->failure = std::current_exception();  // it is given when its turn comes
          node->mark_done();
        }
      }
      return true;
    }
    static void on_done(detail::ChildBranch& branch) {
      auto& node = static_cast<Node&>(branch);
      node.mark_done();
      auto& self = node.template owner<State>();
      if (&node == self.first) self.wake_waiter();
    }
    void wake_waiter() noexcept {
      if (waiter) waiter->wake();
    }
    detail::Branch* waiting_branch() const noexcept {
      return waiter ? waiter->waiting_branch() : guest.host_branch();
    }
    /// Removes the first operation. Returns: it.
    std::unique_ptr<Node> pop() noexcept {
      Node* const node = first;
      first = node->next;
      if (!first) last = nullptr;
      if (latest == node) latest = nullptr;
      if (--size == 0) guest.leave();
      return std::unique_ptr<Node>(node);
    }
    void clear() noexcept {
      // A destructor that runs here may use the collection. What it adds is dropped as well.
      while (Node* node = std::exchange(first, nullptr)) {
        last = fresh = latest = nullptr;
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
    static constexpr const char* kName = "FuturesOrdered::next";
    explicit Next(State& state) noexcept : state_(state) {}
    Next(Next&& other) noexcept : detail::Combinator<Next>(other), state_(other.state_) {}
    ~Next() { end(); }
    Step begin_some() {
      if (state_.waiter && state_.waiter != this)
        throw std::logic_error(
            "corokit: next() was called while another next() waits for the same FuturesOrdered");
      if (!state_.waiter && this->is_spent()) return Step::gives_way;
      state_.waiter = this;
      state_.guest.leave();
      if (!state_.begin_fresh(this->branch())) return Step::gives_way;
      if (!state_.has_result() && state_.size != 0) return Step::waits;
      this->turn().spend();
      return Step::over;
    }
    using detail::Combinator<Next>::begin_patience;
    using detail::Combinator<Next>::is_patient;
    using detail::Combinator<Next>::wake;
    std::optional<Value> await_resume() {
      end();
      this->throw_failure();
      if (!state_.has_result()) return std::nullopt;
      const std::unique_ptr<Node> owned = state_.pop();
      if (owned->failure) std::rethrow_exception(owned->failure);
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
  /// Waits for the operation that was pushed first: `while (auto result = co_await pages.next())`
  ///
  /// Resumes: in the awaiting task.
  /// Returns: the result of the operation; none once the collection is empty, until the next push().
  /// Throws: the exception that escaped the operation, or its beginning; it has left the collection then.
  ///   std::logic_error while another next() waits.
  /// Thread-safety: the awaiting task's own thread; one next() at a time.
  /// Cancel-safety: safe: no result is lost.
  /// Complexity: O(1), besides beginning the operations that were pushed since the last next().
  [[nodiscard]] Next next() noexcept { return Next(*state_); }

 private:
  std::unique_ptr<State> state_;
};

}  // namespace corokit
