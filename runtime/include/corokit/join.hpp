#pragma once
#include <corokit/detail/task/combinator.hpp>
#include <corokit/detail/task/operand.hpp>

#include <cstddef>
#include <exception>
#include <optional>
#include <tuple>
#include <utility>
#include <vector>

namespace corokit {
namespace detail {

/// Runs all branches to their end. With kTry, the first one that gives an error ends the wait.
template <bool kTry, class... As>
class JoinBranches : public Combinator<JoinBranches<kTry, As...>> {
  using Indices = std::index_sequence_for<As...>;
  using Branches = std::tuple<OperandBranch<As>...>;

 public:
  using Step = typename Combinator<JoinBranches>::Step;
  static constexpr const char* kName = kTry ? "try_join" : "join";

  template <class... Args>
  explicit JoinBranches(std::in_place_t, Args&&... operands) : branches_(std::forward<Args>(operands)...) {}
  JoinBranches(JoinBranches&& other) noexcept
      : Combinator<JoinBranches>(other), branches_(std::move(other.branches_)) {}
  ~JoinBranches() = default;

  /// Begins the operands, in order, until an error or an exception ends the wait.
  Step begin_some() {
    if (sizeof...(As) == 0) return this->turn().spend(this->branch()) ? Step::over : Step::gives_way;
    if (begun_ > 0 && is_held_up()) return Step::gives_way;
    while (!over_ && begun_ < sizeof...(As)) {
      if (this->turn().budget == 0 && (is_held_up() || this->is_spent())) return Step::gives_way;
      this->begin_patience();
      over_ = begin(begun_++);
    }
    if (over_) return Step::over;
    return this->turn().budget == 0 && is_held_up() ? Step::gives_way : Step::waits;
  }
  bool any_out_of_budget() const noexcept {
    return std::apply([](const auto&... branch) { return (branch.is_out_of_budget() || ...); }, branches_);
  }
  ChildBranch* nested_branch() noexcept { return nested_among(branches_); }
  void describe(WaitReport& report) const { describe_all(branches_, report); }

  auto await_resume() {
    this->throw_failure();
    if constexpr (kTry) {
      return take_values(Indices{});
    } else {
      return std::apply([](auto&... outputs) { return std::tuple<Output<As>...>(std::move(*outputs)...); },
                        outputs_);
    }
  }

 private:
  bool is_held_up() const noexcept { return !over_ && any_out_of_budget() && this->is_patient(); }

  /// Begins one operand. Returns: true if the whole wait is over.
  bool begin(std::size_t index) {
    return test_at(index, Indices(), [this](auto i) {
      return std::get<i>(branches_).template begin<&done<i>>(this->branch(), this) &&
             this->template settle<i>();
    });
  }

  /// Keeps the result of a branch. Returns: true if the whole wait is over.
  template <std::size_t I>
  bool settle() noexcept {
    try {
      std::get<I>(outputs_).emplace(std::get<I>(branches_).take());
    } catch (...) {
      this->failure_ = std::current_exception();
      return true;
    }
    std::get<I>(branches_).cancel();
    if constexpr (kTry) {
      if (!std::get<I>(outputs_)->has_value()) {
        failed_ = I;
        return true;
      }
    }
    return --pending_ == 0;
  }

  template <std::size_t I>
  static void done(ChildBranch& branch) {
    auto& self = static_cast<std::tuple_element_t<I, Branches>&>(branch).template owner<JoinBranches>();
    if (self.over_) return;  // an error or an exception came first: this result is dropped
    if ((self.over_ = self.template settle<I>())) self.wake();
  }

  template <std::size_t... I>
  auto take_values(std::index_sequence<I...>) {
    using First = std::tuple_element_t<0, std::tuple<Output<As>...>>;
    using Values = std::tuple<Stored<typename Output<As>::value_type>...>;
    using Error = typename First::error_type;
    using Joined = Result<Values, Error>;
    (std::get<I>(branches_).cancel(), ...);
    std::optional<Joined> joined;
    if (failed_ == sizeof...(As)) return Joined(Values(value_of(*std::get<I>(outputs_))...));
    (void)((failed_ == I && (joined.emplace(Err<Error>(std::move(std::get<I>(outputs_)->error()))), true)) ||
           ...);
    return std::move(*joined);
  }

  template <class T, class E>
  static Stored<T> value_of(tl::expected<T, E>& result) {
    if constexpr (std::is_void_v<T>) {
      return Unit{};
    } else {
      return std::move(*result);
    }
  }

  Branches branches_;
  std::tuple<std::optional<Output<As>>...> outputs_;
  std::size_t begun_ = 0;  // operands that have begun
  std::size_t pending_ = sizeof...(As);
  std::size_t failed_ = sizeof...(As);
  bool over_ = false;
};

}  // namespace detail

/// Runs several operations concurrently, in the calling task, until all of them are over:
///
///     auto [a, b] = co_await join(fetch(1), fetch(2));     // with g++ 15 or 16 store the tuple first
///
/// Operands: as for select(). They begin in the order in which they are written, and go on as they are woken; each gets
///   its share of the budget of the task. So there is no biased join().
/// Resumes: in the calling task, once the last operation is over.
/// Returns: a std::tuple of the results, with Unit for an operation that gives nothing.
/// Throws: the first exception that escapes an operation; the other operations are dropped.
/// Thread-safety: the awaiting task's own thread.
/// Cancel-safety: dropping it drops all operations; it is as safe as they are.
/// Complexity: O(operands); no allocation.
/// See: join_all.hpp, for a number of operations that is known only when the program runs.
template <class... As>
requires detail::AreOperands<As...>
[[nodiscard]] auto join(As&&... operands) {
  return detail::JoinBranches<false, detail::OperandType<As>...>(std::in_place,
                                                                 std::forward<As>(operands)...);
}

/// As join(), for an empty pack of operands: gives an empty tuple at once.
/// Thread-safety: the awaiting task's own thread.
/// Cancel-safety: nothing to lose.
[[nodiscard]] inline auto join() noexcept {
  return detail::JoinBranches<false>(std::in_place);
}

/// As join(), for operations that give Results with the same type of error. The first error ends the wait, and drops
/// the other operations.
/// Returns: a `Result<std::tuple<Values...>, E>`.
/// Thread-safety: the awaiting task's own thread.
/// Cancel-safety: as join().
template <class... As>
requires detail::AreOperands<As...>
[[nodiscard]] auto try_join(As&&... operands) {
  return detail::JoinBranches<true, detail::OperandType<As>...>(std::in_place, std::forward<As>(operands)...);
}

}  // namespace corokit
