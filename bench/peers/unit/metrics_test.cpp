#include "metrics.hpp"

#include <gtest/gtest.h>
#include <stdexcept>

namespace corokit::peers {
namespace {

std::string what(void (*function)()) {
  try {
    function();
  } catch (const std::runtime_error& error) {
    return error.what();
  }
  return "nothing was thrown";
}

TEST(Metrics, AreReadALine) {
  const auto metrics = read_metrics(
      "{\"metric\":\"a.mt\",\"unit\":\"ns/op\",\"value\":1.5}\n"
      "{\"metric\":\"a.mt.cpu\",\"unit\":\"cpu-ms\",\"value\":2}\n");
  ASSERT_EQ(metrics.size(), 2u);
  EXPECT_EQ(metrics[0].value, 1.5);
  EXPECT_EQ(metrics[1].name, "a.mt.cpu");
  EXPECT_EQ(metrics[1].unit, "cpu-ms");
  EXPECT_TRUE(read_metrics("").empty());
}

TEST(Metrics, ErrorQuotesTheLine) {
  EXPECT_EQ(what([] { read_metrics("thread 'main' panicked\n"); }),
            "this is no metric: thread 'main' panicked");
}

TEST(MetricName, HasAWorkloadAModeAndALabel) {
  const MetricName plain("spawn_await_1m.mt"), dotted("cancel_100k_shared.ct.call");
  EXPECT_EQ(plain.workload, "spawn_await_1m");
  EXPECT_EQ(plain.mode, "mt");
  EXPECT_EQ(plain.label, "spawn_await_1m");
  EXPECT_EQ(dotted.workload, "cancel_100k_shared");
  EXPECT_EQ(dotted.mode, "ct");
  EXPECT_EQ(dotted.label, "cancel_100k_shared.call");
  EXPECT_THROW(MetricName("spawn"), std::runtime_error);
  EXPECT_THROW(MetricName("spawn.xx"), std::runtime_error);
}

}  // namespace
}  // namespace corokit::peers
