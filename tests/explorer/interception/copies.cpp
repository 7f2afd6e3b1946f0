// The functions of the C library that copy memory: programs are linked so that their calls come here.
#include <cstddef>
#include <cstring>

#include "c_library.hpp"

using namespace corokit::model;  // NOLINT: the names below are those that the linker makes

#define COROKIT_HERE __builtin_return_address(0), __builtin_frame_address(0)

// NOLINTBEGIN(bugprone-reserved-identifier, readability-identifier-naming): the names are those that the linker makes.
extern "C" {

void* __wrap_memcpy(void* to, const void* from, std::size_t size) {
  access(from, size, Access::Kind::read, COROKIT_HERE);
  access(to, size, Access::Kind::write, COROKIT_HERE);
  return std::memcpy(to, from, size);
}
void* __wrap_memmove(void* to, const void* from, std::size_t size) {
  access(from, size, Access::Kind::read, COROKIT_HERE);
  access(to, size, Access::Kind::write, COROKIT_HERE);
  return std::memmove(to, from, size);
}
void* __wrap_memset(void* to, int value, std::size_t size) {
  access(to, size, Access::Kind::write, COROKIT_HERE);
  return std::memset(to, value, size);
}
int __wrap_memcmp(const void* one, const void* other, std::size_t size) {
  access(one, size, Access::Kind::read, COROKIT_HERE);
  access(other, size, Access::Kind::read, COROKIT_HERE);
  return std::memcmp(one, other, size);
}

}  // extern "C"
// NOLINTEND(bugprone-reserved-identifier, readability-identifier-naming)

#undef COROKIT_HERE
