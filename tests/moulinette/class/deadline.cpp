#include "class/deadline.hpp"

#include "error.hpp"

#include <fmt/format.h>
#include <algorithm>
#include <array>
#include <cmath>
#include <ctime>
#include <regex>
#include <utility>

namespace corokit::moulinette {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

std::optional<seconds> unit_of(const std::string& word) {
  static const std::array<std::pair<std::regex, seconds>, 4> units{{
      {std::regex("min|minutes?", std::regex::icase), minutes(1)},
      {std::regex("h|hours?|heures?", std::regex::icase), hours(1)},
      {std::regex("d|days?|j|jours?", std::regex::icase), hours(24)},
      {std::regex("w|weeks?|semaines?", std::regex::icase), hours(24 * 7)},
  }};
  for (const auto& [name, unit] : units)
    if (std::regex_match(word, name)) return unit;
  return {};
}

/// Returns: none for a day or an hour that no clock shows.
std::optional<Moment> moment_at(std::tm time, const std::string& zone) {
  const std::tm asked = time;
  time.tm_isdst = -1;
  const std::time_t seconds_since = zone.empty() ? std::mktime(&time) : timegm(&time);
  if (time.tm_mon != asked.tm_mon || time.tm_mday != asked.tm_mday || time.tm_min != asked.tm_min) return {};
  Moment moment{seconds(seconds_since)};
  if (zone.size() > 1) {
    const auto offset =
        hours(std::stoi(zone.substr(1, 2))) + minutes(std::stoi(zone.substr(zone.size() - 2)));
    moment += zone[0] == '-' ? seconds(offset) : -seconds(offset);
  }
  return moment;
}

[[noreturn]] void no_rule(const std::string& text, const std::string& part) {
  throw misuse(fmt::format(
      "--late \"{}\": \"{}\" is no part of a rule.\nA rule is what is lost for each day, hour or week that "
      "begins, and what bounds it:\n  --late \"10%/day, at most 3 days\"\n  --late \"5 points/hour, grace 10 "
      "min\"\n  --late none   (a late hand-in has no points)",
      text, part));
}

}  // namespace

std::optional<Moment> parse_moment(const std::string& text) {
  static const std::regex form(
      R"(\s*(\d{4})-(\d{2})-(\d{2})(?:[T ]+(\d{2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?\s*(Z|UTC|[+-]\d{2}:?\d{2})?)?\s*)");
  std::smatch found;
  if (!std::regex_match(text, found, form)) return {};
  const auto number = [&found](std::size_t group, int otherwise) {
    return found[group].matched ? std::stoi(found[group]) : otherwise;
  };
  std::tm time{};
  time.tm_year = number(1, 0) - 1900;
  time.tm_mon = number(2, 0) - 1;
  time.tm_mday = number(3, 0);
  time.tm_hour = number(4, 23);
  time.tm_min = number(5, 59);
  time.tm_sec = number(6, found[4].matched ? 0 : 59);
  const std::string zone = found[7];
  return moment_at(time, zone == "UTC" ? "Z" : zone);
}

std::optional<seconds> parse_duration(const std::string& text) {
  static const std::regex form(R"(\s*(\d{1,6})\s*([a-zA-Z]+)\s*)");
  std::smatch found;
  if (!std::regex_match(text, found, form)) return {};
  const auto unit = unit_of(found[2]);
  if (!unit) return {};
  return std::stoi(found[1]) * *unit;
}

LateRule LateRule::parse(const std::string& text) {
  static const std::regex loss(
      R"(\s*(\d{1,4}(?:\.\d+)?)\s*(%|points?)\s*(?:/|per|an?|par)\s*([a-zA-Z]+)\s*)");
  static const std::regex most(R"(\s*(?:at most|max|au plus)\s+(.*))");
  static const std::regex grace(R"(\s*grace\s+(?:of\s+)?(.*))");
  static const std::regex none(R"(\s*(none|refused)\s*)");
  if (text.empty()) no_rule(text, text);
  LateRule rule;
  const std::regex comma(",");
  for (std::sregex_token_iterator part(text.begin(), text.end(), comma, -1), end; part != end; ++part) {
    const std::string item = *part;
    std::smatch found;
    if (std::regex_match(item, found, none)) {
      rule.refuses_ = true;
    } else if (std::regex_match(item, found, loss) && unit_of(found[3])) {
      (found[2] == "%" ? rule.percent_ : rule.points_) = std::stod(found[1]);
      rule.unit_ = *unit_of(found[3]);
    } else if (std::regex_match(item, found, most) && parse_duration(found[1])) {
      rule.at_most_ = parse_duration(found[1]);
    } else if (std::regex_match(item, found, grace) && parse_duration(found[1])) {
      rule.grace_ = *parse_duration(found[1]);
    } else {
      no_rule(text, item);
    }
  }
  return rule;
}

int LateRule::score(int earned, seconds late) const noexcept {
  if (late <= grace_ || late <= seconds(0)) return earned;
  if (refuses_ || (at_most_ && late > *at_most_)) return 0;
  const double units = std::ceil(static_cast<double>(late.count()) / static_cast<double>(unit_.count()));
  const double left = earned * (1 - percent_ / 100 * units) - points_ * units;
  return static_cast<int>(std::lround(std::clamp(left, 0.0, static_cast<double>(earned))));
}

}  // namespace corokit::moulinette
