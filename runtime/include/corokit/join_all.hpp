#pragma once
#include <corokit/detail/task/combinator.hpp>
#include <corokit/detail/task/operand.hpp>

#include <algorithm>
#include <cstddef>
#include <exception>
#include <optional>
#include <ranges>
#include <type_traits>
#include <utility>
#include <vector>

namespace corokit {
namespace detail {

/// How join_all() keeps the elements of a range: by value, unless they belong to somebody else.
template <class Range>
using ElementOf = std::conditional_t<
    std::is_lvalue_reference_v<std::ranges::range_reference_t<Range>> &&
        (std::is_lvalue_reference_v<Range> || std::ranges::view<std::remove_cvref_t<Range>>),
    std::ranges::range_reference_t<Range>, std::remove_cvref_t<std::ranges::range_reference_t<Range>>>;

template <class Range>
concept AreOperandsInRange = std::ranges::input_range<Range> && AreOperands<ElementOf<Range>>;

/// Runs operations of one type to their end. With kTry, the first one that gives an error ends the wait.
template <bool kTry, class A>
class JoinAllAwaiter : public Combinator<JoinAllAwaiter<kTry, A>> {
  using Value = Output<A>;

  struct Slot : OperandBranch<A> {
    template <class Arg>
    explicit Slot(std::in_place_t, Arg&& operand) : OperandBranch<A>(std::forward<Arg>(operand)) {}
    Slot(Slot&& other) noexcept : OperandBranch<A>(std::move(other)) {}  // only before it begins
    ~Slot() = default;
    std::optional<Value> output;
  };

 public:
  using Step = typename Combinator<JoinAllAwaiter>::Step;
  static constexpr const char* kName = kTry ? "try_join_all" : "join_all";

  template <class Range>
  explicit JoinAllAwaiter(std::in_place_t, Range&& operations) {
    if constexpr (std::ranges::sized_range<Range>)
      slots_.reserve(static_cast<std::size_t>(std::ranges::size(operations)));
    for (auto&& operation : operations)
      slots_.emplace_back(std::in_place,
                          static_cast<std::conditional_t<std::is_reference_v<A>, A, A&&>>(operation));
    pending_ = slots_.size();
  }
  JoinAllAwaiter(JoinAllAwaiter&& other) noexcept
      : Combinator<JoinAllAwaiter>(other), slots_(std::move(other.slots_)), pending_(other.pending_) {}
  ~JoinAllAwaiter() = default;

  /// Begins the operations, in order, until an error or an exception ends the wait.
  Step begin_some() {
    if (slots_.empty()) return this->turn().spend(this->branch()) ? Step::over : Step::gives_way;
    // Each operation reaches its first wait before the next one begins, so only the latest one can hold it up.
    if (begun_ > 0 && is_held_up()) return Step::gives_way;
    while (failed_ == nullptr && begun_ < slots_.size()) {
      if (this->turn().budget == 0 && ((begun_ > 0 && is_held_up()) || this->is_spent()))
        return Step::gives_way;
      this->begin_patience();
      begin(slots_[begun_++]);
    }
    if (is_over()) return Step::over;
    return this->turn().budget == 0 && is_held_up() ? Step::gives_way : Step::waits;
  }
  bool any_out_of_budget() const noexcept {
    return std::any_of(slots_.begin(), slots_.end(),
                       [](const Slot& slot) { return slot.is_out_of_budget(); });
  }
  void describe(WaitReport& report) const {
    for (const Slot& slot : slots_) report.branch(slot);
  }
  /// It is called again and again while all are dropped, and finds each one once.
  ChildBranch* nested_branch() noexcept {
    for (; dropped_ < begun_; ++dropped_)
      if (slots_[dropped_].has_branches()) return &slots_[dropped_];
    return nullptr;
  }

  auto await_resume() {
    for (Slot& slot : slots_) slot.cancel();
    this->throw_failure();
    if constexpr (kTry) {
      using Stops = Result<std::vector<Stored<typename Value::value_type>>, typename Value::error_type>;
      if (failed_) return Stops(Err<typename Value::error_type>(std::move(failed_->output->error())));
      std::vector<Stored<typename Value::value_type>> values;
      values.reserve(slots_.size());
      for (Slot& slot : slots_) {
        if constexpr (std::is_void_v<typename Value::value_type>)
          values.emplace_back();
        else
          values.push_back(std::move(**slot.output));
      }
      return Stops(std::move(values));
    } else {
      std::vector<Value> values;
      values.reserve(slots_.size());
      for (Slot& slot : slots_) values.push_back(std::move(*slot.output));
      return values;
    }
  }

 private:
  bool is_over() const noexcept { return failed_ != nullptr || pending_ == 0; }
  bool is_held_up() const noexcept {
    return !is_over() && slots_[begun_ - 1].is_out_of_budget() && this->is_patient();
  }

  void begin(Slot& slot) {
    if (slot.template begin<&done>(this->branch(), this)) settle(slot);
  }

  /// Keeps the result of an operation, and drops what is left of the operation.
  void settle(Slot& slot) noexcept {
    --pending_;
    slot.mark_done();
    try {
      slot.output.emplace(slot.take());
    } catch (...) {
      this->failure_ = std::current_exception();
      failed_ = &slot;
      return;
    }
    slot.cancel();
    if constexpr (kTry)
      if (!slot.output->has_value()) failed_ = &slot;
  }

  static void done(ChildBranch& branch) {
    auto& slot = static_cast<Slot&>(branch);
    auto& self = slot.template owner<JoinAllAwaiter>();
    if (self.is_over()) return;  // an error or an exception came first: this result is dropped
    self.settle(slot);
    if (self.is_over()) self.wake();
  }

  std::vector<Slot> slots_;  // it never grows, since the branches must not move
  std::size_t begun_ = 0;    // operations that have begun
  std::size_t pending_ = 0;  // operations that are not over
  std::size_t dropped_ = 0;  // for nested_branch(): no operation before this one has branches
  Slot* failed_ = nullptr;   // the operation whose error or exception ended the wait
};

}  // namespace detail

/// Runs the operations of a range concurrently, in the calling task, until all of them are over:
///
///     std::vector<Task<Page>> fetches;
///     for (const Url& url : urls) fetches.push_back(fetch(url));
///     const std::vector<Page> pages = co_await join_all(std::move(fetches));
///
/// Operations: those of a container that is moved in, or that a view makes, belong to the wait. JoinHandles and pinned
///   operations may also be passed by reference, in an lvalue or a std::span, and then go on afterwards. All run as the
///   operands of join(), and begin in the order of the range.
/// Resumes: in the calling task, once the last operation is over.
/// Returns: a std::vector of the results in the order of the range, with Unit for an operation that gives nothing; at
///   once an empty one if the range is empty.
/// Throws: the first exception that escapes an operation; the other operations are dropped.
/// Thread-safety: the awaiting task's own thread.
/// Cancel-safety: dropping it drops all operations; it is as safe as they are.
/// Complexity: O(operations); one allocation, and one for the results. FuturesUnordered gives each result when it comes.
template <class Range>
requires detail::AreOperandsInRange<Range>
[[nodiscard]] auto join_all(Range&& operations) {
  return detail::JoinAllAwaiter<false, detail::ElementOf<Range>>(std::in_place, operations);
}

/// As join_all(), for operations that give Results. The first error ends the wait, and drops the other operations.
/// Returns: a `Result<std::vector<Value>, E>`.
/// Thread-safety: the awaiting task's own thread.
/// Cancel-safety: as join_all().
template <class Range>
requires detail::AreOperandsInRange<Range>
[[nodiscard]] auto try_join_all(Range&& operations) {
  return detail::JoinAllAwaiter<true, detail::ElementOf<Range>>(std::in_place, operations);
}

}  // namespace corokit
