#pragma once
#include <corokit/detail/task/combinator.hpp>
#include <corokit/detail/task/operand.hpp>
#include <corokit/detail/task/setting.hpp>

#include <cstddef>
#include <optional>
#include <stdexcept>
#include <utility>

namespace corokit::detail {

/// What FuturesOrdered and FuturesUnordered have in common: operations that begin with the first next() after they were
/// pushed, in the task that awaits it, and that go on when it is over.
///
/// A `Node` is an OperandBranch, linked to another one by `next`. `Order` derives from this class, keeps the nodes, and
/// decides whose result is next. It provides:
///   static constexpr const char* kName, kUsedTwice   the name of next() in reports; what a second next() throws
///   bool has_fresh() / Node* pop_fresh()             those that have not begun
///   void ended_at_once(Node&)         it was over when it began
///   void failed(Node&)                it threw when it began; called in the handler, and may throw on
///   bool ended(Node&)                 it is over. Returns: whether there is a result for next()
///   bool has_result() / Value pop()   the result that is next
///   Node* take_all()                  forgets all operations. Returns: their list
///   const Node* first() const         their list
/// and calls added() and removed() for each operation, and clear() in its destructor.
template <class Order, class Node, class Value>
class Futures {
 public:
  class Next;
  static constexpr bool kIsAwaitedAgain = true;

  Futures() = default;
  Futures(const Futures&) = delete;
  Futures& operator=(const Futures&) = delete;

  std::size_t size() const noexcept { return size_; }
  void clear() noexcept {
    // A destructor that runs here may use the collection. What it adds is dropped as well.
    while (Node* node = order().take_all()) {
      latest_ = nullptr;
      size_ = 0;
      // All are cancelled before the first is deleted: the end of one may end another.
      for (Node* each = node; each; each = each->next) each->cancel();
      while (node) delete std::exchange(node, node->next);
    }
    guest_.leave();  // nothing is left that could run
    wake_waiter();
  }
  /// Returns: the branch that waits for the operations. For OperandBranch::begin().
  Branch* waiting_branch() const noexcept {
    return waiter_ ? waiter_->waiting_branch() : guest_.host_branch();
  }

 protected:
  ~Futures() = default;

  void added() noexcept { ++size_; }
  void removed(const Node& node) noexcept {
    if (latest_ == &node) latest_ = nullptr;
    if (--size_ == 0) guest_.leave();
  }

 private:
  Order& order() noexcept { return static_cast<Order&>(*this); }

  /// Returns: false if the budget did not last for all of them.
  bool begin_fresh(Branch& parent) {
    while (order().has_fresh()) {
      if (latest_ && latest_->is_out_of_budget() && waiter_->is_patient()) return false;
      if (parent.task()->turn->is_spent(parent)) return false;
      Node* const node = order().pop_fresh();
      waiter_->begin_patience();
      try {
        if (node->template begin<&on_done>(parent, this))
          order().ended_at_once(*node);
        else
          latest_ = node;
      } catch (...) {
        order().failed(*node);
      }
    }
    return true;
  }
  static void on_done(ChildBranch& branch) {
    auto& node = static_cast<Node&>(branch);
    auto& self = node.template owner<Futures>();
    if (self.order().ended(node)) self.wake_waiter();
  }
  void wake_waiter() noexcept {
    if (waiter_) waiter_->wake();
  }

  Node* latest_ = nullptr;  // the operation that began last, unless it was over at once
  std::size_t size_ = 0;
  Next* waiter_ = nullptr;  // the next() that has begun and has no result yet
  Guest guest_;             // while there is none
};

/// The wait for the next result.
template <class Order, class Node, class Value>
class Futures<Order, Node, Value>::Next : public Combinator<Next> {
  using Base = Combinator<Next>;

 public:
  using Step = typename Base::Step;
  static constexpr const char* kName = Order::kName;
  static constexpr bool kKeepsResult = true;  // in the collection
  explicit Next(Futures& futures) noexcept : futures_(futures) {}
  Next(Next&& other) noexcept : Base(other), futures_(other.futures_) {}
  ~Next() { end(); }
  Step begin_some() {
    if (futures_.waiter_ && futures_.waiter_ != this) throw std::logic_error(Order::kUsedTwice);
    if (!futures_.waiter_ && this->is_spent()) return Step::gives_way;
    futures_.waiter_ = this;
    futures_.guest_.leave();
    if (!futures_.begin_fresh(this->branch())) return Step::gives_way;
    if (!futures_.order().has_result() && futures_.size_ != 0) return Step::waits;
    this->turn().spend();
    return Step::over;
  }
  void describe(WaitReport& report) const {
    std::size_t left = futures_.size_;
    const Node* node = static_cast<const Order&>(futures_).first();
    for (; node && !report.is_full(); node = node->next, --left) report.branch(*node);
    report.more(left);
  }
  using Base::begin_patience;
  using Base::is_patient;
  using Base::wake;
  std::optional<Value> await_resume() {
    end();
    this->throw_failure();
    if (!futures_.order().has_result()) return std::nullopt;
    return futures_.order().pop();
  }

 private:
  void end() noexcept {
    if (futures_.waiter_ != this) return;
    futures_.waiter_ = nullptr;
    if (futures_.size_ != 0) futures_.guest_.enter(this->branch());
  }

  Futures& futures_;
};

}  // namespace corokit::detail
