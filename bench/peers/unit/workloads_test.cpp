// Tests that each workload of ours runs, at a thousandth of its size, and is one of tokio's.
#include "metrics.hpp"
#include "process.hpp"

#include <gtest/gtest.h>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace corokit::peers {
namespace {

using namespace std::chrono_literals;

std::set<std::string> metrics_of(const std::string& workload, const char* mode) {
  std::set<std::string> names;
  for (const Metric& metric : read_metrics(output_of({PEERS_OURS, workload, mode, "0.001"}, {}, 120s)))
    names.insert(metric.name);
  return names;
}

std::vector<std::string> workloads() {
  std::vector<std::string> names;
  std::istringstream list(output_of({PEERS_OURS, "--list"}, {}, 60s));
  for (std::string name; std::getline(list, name);) names.push_back(name);
  return names;
}

TEST(Workloads, OfOursRunInBothModesAndPrintMetrics) {
  for (const std::string& workload : workloads())
    for (const char* mode : {"mt", "ct"}) {
      if (workload == "spawn_many_local" && mode == std::string("ct")) continue;
      const std::set<std::string> metrics = metrics_of(workload, mode);
      EXPECT_FALSE(metrics.empty()) << workload;
      for (const std::string& metric : metrics) EXPECT_EQ(MetricName(metric).workload, workload);
    }
}

TEST(Workloads, OfOursAreThoseOfTokio) {
  std::string sources;
  for (const auto& file : std::filesystem::directory_iterator(PEERS_TOKIO_SOURCES)) {
    std::ifstream input(file.path());
    sources.append(std::istreambuf_iterator<char>(input), {});
  }
  for (const std::string& workload : workloads())
    EXPECT_NE(sources.find("\"" + workload + "\""), std::string::npos) << workload;
}

TEST(Workloads, RefuseWhatTheyDoNotKnow) {
  EXPECT_THROW(output_of({PEERS_OURS, "no_such_workload", "mt"}, {}, 60s), std::runtime_error);
  EXPECT_THROW(output_of({PEERS_OURS, "fib27", "xx"}, {}, 60s), std::runtime_error);
  EXPECT_THROW(output_of({PEERS_OURS, "fib27", "mt", "0"}, {}, 60s), std::runtime_error);
}

}  // namespace
}  // namespace corokit::peers
