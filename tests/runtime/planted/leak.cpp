// A test that leaves a frame behind.
// It must fail, which shows that any other test that leaves a frame behind would fail.
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
