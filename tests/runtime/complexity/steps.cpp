#include "steps.hpp"

#include <cstdlib>
#include <cstring>
#include <new>

namespace corokit::test {
namespace {

thread_local std::uint64_t count = 0;
thread_local std::uint64_t allocated = 0;

// This runs before the first frame is made.
[[maybe_unused]] const int no_recycling = ::setenv("COROKIT_FORCE_NEW", "1", 1);

void count_bytes(std::size_t bytes) noexcept {
  count += bytes / 16;
}

}  // namespace

std::uint64_t steps() noexcept {
  return count;
}

std::uint64_t allocations() noexcept {
  return allocated;
}

/// For the functions below, which are in no namespace.
void* allocate(std::size_t bytes) {
  ++allocated;
  if (void* memory = std::malloc(bytes)) return memory;
  throw std::bad_alloc();
}

// NOLINTBEGIN(bugprone-reserved-identifier, readability-identifier-naming): the compiler and the linker choose the names.
extern "C" {

/// The compiler calls it in every basic block.
void __sanitizer_cov_trace_pc() {
  ++count;
}

void* __real_memmove(void* to, const void* from, std::size_t bytes);
void* __real_memcpy(void* to, const void* from, std::size_t bytes);
void* __real_memset(void* to, int value, std::size_t bytes);

void* __wrap_memmove(void* to, const void* from, std::size_t bytes) {
  count_bytes(bytes);
  return __real_memmove(to, from, bytes);
}
void* __wrap_memcpy(void* to, const void* from, std::size_t bytes) {
  count_bytes(bytes);
  return __real_memcpy(to, from, bytes);
}
void* __wrap_memset(void* to, int value, std::size_t bytes) {
  count_bytes(bytes);
  return __real_memset(to, value, bytes);
}

}  // extern "C"
// NOLINTEND(bugprone-reserved-identifier, readability-identifier-naming)

}  // namespace corokit::test

void* operator new(std::size_t bytes) {
  return corokit::test::allocate(bytes);
}
void operator delete(void* memory) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
  std::free(memory);
}
