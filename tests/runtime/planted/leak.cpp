// A test that leaves a frame behind. ctest wants it to fail: it is how we know that the others would.
#include <corokit/task.hpp>

#include <gtest/gtest.h>
#include <utility>

namespace corokit {
namespace {

Task<int> give() {
  co_return 1;
}

TEST(Planted, DestroysItsFrame) {
  const Task<int> dropped = give();
}

TEST(Planted, LeavesOneFrame) {
  static Task<int> kept = give();
}

}  // namespace
}  // namespace corokit
