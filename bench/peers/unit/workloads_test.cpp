// Tests that each workload of ours runs, at a thousandth of its size, and prints metrics named as the published ones.
#include "figures.hpp"
#include "process.hpp"

#include <gtest/gtest.h>
#include <fstream>
#include <iterator>
#include <set>
#include <sstream>

namespace corokit::peers {
namespace {

using namespace std::chrono_literals;

std::set<std::string> metrics_of(const std::string& workload, const char* mode) {
  std::set<std::string> names;
  for (const Metric& metric : read_metrics(output_of({PEERS_OURS, workload, mode, "0.001"}, {}, 120s)))
    names.insert(metric.name);
  return names;
}

TEST(Workloads, OfOursPrintEveryPublishedMetric) {
  std::set<std::string> printed;
  std::istringstream list(output_of({PEERS_OURS, "--list"}, {}, 60s));
  for (std::string workload; std::getline(list, workload);)
    for (const char* mode : {"mt", "ct"})
      if (workload != "spawn_many_local" || mode == std::string("mt"))
        printed.merge(metrics_of(workload, mode));
  std::ifstream file(PEERS_FIGURES);
  for (const auto& [name, published] : read_figures({std::istreambuf_iterator<char>(file), {}}))
    EXPECT_TRUE(printed.count(name)) << name;
}

TEST(Workloads, RefuseWhatTheyDoNotKnow) {
  EXPECT_THROW(output_of({PEERS_OURS, "no_such_workload", "mt"}, {}, 60s), std::runtime_error);
  EXPECT_THROW(output_of({PEERS_OURS, "fib27", "xx"}, {}, 60s), std::runtime_error);
  EXPECT_THROW(output_of({PEERS_OURS, "fib27", "mt", "0"}, {}, 60s), std::runtime_error);
}

}  // namespace
}  // namespace corokit::peers
