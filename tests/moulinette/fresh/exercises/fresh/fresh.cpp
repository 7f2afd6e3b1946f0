// The file that students fill in. As it is, it compiles and fails every test.
#include "fresh.hpp"

corokit::Task<int> twice_later(int) {
  co_return -1;
}
