#pragma once
#include <corokit/detail/task/operand.hpp>

#include <array>
#include <concepts>
#include <cstddef>
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

template <class... As>
class SelectAwaiter : public Awaiter<SelectAwaiter<As...>> {
  static constexpr std::size_t kSize = sizeof...(As);
  using Indices = std::index_sequence_for<As...>;

 public:
  static constexpr const char* kName = "select";
  using Result = std::variant<Output<As>...>;

  template <class... Args>
  explicit SelectAwaiter(bool is_biased, Args&&... operands)
      : biased_(is_biased), branches_(std::forward<Args>(operands)...) {}
  SelectAwaiter(SelectAwaiter&& other) noexcept
      : Awaiter<SelectAwaiter>(other), biased_(other.biased_), branches_(std::move(other.branches_)) {}
  ~SelectAwaiter() = default;

  /// Begins the operands, in order, until one is over at once. The operands spend the budget themselves.
  bool await_ready() {
    if (!biased_ && kSize > 1) first_ = this->turn().context.rng.below(kSize);
    for (std::size_t i = 0; i < kSize; ++i)
      if (begin(order(i), Indices{})) return true;
    return false;
  }
  bool suspend() noexcept { return true; }

  Result await_resume() {
    std::size_t winner = 0;
    for (std::size_t i = 0; i < kSize; ++i)
      if (is_done(winner = order(i), Indices{})) break;
    return take(winner, Indices{});
  }

 private:
  std::size_t order(std::size_t i) const noexcept { return (first_ + i) % kSize; }

  template <std::size_t... I>
  bool begin(std::size_t index, std::index_sequence<I...>) {
    return ((index == I && std::get<I>(branches_).begin(this->branch(), this, &done<I>)) || ...);
  }

  template <std::size_t... I>
  bool is_done(std::size_t index, std::index_sequence<I...>) const noexcept {
    return ((index == I && std::get<I>(branches_).is_done()) || ...);
  }

  template <std::size_t I>
  static void done(ChildBranch& ended) {
    auto& branch = static_cast<std::tuple_element_t<I, Branches>&>(ended);
    branch.mark_done();
    auto& self = branch.template owner<SelectAwaiter>();
    if (!std::exchange(self.woken_, true)) self.turn().queue.push(self.branch());
  }

  template <std::size_t... I>
  Result take(std::size_t winner, std::index_sequence<I...>) {
    using Take = Result (*)(SelectAwaiter&);
    static constexpr std::array<Take, kSize> kTake{&take_at<I>...};
    const CancelAll losers(*this);
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

  const bool biased_;
  bool woken_ = false;
  std::size_t first_ = 0;
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
/// Throws: the exception that escaped the winner.
/// Thread-safety: the awaiting task's own thread.
/// Cancel-safety: dropping it drops all operands; it is as safe as they are.
/// Complexity: O(operands); no allocation.
template <class... As>
requires(!(std::same_as<std::remove_cvref_t<As>, Biased> || ...)) &&
    detail::AreOperands<As...> [[nodiscard]] auto select(As&&... operands) {
  return detail::SelectAwaiter<detail::OperandType<As>...>(false, std::forward<As>(operands)...);
}

/// As select() without a tag, but if several operands are ready, the one that is written first wins.
/// Thread-safety: the awaiting task's own thread.
/// Cancel-safety: as select() without a tag.
template <class... As>
requires detail::AreOperands<As...>
[[nodiscard]] auto select(Biased, As&&... operands) {
  return detail::SelectAwaiter<detail::OperandType<As>...>(true, std::forward<As>(operands)...);
}

}  // namespace corokit
