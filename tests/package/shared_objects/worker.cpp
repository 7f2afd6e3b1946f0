#include "objects.hpp"

#include <corokit/spawn.hpp>
#include <corokit/time/sleep.hpp>

using namespace corokit;

namespace {

Task<int> child() {
  co_await sleep(std::chrono::milliseconds(1));
  co_return 42;
}

Task<int> work() {
  auto spawned = spawn(child());  // throws where this object sees no runtime
  const auto answer = co_await spawned;
  co_return answer.value();
}

}  // namespace

extern "C" Work get_work() {
  return work;
}
