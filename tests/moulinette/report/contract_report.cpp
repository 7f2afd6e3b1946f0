#include "report/contract_report.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace corokit::moulinette {
namespace {

std::string from_here(const std::filesystem::path& file) {
  std::error_code failed;
  const auto here = std::filesystem::proximate(file, failed);
  return (failed ? file : here).string();
}

}  // namespace

std::string contract_report(const std::vector<Fault>& faults, const std::vector<std::string>& exercises) {
  std::string text;
  for (const Fault& fault : faults) {
    const std::string line = fault.line > 0 ? fmt::format(":{}", fault.line) : "";
    text += fmt::format("{}{}: {}\n", from_here(fault.file), line, fault.sentence);
  }
  if (!faults.empty()) return text;
  return exercises.size() == 1
             ? fmt::format("{}: spec.json is sound, and the tree has what it names.\n", exercises.front())
             : fmt::format("{} exercises: each spec.json is sound, and the tree has what it names.\n",
                           exercises.size());
}

nlohmann::ordered_json to_json(const std::vector<Fault>& faults, const std::vector<std::string>& exercises) {
  using Json = nlohmann::ordered_json;
  Json list = Json::array();
  for (const Fault& fault : faults)
    list.push_back({{"exercise", fault.exercise},
                    {"file", from_here(fault.file)},
                    {"line", fault.line},
                    {"message", fault.sentence}});
  return {{"ok", faults.empty()}, {"exercises", exercises}, {"faults", std::move(list)}};
}

}  // namespace corokit::moulinette
