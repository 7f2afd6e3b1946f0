#pragma once
#include <dlfcn.h>

#include "entered.hpp"

namespace corokit::model {

/// Returns: the C library's own function, for calls that are not the program's.
template <class Function>
Function* own_function(Function*& kept, const char* name) noexcept {
  if (!kept) kept = reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
  return kept;
}

}  // namespace corokit::model

// The C library's own function that has the name of the one that is defined here.
#define COROKIT_OWN(name)                             \
  ([]() noexcept {                                    \
    static decltype(&::name) kept = nullptr;          \
    return corokit::model::own_function(kept, #name); \
  }())
#define COROKIT_CODE(player) ((player).own_code(__builtin_return_address(0), __builtin_frame_address(0)))
