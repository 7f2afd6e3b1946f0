// Tests that write to a destroyed frame and lose another one.
// valgrind must report both, which shows that it sees frames.
#include <corokit/task.hpp>

#include <gtest/gtest.h>
#include <utility>

namespace corokit {
namespace {

Task<int> give() {
  co_return 1;
}

TEST(Planted, WritesToADeadFrame) {
  auto frame = detail::TaskAccess::release(give());
  auto* const byte = reinterpret_cast<volatile char*>(&frame.promise().cell());
  detail::destroy_frame(frame);
  *byte = 0;
}

TEST(Planted, LosesAFrame) {
  detail::TaskAccess::release(give());
}

}  // namespace
}  // namespace corokit
