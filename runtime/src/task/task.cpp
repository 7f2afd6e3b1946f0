#include <corokit/task.hpp>

namespace corokit::detail {

namespace {

/// Returns: the promise of any coroutine of corokit, since each promise begins with its PromiseBase.
PromiseBase& promise_of(std::coroutine_handle<> frame) noexcept {
  return std::coroutine_handle<PromiseBase>::from_address(frame.address()).promise();
}

}  // namespace

void destroy_frame(std::coroutine_handle<> frame) noexcept {
  promise_of(frame).begin_destruction();
  frame.destroy();
}

void destroy_chain(std::coroutine_handle<> leaf, std::coroutine_handle<> root) noexcept {
  if (const BeginLater* later = BeginLater::in(leaf.address())) leaf = later->leaf;
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
