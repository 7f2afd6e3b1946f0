#include "metrics.hpp"

#include <nlohmann/json.hpp>
#include <sstream>
#include <stdexcept>

namespace corokit::peers {

using nlohmann::json;

std::vector<Metric> read_metrics(const std::string& output) {
  std::vector<Metric> metrics;
  std::istringstream lines(output);
  for (std::string line; std::getline(lines, line);) {
    try {
      const json object = json::parse(line);
      metrics.push_back({object.at("metric"), object.at("unit"), object.at("value")});
    } catch (const json::exception&) {
      throw std::runtime_error("this is no metric: " + line);
    }
  }
  return metrics;
}

MetricName::MetricName(const std::string& name) {
  const std::size_t first = name.find('.');
  if (first != name.npos) mode = name.substr(first + 1, 2);
  if (mode != "mt" && mode != "ct") throw std::runtime_error("the metric " + name + " has no mode");
  workload = name.substr(0, first);
  label = workload + name.substr(first + 3);
}

}  // namespace corokit::peers
