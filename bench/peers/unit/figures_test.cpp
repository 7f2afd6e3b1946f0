#include "figures.hpp"

#include <gtest/gtest.h>
#include <fstream>
#include <iterator>
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

TEST(Figures, AreReadByMetric) {
  const Figures figures = read_figures(R"({"metrics": {"a.mt": {"debian": 98, "best": 49}}})");
  ASSERT_EQ(figures.size(), 1u);
  EXPECT_EQ(figures.at("a.mt").debian, 98);
  EXPECT_EQ(figures.at("a.mt").scale(), 0.5);
}

TEST(Figures, ScaleNothingWhereTheNewestIsNotBetter) {
  EXPECT_EQ((Published{50, 50}.scale()), 1);
}

TEST(Figures, ErrorNamesTheMetric) {
  EXPECT_EQ(what([] { read_figures(R"({"metrics": {"a.mt": {"debian": 1, "best": 2}}})"); }),
            "the published figures: a.mt: 0 < best <= debian does not hold");
  EXPECT_NE(what([] { read_figures(R"({"metrics": {"b.ct": {"debian": 1}}})"); }).find("b.ct: "),
            std::string::npos);
  EXPECT_NE(what([] { read_figures("no json"); }).find("the published figures: "), std::string::npos);
}

TEST(Figures, TheFileOfThisProjectHasEveryMetricOfTokio) {
  std::ifstream file(PEERS_FIGURES);
  const Figures figures = read_figures({std::istreambuf_iterator<char>(file), {}});
  EXPECT_GE(figures.size(), 100u);
  for (const auto& [name, published] : figures) EXPECT_NO_THROW(MetricName{name}) << name;
  EXPECT_EQ(figures.at("orch_fu.mt").debian, 405);
  EXPECT_EQ(figures.at("sleep_1m_wave.ct.setup").best, 258);
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
