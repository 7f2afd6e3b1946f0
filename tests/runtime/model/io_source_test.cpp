// Explores IoSource: a driver reports that something has come, while the task that waits for it finds that nothing was
// there, and clears what was reported before.
#include <corokit/detail/io/io_source.hpp>
#include <corokit/task.hpp>

#include <gtest/gtest.h>

#include "explorer/expect.hpp"
#include "explorer/explore.hpp"
#include "one_task_executor.hpp"

namespace corokit::detail {
namespace {

using model::Report;
using model::run;
using model::Thread;

/// The descriptor: what has come, and its source.
struct Descriptor {
  Atomic<int> come{0};
  IoSource source;

  /// What the system and then the driver do.
  void send() {
    come.fetch_add(1, std::memory_order_relaxed);  // the lock of the source orders it
    WakeBatch batch;
    source.set(Readiness::kReadable, batch);
  }
};

/// Takes all that comes, until there was so much.
Task<void> read(Descriptor& from, int wanted) {
  while (wanted > 0) {
    const Readiness seen = co_await ReadinessAwaiter(from.source, false);
    const int got = from.come.exchange(0, std::memory_order_relaxed);
    wanted -= got;
    if (got == 0) from.source.clear(Readiness::kReadable, seen);
  }
}

TEST(IoSourceModel, WhatComesIsReadWhileTheReaderClears) {
  const Report report = model::explore({.preemptions = 3}, [] {
    Descriptor descriptor;
    descriptor.source.reset(Readiness::kReadable);  // so the reader may find nothing, and clear
    Thread driver([&] { descriptor.send(); });
    run(read(descriptor, 1));
    driver.join();
  });
  EXPECT_TRUE(model::right_on_every_schedule(report));
}

TEST(IoSourceModel, EachOfTwoEventsIsRead) {
  const Report report = model::explore({.preemptions = 2}, [] {
    Descriptor descriptor;
    Thread driver([&] {
      descriptor.send();
      descriptor.send();
    });
    run(read(descriptor, 2));
    driver.join();
  });
  EXPECT_TRUE(model::right_on_every_schedule(report));
}

TEST(IoSourceModel, AnAbortedReaderLeavesTheQueue) {
  const Report report = model::explore({.stale_loads = 1}, [] {
    Descriptor descriptor;
    model::run_while_aborted(read(descriptor, 1), [&] { descriptor.send(); });
    // The next one finds what the first one has not taken.
    if (descriptor.come.load(std::memory_order_relaxed) == 1) run(read(descriptor, 1));
  });
  EXPECT_TRUE(model::right_on_every_schedule(report));
}

}  // namespace
}  // namespace corokit::detail
