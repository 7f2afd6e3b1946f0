#pragma once
#include <corokit/detail/task/combinator.hpp>
#include <corokit/detail/task/operand.hpp>
#include <corokit/detail/task/setting.hpp>

#include <utility>

namespace corokit {

/// An operation that begins once and can be waited for several times, by reference. With it, a loop around select()
/// keeps a wait, or a half-done Task, from one iteration to the next.
///
///     auto stop = pin(token.cancelled());
///     for (;;) { auto first = co_await select(receiver.recv(), stop); ... }
///
/// The operation begins with the first wait, and goes on whenever its task runs, even while nothing waits for it. From
/// the first wait on it belongs to that task, which must also destroy it. Its result is given once.
///
/// Resumes: in the awaiting task.
/// Throws: the exception that escaped the operation.
/// Thread-safety: the awaiting task's own thread.
/// Cancel-safety: a dropped wait loses nothing; dropping the Pinned drops the operation.
/// Complexity: no allocation.
template <class A>
class Pinned {
  static_assert(detail::check_operand<A>());

 public:
  /// For pin().
  template <class Arg>
  explicit Pinned(std::in_place_t, Arg&& operation) : branch_(std::forward<Arg>(operation)) {}
  Pinned(const Pinned&) = delete;
  Pinned& operator=(const Pinned&) = delete;

  /// A wait for the operation; co_await makes it.
  class Wait : public detail::Combinator<Wait> {
   public:
    using Step = typename detail::Combinator<Wait>::Step;
    static constexpr const char* kName = "Pinned";
    static constexpr bool kKeepsResult = true;  // in the Pinned
    /// For operator co_await().
    explicit Wait(Pinned& pinned) noexcept : pinned_(pinned) {}
    Wait(Wait&& other) noexcept : detail::Combinator<Wait>(other), pinned_(other.pinned_) {}
    ~Wait() { stop(); }
    /// Begins the operation with the first wait.
    Step begin_some() {
      auto& branch = pinned_.branch_;
      pinned_.guest_.leave();
      if (!branch.part_of) {
        if (this->is_spent()) return Step::gives_way;
        pinned_.waiter_ = this;
        if (branch.template begin<&done>(this->branch(), &pinned_)) return Step::over;
      } else if (branch.is_done()) {
        return Step::over;
      }
      pinned_.waiter_ = this;
      return any_out_of_budget() ? Step::gives_way : Step::waits;
    }
    /// Tells a report where the operation waits.
    void describe(detail::WaitReport& report) const { report.branch(pinned_.branch_); }
    /// Returns: true while the operation only waits for a budget.
    bool any_out_of_budget() const noexcept { return pinned_.branch_.is_out_of_budget(); }
    /// Returns: what the operation gave. Throws: what escaped it.
    auto await_resume() {
      stop();
      this->throw_failure();
      return pinned_.branch_.take();
    }
    using detail::Combinator<Wait>::wake;

   private:
    void stop() noexcept {
      if (pinned_.waiter_ != this) return;
      pinned_.waiter_ = nullptr;
      if (!pinned_.branch_.is_done()) pinned_.guest_.enter(this->branch());
    }

    Pinned& pinned_;
  };

  /// Waits for the operation, which goes on from where it was.
  ///
  /// Thread-safety: the awaiting task's own thread.
  /// Cancel-safety: the operation stays where it is, and can be awaited again.
  Wait operator co_await() & noexcept { return Wait(*this); }

  static constexpr bool kIsAwaitedAgain = true;  ///< for the runtime: one branch after the other waits
  /// For the runtime: the branch that waits for the operation.
  detail::Branch* waiting_branch() const noexcept {
    return waiter_ ? waiter_->waiting_branch() : guest_.host_branch();
  }

 private:
  static void done(detail::ChildBranch& ended) {
    auto& branch = static_cast<detail::OperandBranch<A>&>(ended);
    branch.mark_done();
    auto& self = branch.template owner<Pinned>();
    self.guest_.leave();
    if (Wait* waiter = std::exchange(self.waiter_, nullptr)) waiter->wake();
  }

  Wait* waiter_ = nullptr;
  detail::Guest guest_;  // while nothing waits
  detail::OperandBranch<A> branch_;
};

/// Makes a Pinned of a Task or another awaitable, which is moved in.
template <class A>
[[nodiscard]] Pinned<std::remove_cvref_t<A>> pin(A&& operation) {
  static_assert(!std::is_lvalue_reference_v<A>, "corokit: move the operation into pin()");
  return Pinned<std::remove_cvref_t<A>>(std::in_place, std::forward<A>(operation));
}

}  // namespace corokit
