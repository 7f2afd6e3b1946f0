#pragma once

// The version of corokit, for the preprocessor. CMake reads it here; nothing else repeats it.
#define COROKIT_VERSION_MAJOR 0
#define COROKIT_VERSION_MINOR 1
#define COROKIT_VERSION_PATCH 0

#define COROKIT_DETAIL_TEXT_OF(number) #number
#define COROKIT_DETAIL_TEXT(number) COROKIT_DETAIL_TEXT_OF(number)

namespace corokit {

/// The version as text: "1.2.3". Before 1.0.0 a new minor version may change the interface.
constexpr const char* version() noexcept {
  return COROKIT_DETAIL_TEXT(COROKIT_VERSION_MAJOR) "." COROKIT_DETAIL_TEXT(
      COROKIT_VERSION_MINOR) "." COROKIT_DETAIL_TEXT(COROKIT_VERSION_PATCH);
}

}  // namespace corokit

#undef COROKIT_DETAIL_TEXT
#undef COROKIT_DETAIL_TEXT_OF
