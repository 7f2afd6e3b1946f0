#include "choices.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

namespace corokit::explorer {

std::string token(const Deviations& schedule) {
  std::string text;
  for (const Deviation& deviation : schedule)
    text +=
        (text.empty() ? "" : "-") + std::to_string(deviation.place) + "." + std::to_string(deviation.choice);
  return text.empty() ? "0" : text;
}

std::optional<Deviations> parse_token(std::string_view token) {
  Deviations schedule;
  if (token == "0") return schedule;
  const char* at = token.data();
  const char* const end = at + token.size();
  const auto read = [&](std::size_t& number, char before) {
    if (before != '\0' && (at == end || *at++ != before)) return false;
    const auto [stop, failed] = std::from_chars(at, end, number);
    at = stop;
    return failed == std::errc();
  };
  do {
    Deviation deviation{};
    if (!read(deviation.place, schedule.empty() ? '\0' : '-') || !read(deviation.choice, '.')) return {};
    if (deviation.choice == 0 || (!schedule.empty() && schedule.back().place >= deviation.place)) return {};
    schedule.push_back(deviation);
  } while (at != end);
  return schedule;
}

Deviations shrink(Deviations schedule, const std::function<bool(const Deviations&)>& fails) {
  for (std::size_t length = schedule.size(); length > 0; length = std::min(length / 2, schedule.size())) {
    bool again = false;
    for (std::size_t from = 0; from < schedule.size();) {
      Deviations shorter = schedule;
      const auto first = shorter.begin() + static_cast<std::ptrdiff_t>(from);
      const auto count = static_cast<std::ptrdiff_t>(std::min(length, schedule.size() - from));
      shorter.erase(first, first + count);
      if (fails(shorter)) {
        schedule = std::move(shorter);
        again = true;
      } else {
        from += length;
      }
    }
    if (again && length == 1) length = 2;  // what is left may be needed no more
  }
  return schedule;
}

}  // namespace corokit::explorer
