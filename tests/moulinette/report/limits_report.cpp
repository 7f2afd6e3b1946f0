#include "report/limits_report.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace corokit::moulinette {

std::string limits_in_use(const std::vector<LimitUse>& uses) {
  std::string text;
  for (const LimitUse& use : uses)
    text += fmt::format("  {:<22} {:.0f} % in use by right solutions ({:.2f} of {:g}, by {})\n", use.limit,
                        100 * use.used / use.allowed, use.used, use.allowed, use.who);
  return text;
}

std::string limits_report(const std::string& exercise, const std::vector<SuggestedLimit>& limits) {
  std::string text = fmt::format(
      "{}: what right solutions take at most, by medians; a limit is twice that at least\n\n", exercise);
  text += fmt::format("  {:<22} {:>8} {:>8} {:>10}  by\n", "limit", "taken", "is", "at least");
  for (const auto& [use, suggested] : limits)
    text += fmt::format("  {:<22} {:>8.2f} {:>8g} {:>10}  {}\n", use.limit, use.used, use.allowed, suggested,
                        use.who);
  return text;
}

nlohmann::ordered_json to_json(const std::string& exercise, const std::vector<SuggestedLimit>& limits) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const auto& [use, suggested] : limits)
    list.push_back({{"limit", use.limit},
                    {"used", use.used},
                    {"allowed", use.allowed},
                    {"who", use.who},
                    {"suggested", suggested}});
  return {{"exercise", exercise}, {"limits", std::move(list)}};
}

}  // namespace corokit::moulinette
