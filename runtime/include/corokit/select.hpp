#pragma once
#include <corokit/detail/task/combinator.hpp>
#include <corokit/detail/task/operand.hpp>
#include <corokit/when.hpp>

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>

namespace corokit {

/// The type of `biased`, the tag that makes select() look at its operands in the order in which they are written.
struct Biased {
  explicit constexpr Biased() = default;
};
inline constexpr Biased biased{};

namespace detail {

template <bool kBiased, class... As>
class SelectAwaiter : public Combinator<SelectAwaiter<kBiased, As...>> {
  static constexpr std::size_t kSize = sizeof...(As);
  static constexpr bool kHasConditions = (kIsConditional<As> || ...);
  using Indices = std::index_sequence_for<As...>;

 public:
  static constexpr const char* kName = "select";
  static constexpr bool kKeepsResult = (Operand<As>::kKeepsResult && ...);
  using Result = std::variant<Output<As>...>;
  using Step = typename Combinator<SelectAwaiter>::Step;

  template <class... Args>
  explicit SelectAwaiter(std::in_place_t, Args&&... operands) : branches_(std::forward<Args>(operands)...) {}
  SelectAwaiter(SelectAwaiter&& other) noexcept
      : Combinator<SelectAwaiter>(other), branches_(std::move(other.branches_)) {}
  ~SelectAwaiter() = default;

  /// Begins the operands, in order, until one is over at once. One that ran out of budget may be over before it waits
  /// for anything: until that is known, those behind it do not begin.
  Step begin_some() {
    if (begun_ > 0) return begin_more();
    Turn& turn = this->turn();
    if (kHasConditions && enabled() == 0) return Step::over;
    if (this->is_spent()) return Step::gives_way;
    choose_first(turn.context);
    for (std::size_t i = 0; i < kSize; ++i) {  // of constant length, so that the compiler unrolls it
      begun_ = static_cast<std::uint32_t>(i + 1);
      if (is_disabled(order(i))) continue;
      if (begin(order(i))) return Step::over;
      if (turn.budget == 0) return begin_more();
    }
    return Step::waits;
  }
  ChildBranch* nested_branch() noexcept { return nested_among(branches_); }
  void describe(WaitReport& report) const { describe_all(branches_, report); }
  bool any_out_of_budget() const noexcept {
    return std::apply([](const auto&... branch) { return (branch.is_out_of_budget() || ...); }, branches_);
  }

  Result await_resume() {
    const CancelAll losers(*this);
    this->throw_failure();
    for (std::size_t i = 0; i < kSize; ++i)
      if (is_done(order(i))) return take(order(i), Indices{});
    if constexpr (!(std::same_as<As, Otherwise> || ...))
      throw std::logic_error("corokit: no condition of this select() holds, and it has no `otherwise`");
    return take(kSize - 1, Indices{});
  }

 private:
  std::size_t order(std::size_t i) const noexcept { return kBiased ? i : (first_ + i) % kSize; }

  bool is_disabled([[maybe_unused]] std::size_t index) const noexcept {
    if constexpr (kHasConditions)
      return test_at(index, Indices(), [this](auto i) {
        if constexpr (kIsConditional<std::tuple_element_t<i, std::tuple<As...>>>)
          return std::get<i>(branches_).operand().is_disabled();
        else
          return false;
      });
    else
      return false;
  }
  /// Returns: the number of operands that may begin.
  std::uint32_t enabled() const noexcept {
    std::uint32_t number = 0;
    for (std::size_t i = 0; i < kSize; ++i) number += is_disabled(i) ? 0 : 1;
    return number;
  }
  /// Draws the operand that begins first, each that may begin with the same probability.
  void choose_first(Context& context) {
    if constexpr (!kBiased && kSize > 1) {
      if constexpr (kHasConditions) {
        const std::uint32_t number = enabled();
        std::uint32_t skipped = number > 1 ? context.choose(number) : 0;
        while (is_disabled(first_) || skipped-- > 0) ++first_;
      } else {
        first_ = context.choose(kSize);
      }
    }
  }

  /// Returns: whether an operand has won. If one is over, but a biased select prefers another that only ran out of
  /// budget, it gives way to let that one go on.
  Step look() const noexcept {
    for (std::size_t i = 0; i < begun_; ++i) {
      if (is_done(order(i))) return Step::over;
      if (kBiased && this->is_patient() && is_out_of_budget(i) && any_done_behind(i)) return Step::gives_way;
    }
    return Step::waits;
  }
  [[gnu::noinline]] Step begin_more() {
    for (;;) {
      if (const Step step = look(); step != Step::waits) return step;
      if (any_out_of_budget() && this->is_patient()) return Step::gives_way;
      while (begun_ < kSize && is_disabled(order(begun_))) ++begun_;
      if (begun_ == kSize) return Step::waits;
      if (this->is_spent()) return Step::gives_way;
      this->begin_patience();
      if (begin(order(begun_++))) return Step::over;
    }
  }
  bool any_done_behind(std::size_t i) const noexcept {
    for (++i; i < begun_; ++i)
      if (is_done(order(i))) return true;
    return false;
  }

  bool begin(std::size_t index) {
    return test_at(index, Indices(), [this](auto i) {
      return std::get<i>(branches_).template begin<&done<i>>(this->branch(), this);
    });
  }
  bool is_done(std::size_t index) const noexcept {
    return test_at(index, Indices(), [this](auto i) { return std::get<i>(branches_).is_done(); });
  }
  bool is_out_of_budget(std::size_t index) const noexcept {
    return test_at(index, Indices(), [this](auto i) { return std::get<i>(branches_).is_out_of_budget(); });
  }

  template <std::size_t I>
  static void done(ChildBranch& ended) {
    auto& branch = static_cast<std::tuple_element_t<I, Branches>&>(ended);
    branch.mark_done();
    auto& self = branch.template owner<SelectAwaiter>();
    if (self.look() != Step::over)
      self.wake_behind_deferred();
    else if (Operand<std::tuple_element_t<I, std::tuple<As...>>>::kKeepsResult && !self.would_lose_behind(I))
      self.wake_last();
    else
      self.wake_first();
  }

  /// Returns: whether an operand behind this one would lose its result if it ended before the select goes on.
  bool would_lose_behind(std::size_t index) const noexcept {
    static constexpr std::array<bool, kSize> kKeeps{Operand<As>::kKeepsResult...};
    if constexpr (kKeepsResult) return false;
    bool is_behind = false;
    for (std::size_t i = 0; i < begun_; ++i) {
      if (is_behind && !kKeeps[order(i)]) return true;
      is_behind = is_behind || order(i) == index;
    }
    return false;
  }

  template <std::size_t... I>
  Result take(std::size_t winner, std::index_sequence<I...>) {
    using Take = Result (*)(SelectAwaiter&);
    static constexpr std::array<Take, kSize> kTake{&take_at<I>...};
    return kTake[winner](*this);
  }

  /// Drops the losers before the caller goes on, even if the winner throws.
  struct CancelAll {
    SelectAwaiter& self;
    explicit CancelAll(SelectAwaiter& of) noexcept : self(of) {}
    CancelAll(const CancelAll&) = delete;
    CancelAll& operator=(const CancelAll&) = delete;
    ~CancelAll() {
      std::apply([](auto&... branch) { (branch.cancel(), ...); }, self.branches_);
    }
  };

  template <std::size_t I>
  static Result take_at(SelectAwaiter& self) {
    return Result(std::in_place_index<I>, std::get<I>(self.branches_).take());
  }

  using Branches = std::tuple<OperandBranch<As>...>;

  std::uint32_t first_ = 0;  // the branch that begins first, if the order is drawn
  std::uint32_t begun_ = 0;  // branches, in order()
  Branches branches_;
};

}  // namespace detail

/// Waits for the first of several operations, and drops the others:
///
///     auto first = co_await select(receiver.recv(), token.cancelled(), sleep(1s));
///     if (first.index() == 1) ...
///
/// Operands: Tasks and other awaitables are moved in; JoinHandles and pinned operations (pin.hpp) may also be passed by
///   reference, and then go on afterwards. All run in the calling task, one at a time, never in parallel.
/// Resumes: in the calling task, once the losers are destroyed.
/// Returns: a std::variant with one alternative for each operand, Unit for an operand that gives nothing. The operands
///   begin in the order in which they are written, but from an operand that is chosen at random, so that none starves.
///   If several are ready, the first one in this order wins; operands after one that is over at once are never begun.
///   A Task that is over is never dropped for another operand that ends at the same time, since what it has received
///   would be lost: it wins at once, and so does what ends before it in the same turn and stands before it.
/// Conditions: when() (when.hpp) gives an operand a condition, and `otherwise`, which comes last, is what happens if no
///   operand may begin.
/// Throws: the exception that escaped the winner. std::logic_error if no condition holds, and there is no `otherwise`.
/// Thread-safety: the awaiting task's own thread.
/// Cancel-safety: dropping it drops all operands; it is as safe as they are.
/// Complexity: O(operands); no allocation.
template <class... As>
requires(!(std::same_as<std::remove_cvref_t<As>, Biased> || ...)) &&
    detail::AreSelectOperands<As...> [[nodiscard]] auto select(As&&... operands) {
  static_assert(detail::is_otherwise_last<As...>(), "corokit: `otherwise` is the last operand of a select()");
  return detail::SelectAwaiter<false, detail::SelectOperand<As>...>(std::in_place,
                                                                    std::forward<As>(operands)...);
}

/// As select() without a tag, but if several operands are ready, the one that is written first wins.
/// Thread-safety: the awaiting task's own thread.
/// Cancel-safety: as select() without a tag.
template <class... As>
requires detail::AreSelectOperands<As...>
[[nodiscard]] auto select(Biased, As&&... operands) {
  static_assert(detail::is_otherwise_last<As...>(), "corokit: `otherwise` is the last operand of a select()");
  return detail::SelectAwaiter<true, detail::SelectOperand<As>...>(std::in_place,
                                                                   std::forward<As>(operands)...);
}

}  // namespace corokit
