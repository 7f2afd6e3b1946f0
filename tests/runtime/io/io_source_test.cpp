#include <corokit/detail/io/io_source.hpp>

#include <gtest/gtest.h>

#include "support/probe.hpp"

namespace corokit::detail {
namespace {

using test::Probe;

void report(IoSource& source, std::uint32_t bits) {
  WakeBatch batch;
  source.set(bits, batch);
}

TEST(IoSource, AReaderWaitsForWhatCanBeRead) {
  IoSource source;
  Probe reader(ReadinessAwaiter(source, false));
  Probe writer(ReadinessAwaiter(source, true));
  EXPECT_TRUE(reader.is_pending() && writer.is_pending());
  report(source, Readiness::kReadable);
  EXPECT_TRUE(reader.is_woken());
  EXPECT_FALSE(writer.is_woken());
  report(source, Readiness::kWritable);
  EXPECT_TRUE(writer.is_woken());
}

TEST(IoSource, WhatIsReadyDoesNotWait) {
  IoSource source;
  report(source, Readiness::kReadable);
  Probe reader(ReadinessAwaiter(source, false));
  EXPECT_TRUE(reader.poll());
}

TEST(IoSource, AClearMakesTheNextOneWait) {
  IoSource source;
  report(source, Readiness::kReadable | Readiness::kWritable);
  source.clear(Readiness::kReadable, source.look());
  Probe reader(ReadinessAwaiter(source, false));
  Probe writer(ReadinessAwaiter(source, true));
  EXPECT_TRUE(reader.is_pending());
  EXPECT_TRUE(writer.poll());
}

TEST(IoSource, AClearForgetsNothingThatCameAfterTheLook) {
  IoSource source;
  report(source, Readiness::kReadable);
  const Readiness seen = source.look();
  report(source, Readiness::kReadable);
  source.clear(Readiness::kReadable, seen);
  Probe reader(ReadinessAwaiter(source, false));
  EXPECT_TRUE(reader.poll());
}

TEST(IoSource, AReportAboutAnEarlierDescriptorIsForgotten) {
  IoSource source;
  const std::uint32_t earlier = source.reset(0);
  const std::uint32_t now = source.reset(0);
  const auto report_of = [&source](std::uint32_t generation) {
    WakeBatch batch;
    source.set(Readiness::kReadClosed, generation, batch);
  };
  Probe reader(ReadinessAwaiter(source, false));
  report_of(earlier);
  EXPECT_TRUE(reader.is_pending());
  report_of(now);
  EXPECT_TRUE(reader.is_woken());
}

TEST(IoSource, WhatIsClosedStaysClosedAndAnErrorDoesNotStay) {
  for (const auto& [bit, stays] : {std::pair(Readiness::kReadClosed, true),
                                   std::pair(Readiness::kEnded, true), std::pair(Readiness::kError, false)}) {
    IoSource source;
    report(source, bit);
    source.clear(Readiness::kReadable, source.look());
    Probe reader(ReadinessAwaiter(source, false));
    EXPECT_EQ(reader.poll(), stays) << bit;
  }
}

TEST(IoSource, ADroppedWaitLeavesTheOthers) {
  IoSource source;
  Probe first(ReadinessAwaiter(source, false));
  EXPECT_TRUE(first.is_pending());
  {
    Probe dropped(ReadinessAwaiter(source, false));
    EXPECT_TRUE(dropped.is_pending());
  }
  report(source, Readiness::kReadable);
  EXPECT_TRUE(first.is_woken());
}

TEST(IoSource, AllReadersAreWoken) {
  IoSource source;
  Probe first(ReadinessAwaiter(source, false));
  Probe second(ReadinessAwaiter(source, false));
  EXPECT_TRUE(first.is_pending() && second.is_pending());
  report(source, Readiness::kReadClosed);
  EXPECT_TRUE(first.is_woken() && second.is_woken());
}

}  // namespace
}  // namespace corokit::detail
