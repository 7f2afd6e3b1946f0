// Memory that the program allocates.
#include <cerrno>
#include <cstring>
#include <new>

#include "entered.hpp"

// NOLINTBEGIN(bugprone-reserved-identifier, readability-identifier-naming): the names are those of the C library.
extern "C" {
void* __libc_malloc(std::size_t size);
void* __libc_calloc(std::size_t count, std::size_t size);
void* __libc_realloc(void* memory, std::size_t size);
void* __libc_memalign(std::size_t alignment, std::size_t size);
void __libc_free(void* memory);
}
// NOLINTEND(bugprone-reserved-identifier, readability-identifier-naming)

namespace corokit::model {
namespace {

constexpr std::size_t kAlignment = 16;

void* allocate(std::size_t size, std::size_t alignment, const void* return_address, const void* frame) {
  const Entered player;
  if (player && !player->in_c_library(return_address))
    return player->allocate(size, alignment, player->own_code(return_address, frame));
  return alignment <= kAlignment ? __libc_malloc(size) : __libc_memalign(alignment, size);
}

/// For operator new: what the program allocates while it is loaded is kept.
void* allocate_object(std::size_t size, std::size_t alignment, const void* return_address,
                      const void* frame) {
  Player* const loading = std::exchange(Player::loading(), nullptr);
  void* const memory = loading ? loading->allocate(size, alignment, return_address)
                               : allocate(size, alignment, return_address, frame);
  Player::loading() = loading;
  if (!memory) throw std::bad_alloc();
  return memory;
}

std::size_t size_of(const void* memory) {
  const Entered player;
  return player ? player->size_of(memory) : 0;
}

void release(void* memory, const void* return_address, const void* frame) {
  if (!memory) return;
  const Entered player;
  if (player && player->free(memory, player->own_code(return_address, frame))) return;
  if (!Player::owns(memory)) __libc_free(memory);
}

}  // namespace
}  // namespace corokit::model

using namespace corokit::model;  // NOLINT: all names below are those of the C library

#define COROKIT_HERE __builtin_return_address(0), __builtin_frame_address(0)

extern "C" {

void* malloc(std::size_t size) {
  return allocate(size, kAlignment, COROKIT_HERE);
}
void* calloc(std::size_t count, std::size_t size) {
  std::size_t total = 0;
  if (__builtin_mul_overflow(count, size, &total)) return nullptr;
  void* const memory = allocate(total, kAlignment, COROKIT_HERE);
  if (memory) std::memset(memory, 0, total);
  return memory;
}
void* realloc(void* memory, std::size_t size) {
  if (memory && !Player::owns(memory)) return __libc_realloc(memory, size);
  void* const larger = allocate(size, kAlignment, COROKIT_HERE);
  if (memory && larger) std::memcpy(larger, memory, std::min(size, size_of(memory)));
  release(memory, COROKIT_HERE);
  return larger;
}
void* memalign(std::size_t alignment, std::size_t size) {
  return allocate(size, alignment, COROKIT_HERE);
}
void* aligned_alloc(std::size_t alignment, std::size_t size) {
  return allocate(size, alignment, COROKIT_HERE);
}
int posix_memalign(void** memory, std::size_t alignment, std::size_t size) {
  *memory = allocate(size, alignment, COROKIT_HERE);
  return *memory ? 0 : ENOMEM;
}
void free(void* memory) {
  release(memory, COROKIT_HERE);
}

}  // extern "C"

void* operator new(std::size_t size) {
  return allocate_object(size, kAlignment, COROKIT_HERE);
}
void* operator new[](std::size_t size) {
  return allocate_object(size, kAlignment, COROKIT_HERE);
}
void* operator new(std::size_t size, std::align_val_t alignment) {
  return allocate_object(size, static_cast<std::size_t>(alignment), COROKIT_HERE);
}
void* operator new[](std::size_t size, std::align_val_t alignment) {
  return allocate_object(size, static_cast<std::size_t>(alignment), COROKIT_HERE);
}
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  return allocate(size, kAlignment, COROKIT_HERE);
}
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept {
  return allocate(size, kAlignment, COROKIT_HERE);
}
void operator delete(void* memory) noexcept {
  release(memory, COROKIT_HERE);
}
void operator delete[](void* memory) noexcept {
  release(memory, COROKIT_HERE);
}
void operator delete(void* memory, std::size_t) noexcept {
  release(memory, COROKIT_HERE);
}
void operator delete[](void* memory, std::size_t) noexcept {
  release(memory, COROKIT_HERE);
}
void operator delete(void* memory, std::align_val_t) noexcept {
  release(memory, COROKIT_HERE);
}
void operator delete[](void* memory, std::align_val_t) noexcept {
  release(memory, COROKIT_HERE);
}
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept {
  release(memory, COROKIT_HERE);
}
void operator delete[](void* memory, std::size_t, std::align_val_t) noexcept {
  release(memory, COROKIT_HERE);
}

#undef COROKIT_HERE
