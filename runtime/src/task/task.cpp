#include <corokit/detail/task/combinator.hpp>
#include <corokit/task.hpp>

namespace corokit::detail {

void destroy_frame(std::coroutine_handle<> frame) noexcept {
  promise_of(frame).begin_destruction();
  frame.destroy();
}

/// Returns: the coroutine that Branch::leaf stands for.
static std::coroutine_handle<> without_marks(std::coroutine_handle<> leaf) noexcept {
  const auto place = reinterpret_cast<std::uintptr_t>(leaf.address());
  if (place & Branch::kBeginsLater) return BeginLater::in(leaf.address())->leaf;
  if (place & Branch::kCombines) return CombinatorBase::in(leaf.address())->leaf();
  return std::coroutine_handle<>::from_address(reinterpret_cast<void*>(place & ~Branch::kMarks));
}

NotedWait noted_wait(const Branch& branch) noexcept {
  return promise_of(without_marks(branch.leaf)).wait();
}

void destroy_chain(std::coroutine_handle<> leaf, std::coroutine_handle<> root) noexcept {
  leaf = without_marks(leaf);
  while (leaf != root) {
    const PromiseBase& promise = promise_of(leaf);
    const std::coroutine_handle<> parent = promise.parent();
    promise.disown();
    destroy_frame(leaf);
    leaf = parent;
  }
  destroy_frame(root);
}

}  // namespace corokit::detail
