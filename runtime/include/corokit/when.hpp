#pragma once
#include <corokit/detail/task/operand.hpp>

#include <array>
#include <concepts>
#include <cstddef>
#include <type_traits>
#include <utility>

namespace corokit {
namespace detail {

/// An operand of select() that takes part only if its condition holds.
template <class A>
class [[nodiscard]] Conditional {
 public:
  template <class Arg>
  Conditional(bool condition, Arg&& operand) : operand_(std::forward<Arg>(operand)), condition_(condition) {}

 private:
  friend class Operand<Conditional>;

  A operand_;
  bool condition_;
};

template <class A>
class Operand<Conditional<A>> : public Operand<A> {
 public:
  explicit Operand(Conditional<A>&& conditional)
      : Operand<A>(std::forward<A>(conditional.operand_)), is_disabled_(!conditional.condition_) {}
  Operand(Operand&&) noexcept = default;
  bool is_disabled() const noexcept { return is_disabled_; }

 private:
  bool is_disabled_;
};

/// The type of `otherwise`.
struct Otherwise {
  explicit constexpr Otherwise() = default;
};

/// What it gives is taken, but it never begins.
template <>
class Operand<Otherwise> {
 public:
  static constexpr bool kCombines = false, kNests = false, kKeepsResult = true;

  explicit Operand(Otherwise) noexcept {}
  bool begin(Branch&) noexcept { return true; }
  void take() noexcept {}
  bool is_out_of_budget() const noexcept { return false; }
  void describe(const Branch&, WaitReport&) const noexcept {}
  bool is_disabled() const noexcept { return true; }
};

template <class A>
inline constexpr bool kIsConditional = requires(const Operand<A>& operand) {
  operand.is_disabled();
};

/// How select() keeps an operand; conditions and `otherwise` by value.
template <class A>
using SelectOperand =
    std::conditional_t<kIsConditional<std::remove_cvref_t<A>>, std::remove_cvref_t<A>, OperandType<A>>;

template <class A>
consteval bool check_select_operand() {
  using Plain = std::remove_cvref_t<A>;
  if constexpr (kIsConditional<Plain> && !std::same_as<Plain, Otherwise>)
    static_assert(std::is_same_v<A, Plain>, "corokit: write the condition into the call");
  else if constexpr (!kIsConditional<Plain>)
    return check_operand<A>();
  return true;
}

/// As AreOperands, with conditions and `otherwise`.
template <class... As>
concept AreSelectOperands = ((kIsConditional<std::remove_cvref_t<As>> || LooksLikeOperand<As>) || ...) &&
                            (check_select_operand<As>() && ...);

/// Whether `otherwise` stands before another operand.
template <class... As>
consteval bool is_otherwise_last() {
  constexpr std::size_t kSize = sizeof...(As);
  constexpr std::array<bool, kSize> kIs{std::same_as<std::remove_cvref_t<As>, Otherwise>...};
  for (std::size_t i = 0; i + 1 < kSize; ++i)
    if (kIs[i]) return false;
  return true;
}

}  // namespace detail

/// Makes an operand of select() that takes part only if `condition` holds. Otherwise the operation never begins; it is
/// dropped together with the losers:
///
///     co_await select(when(!queue.empty(), sender.send(queue.front())), receiver.recv());
///
/// Thread-safety: as that of the operand. Cancel-safety: that of the operand. Complexity: O(1).
template <class A>
requires detail::IsOperand<A>
[[nodiscard]] auto when(bool condition, A&& operand) {
  return detail::Conditional<detail::OperandType<A>>(condition, std::forward<A>(operand));
}

/// The last operand of a select() whose other operands all have conditions: what it gives, Unit, is the result if none
/// of them holds. Without it, such a select() throws.
inline constexpr detail::Otherwise otherwise{};

}  // namespace corokit
