#pragma once
// Scales the work of a stress test: builds with sanitizers, which are slow, do less of it.
#include <cstdint>

namespace corokit::test {

#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
inline constexpr bool kSlowBuild = true;
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer) || __has_feature(address_sanitizer)
inline constexpr bool kSlowBuild = true;
#else
inline constexpr bool kSlowBuild = false;
#endif
#else
inline constexpr bool kSlowBuild = false;
#endif

/// Returns: `count`, or a tenth of it in a build with sanitizers.
constexpr std::uint64_t scaled(std::uint64_t count) {
  return kSlowBuild ? count / 10 : count;
}

}  // namespace corokit::test
