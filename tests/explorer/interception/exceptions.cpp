// What the C++ library does with exceptions, some of which threads share.
#include <cxxabi.h>
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "c_library.hpp"

using namespace corokit::model;  // NOLINT: all names below are those of the C++ library

namespace {

/// Returns: the object that the running thread handles; null if there is none.
/// Its header is that of libstdc++ (unwind-cxx.h): of a shared one it says which object it is, and its class ends with 1.
const void* handled_exception() {
  constexpr std::size_t kClass = 80;
  constexpr std::size_t kObject = 112;
  const auto* const header = *reinterpret_cast<const std::byte* const*>(abi::__cxa_get_globals());
  if (!header) return nullptr;
  const bool shared = (*reinterpret_cast<const std::uint64_t*>(header + kClass) & 0xffU) == 1;
  return shared ? *reinterpret_cast<const void* const*>(header) : header + kObject;
}

}  // namespace

extern "C" {

// The compilers know its name, each with other types.
[[noreturn]] void corokit_throw(void* object, void* type, void (*destroy)(void*)) asm("__cxa_throw");
void corokit_throw(void* object, void* type, void (*destroy)(void*)) {
  {
    const Entered player;
    if (player) player->thrown_by() = COROKIT_CODE(*player);
  }
  static void (*own)(void*, void*, void (*)(void*)) = nullptr;
  own_function(own, "__cxa_throw")(object, type, destroy);
  std::abort();  // not reached
}

void __cxa_end_catch() {
  {
    const Entered player;
    if (player)
      if (const void* const object = handled_exception()) player->meet(object);
  }
  static void (*own)() = nullptr;
  own_function(own, "__cxa_end_catch")();
}

// std::exception_ptr counts references to its object.
constexpr const char* kRelease = "_ZNSt15__exception_ptr13exception_ptr10_M_releaseEv";
void corokit_exception_release(void** pointer) asm("_ZNSt15__exception_ptr13exception_ptr10_M_releaseEv");

void corokit_exception_release(void** pointer) {
  {
    const Entered player;
    if (player && *pointer) player->meet(*pointer);
  }
  static void (*own)(void**) = nullptr;
  own_function(own, kRelease)(pointer);
}

}  // extern "C"
