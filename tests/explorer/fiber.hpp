#pragma once
#include <cstddef>

#if !defined(__x86_64__)
#include <ucontext.h>
#endif

namespace corokit::model {

/// A thread of control with a stack of its own. One OS thread runs all of them.
class Fiber {
 public:
  /// Prepares the fiber to call `entry(argument)` on `stack` when it is switched to. `entry` never returns.
  void prepare(void* stack, std::size_t size, void (*entry)(void*), void* argument) noexcept;
  /// Leaves the running code in `*this`, and continues with `to`.
  void switch_to(Fiber& to) noexcept;

 private:
#if defined(__x86_64__)
  void* stack_pointer_ = nullptr;
#else
  ucontext_t context_{};
#endif
};

}  // namespace corokit::model
