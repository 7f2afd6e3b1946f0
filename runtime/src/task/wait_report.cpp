#include <corokit/detail/task/branch.hpp>
#include <corokit/detail/task/wait_report.hpp>
#include <corokit/task_dump.hpp>

namespace corokit::detail {

NotedWait WaitNote::read() const noexcept {
  // Shifted to the top and back, so that the sign is kept.
  constexpr int kAbove = 64 - kPlaceBits;
  const std::int64_t words = static_cast<std::int64_t>(word_ << kAbove) >> kAbove;
  const auto place = address(this) + static_cast<Word>(words) * sizeof(Word);
  const Duration time = kTick * static_cast<std::int64_t>(word_ >> kPlaceBits);
  return {kind_, words == 0 ? nullptr : reinterpret_cast<const AwaiterTag*>(place), Instant(time)};
}

void WaitReport::tell(const NotedWait& noted) {
  wait_.where = noted.kind->name;
  wait_.since = noted.since;
  if (noted.kind->describe && noted.awaiter) noted.kind->describe(*noted.awaiter, *this);
}

void WaitReport::for_task(std::uint64_t id) {
  wait_.for_task = TaskId{id};
}

void WaitReport::until(Instant time) {
  wait_.until = time;
}

void WaitReport::branch(const ChildBranch& branch) {
  if (branch.part_of) branch.owned_by->describe(branch, *this);
}

bool WaitReport::is_full() const noexcept {
  return wait_.branches.size() == kMostBranches || depth_ == kMostDepth;
}

void WaitReport::more(std::size_t number) noexcept {
  wait_.more += number;
}

void WaitReport::operation(const NotedWait& noted) {
  if (is_full()) return more(1);
  WaitReport(wait_.branches.emplace_back(), depth_ + 1).tell(noted);
}

void WaitReport::operation(const WaitKind& kind, const AwaiterTag& awaiter) {
  operation({&kind, &awaiter, wait_.since});
}

}  // namespace corokit::detail
