#include "fiber.hpp"

#include <cstdint>

namespace corokit::model {

#if defined(__x86_64__)

// swapcontext() would do, but it asks the kernel for the signal mask, which costs more than all the rest of a step.
asm(R"(
  .text
  .globl corokit_explorer_switch
  .type corokit_explorer_switch, @function
corokit_explorer_switch:
  pushq %rbp
  pushq %rbx
  pushq %r12
  pushq %r13
  pushq %r14
  pushq %r15
  movq %rsp, (%rdi)
  movq %rsi, %rsp
  popq %r15
  popq %r14
  popq %r13
  popq %r12
  popq %rbx
  popq %rbp
  ret
  .size corokit_explorer_switch, .-corokit_explorer_switch

  .globl corokit_explorer_begin
  .type corokit_explorer_begin, @function
corokit_explorer_begin:
  .cfi_startproc
  .cfi_undefined rip
  movq %r13, %rdi
  call *%r12
  ud2
  .cfi_endproc
  .size corokit_explorer_begin, .-corokit_explorer_begin
)");

extern "C" void corokit_explorer_switch(void** from, void* to) noexcept;
extern "C" void corokit_explorer_begin() noexcept;

void Fiber::prepare(void* stack, std::size_t size, void (*entry)(void*), void* argument) noexcept {
  auto* top = reinterpret_cast<std::uintptr_t*>(static_cast<std::byte*>(stack) + size);
  top -= 2;  // a call wants a stack that is aligned to 16 bytes
  *--top = reinterpret_cast<std::uintptr_t>(&corokit_explorer_begin);
  *--top = 0;                                           // rbp
  *--top = 0;                                           // rbx
  *--top = reinterpret_cast<std::uintptr_t>(entry);     // r12
  *--top = reinterpret_cast<std::uintptr_t>(argument);  // r13
  *--top = 0;                                           // r14
  *--top = 0;                                           // r15
  stack_pointer_ = top;
}

void Fiber::switch_to(Fiber& to) noexcept {
  corokit_explorer_switch(&stack_pointer_, to.stack_pointer_);
}

#else

namespace {

// makecontext() passes ints.
void begin(unsigned entry_high, unsigned entry_low, unsigned argument_high, unsigned argument_low) {
  const auto joined = [](unsigned high, unsigned low) { return std::uintptr_t{high} << 32U | low; };
  reinterpret_cast<void (*)(void*)>(joined(entry_high, entry_low))(
      reinterpret_cast<void*>(joined(argument_high, argument_low)));
}

}  // namespace

void Fiber::prepare(void* stack, std::size_t size, void (*entry)(void*), void* argument) noexcept {
  const auto high = [](auto* pointer) {
    return static_cast<unsigned>(reinterpret_cast<std::uintptr_t>(pointer) >> 32U);
  };
  const auto low = [](auto* pointer) {
    return static_cast<unsigned>(reinterpret_cast<std::uintptr_t>(pointer));
  };
  getcontext(&context_);
  context_.uc_stack = {.ss_sp = stack, .ss_flags = 0, .ss_size = size};
  makecontext(&context_, reinterpret_cast<void (*)()>(&begin), 4, high(entry), low(entry), high(argument),
              low(argument));
}

void Fiber::switch_to(Fiber& to) noexcept {
  swapcontext(&context_, &to.context_);
}

#endif

}  // namespace corokit::model
