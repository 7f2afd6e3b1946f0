#include <corokit/task.hpp>

namespace corokit::detail {

void destroy_frame(std::coroutine_handle<> frame) noexcept {
  frame.destroy();
}

void destroy_chain(std::coroutine_handle<> leaf, std::coroutine_handle<> root) noexcept {
  if (const BeginLater* later = BeginLater::in(leaf.address())) leaf = later->leaf;
  while (leaf != root) {
    // Every promise of corokit begins with its PromiseBase.
    auto& promise = std::coroutine_handle<PromiseBase>::from_address(leaf.address()).promise();
    const std::coroutine_handle<> parent = promise.parent();
    promise.disown();
    leaf.destroy();
    leaf = parent;
  }
  root.destroy();
}

}  // namespace corokit::detail
