// What happens when the system gives no more threads: pthread_create() is replaced for the whole program.
#include <corokit/runtime.hpp>

#include <dlfcn.h>
#include <gtest/gtest.h>
#include <pthread.h>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <climits>
#include <system_error>
#include <thread>

#include "support/counted.hpp"
#include "support/gate.hpp"
#include "support/on_each_runtime.hpp"
#include "support/small_tasks.hpp"

namespace {

std::atomic<int> threads_left{INT_MAX};

/// Lets the system give only so many more threads, for a scope.
class ThreadLimit {
 public:
  explicit ThreadLimit(int count) { threads_left = count; }
  ThreadLimit(const ThreadLimit&) = delete;
  ThreadLimit& operator=(const ThreadLimit&) = delete;
  ~ThreadLimit() { threads_left = INT_MAX; }
};

}  // namespace

extern "C" int pthread_create(pthread_t* thread, const pthread_attr_t* attributes, void* (*run)(void*),
                              void* argument) {
  static const auto create =
      reinterpret_cast<decltype(&pthread_create)>(::dlsym(RTLD_NEXT, "pthread_create"));
  if (threads_left.fetch_sub(1) <= 0) return EAGAIN;
  return create(thread, attributes, run, argument);
}

namespace corokit {
namespace {

using namespace std::chrono_literals;
using test::Census;
using test::Counted;
using test::Gate;

TEST(NoThread, ARuntimeThatMissesOneWorkerThrowsAndJoinsTheOthers) {
  for (const int limit : {0, 1, 7}) {
    const ThreadLimit limited(limit);
    EXPECT_THROW(Runtime::multi_thread(8), std::system_error);
    threads_left = limit;
    EXPECT_THROW(Runtime::global_queue(8), std::system_error);
  }
  EXPECT_EQ(Runtime::multi_thread(8).block_on([]() -> Task<int> { co_return 1; }()), 1);
}

using NoThreadOn = test::OnEachRuntime;
COROKIT_ON_EACH_RUNTIME(NoThreadOn);

TEST_P(NoThreadOn, ShutdownThrowsAndTheRuntimeGoesOn) {
  Runtime runtime = make();
  Gate gate;
  Census census;
  JoinHandle<void> waiting = runtime.spawn(test::wait_at(&gate, Counted(census)));
  {
    const ThreadLimit limited(0);
    EXPECT_THROW(runtime.shutdown(100ms), std::system_error);
  }
  EXPECT_FALSE(waiting.is_finished());
  EXPECT_EQ(runtime.block_on([]() -> Task<int> { co_return 1; }()), 1);
  EXPECT_TRUE(runtime.shutdown(Duration::max()));
  EXPECT_EQ(census.alive, 0);
}

TEST_P(NoThreadOn, ABlockingFunctionIsCancelled) {
  Runtime runtime = make();
  const ThreadLimit limited(0);
  auto join = [](JoinHandle<void> handle) -> Task<bool> { co_return (co_await handle).has_value(); };
  EXPECT_FALSE(runtime.block_on(join(runtime.spawn_blocking([] {}))));
}

}  // namespace
}  // namespace corokit
