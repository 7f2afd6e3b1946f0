#pragma once
#include <corokit/detail/task/combinator.hpp>
#include <corokit/detail/task/operand.hpp>

#include <type_traits>
#include <utility>

namespace corokit::detail {

class Guest;

/// Something that holds for an operation and all that it awaits: the value of a TaskLocal, or that no budget binds it.
///
/// It begins with the branch of the operation. A search starts at the branch that runs, and goes on to the branch that
/// waits for it, and so on: the innermost setting is found first. There is no search in a task that never had a setting
/// (TaskHeader::has_settings). It belongs to the thread that runs the task.
class Setting {
 public:
  /// `kind`: the address of the TaskLocal, or kUnconstrained. `value`: the value of the TaskLocal.
  Setting(const void* kind, void* value, ChildBranch& branch) noexcept
      : kind_(kind), value_(value), branch_(&branch) {}
  Setting(const Setting&) = delete;
  Setting& operator=(const Setting&) = delete;
  ~Setting() = default;

  /// Returns: the innermost setting of a kind that holds for what runs on the branch; null if there is none.
  static Setting* find(const Branch* branch, const void* kind) noexcept;
  /// As find(), of any kind.
  static Setting* find_any(const Branch* branch) noexcept;

  void* value() const noexcept { return value_; }
  ChildBranch& branch() const noexcept { return *branch_; }
  /// Hands its guests to the setting around it. `outside`: the branch that waits for the operation.
  void close(const Branch* outside) noexcept;

  static const char kUnconstrained;

 private:
  friend class Guest;
  const void* kind_;
  void* value_;
  ChildBranch* branch_;
  Guest* guests_ = nullptr;
};

/// A collection of operations, or a pinned one, while nothing waits for it. Its operations go on meanwhile: with the
/// innermost setting in which they were last waited for, as long as that holds, and then with the one around it.
class Guest {
 public:
  Guest() noexcept = default;
  Guest(const Guest&) = delete;
  Guest& operator=(const Guest&) = delete;
  ~Guest() { leave(); }

  /// Becomes a guest of the innermost setting of a branch, which has waited until now.
  void enter(Branch& branch) noexcept {
    if (branch.task()->has_settings) stay_in(Setting::find_any(&branch));
  }
  void leave() noexcept {
    if (host_) stay_in(nullptr);
  }
  /// Returns: the branch to which the setting belongs; null if there is none.
  Branch* host_branch() const noexcept { return host_ ? &host_->branch() : nullptr; }

 private:
  friend class Setting;
  void stay_in(Setting* host) noexcept;

  Setting* host_ = nullptr;
  Guest* prev_ = nullptr;  // prev_ and next_ link the guests of a setting
  Guest* next_ = nullptr;
};

/// Names the branch that runs, while something of it runs outside of the run loop.
class [[nodiscard]] RunsOn {
 public:
  RunsOn(Turn& turn, Branch& branch) noexcept : turn_(turn), outer_(std::exchange(turn.running, &branch)) {}
  RunsOn(const RunsOn&) = delete;
  RunsOn& operator=(const RunsOn&) = delete;
  ~RunsOn() { turn_.running = outer_; }

 private:
  Turn& turn_;
  Branch* outer_;
};

/// Runs an operation with a setting. `Derived` provides kName, and calls end() in its destructor.
template <class Derived, class A>
class SettingAwaiter : public Combinator<Derived> {
 public:
  using Step = typename Combinator<Derived>::Step;
  static constexpr bool kKeepsResult = Operand<A>::kKeepsResult;

  Step begin_some() {
    if (!branch_.part_of) {
      if (Derived::needs_budget() && this->is_spent()) return Step::gives_way;
      this->branch().task()->has_settings = 1;
      const RunsOn in_it(this->turn(), branch_);
      if (branch_.template begin<&done>(this->branch(), this)) return Step::over;
    }
    if (branch_.is_done()) return Step::over;
    return any_out_of_budget() ? Step::gives_way : Step::waits;
  }
  bool any_out_of_budget() const noexcept { return branch_.is_out_of_budget(); }
  ChildBranch* nested_branch() noexcept { return branch_.has_branches() ? &branch_ : nullptr; }
  void describe(WaitReport& report) const { report.branch(branch_); }
  auto await_resume() {
    struct End {
      SettingAwaiter& self;
      explicit End(SettingAwaiter& of) noexcept : self(of) {}
      End(const End&) = delete;
      End& operator=(const End&) = delete;
      ~End() { self.end(); }
    } const ending(*this);
    this->throw_failure();
    const RunsOn in_it(this->turn(), branch_);
    if constexpr (std::is_same_v<Output<A>, Unit>)
      branch_.take();
    else
      return branch_.take();
  }
  Setting& setting() noexcept { return setting_; }

 protected:
  template <class Arg>
  SettingAwaiter(const void* kind, void* value, Arg&& operand)
      : branch_(std::forward<Arg>(operand)), setting_(kind, value, branch_) {}
  SettingAwaiter(SettingAwaiter&& other, const void* kind, void* value) noexcept
      : Combinator<Derived>(other), branch_(std::move(other.branch_)), setting_(kind, value, branch_) {}
  ~SettingAwaiter() = default;

  /// Drops what is left of the operation, with the setting.
  void end() noexcept {
    if (!branch_.part_of) return;
    {
      const RunsOn in_it(this->turn(), branch_);
      branch_.cancel();
    }
    setting_.close(&this->branch());
  }

 private:
  static void done(ChildBranch& ended) {
    auto& branch = static_cast<OperandBranch<A>&>(ended);
    branch.mark_done();
    branch.template owner<SettingAwaiter>().wake();
  }

  OperandBranch<A> branch_;
  Setting setting_;
};

}  // namespace corokit::detail
