#include "kept_runs.hpp"

#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <stdexcept>

namespace corokit::peers {

using nlohmann::json;

KeptRuns::KeptRuns(std::filesystem::path file, const std::string& of) : file_(std::move(file)) {
  std::ifstream input(file_);
  std::string line;
  if (std::getline(input, line) && line == json(of).dump()) {
    while (std::getline(input, line)) {
      const json run = json::parse(line, nullptr, false);
      if (!run.is_object()) break;  // it was being written when the power failed
      try {
        runs_[run.at("name")] = read_metrics(run.at("output"));
      } catch (const std::exception&) {
        break;
      }
    }
    known_ = runs_.size();
    if (known_ != 0) return;
  }
  std::ofstream(file_, std::ios::trunc) << json(of).dump() << '\n';
}

const std::vector<Metric>* KeptRuns::find(const std::string& name) const {
  const auto run = runs_.find(name);
  return run == runs_.end() ? nullptr : &run->second;
}

void KeptRuns::add(const std::string& name, const std::string& output) {
  runs_[name] = read_metrics(output);
  std::ofstream(file_, std::ios::app) << json{{"name", name}, {"output", output}}.dump() << '\n';
}

void KeptRuns::finish() noexcept {
  std::error_code failed;
  std::filesystem::remove(file_, failed);
}

}  // namespace corokit::peers
