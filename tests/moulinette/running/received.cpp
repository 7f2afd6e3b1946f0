#include "running/received.hpp"

#include "running/printable.hpp"

#include <charconv>
#include <sstream>
#include <string_view>
#include <utility>

namespace corokit::moulinette {
namespace {

void append_event(std::vector<TimelineEvent>& timeline, const nlohmann::json& event) {
  if (event.is_array() && event.size() == 3 && event[0].is_number_integer() && event[1].is_string() &&
      event[2].is_string())
    timeline.push_back({std::chrono::nanoseconds(event[0]), event[1], event[2]});
}

/// Reads the lines of one process.
class Reader {
 public:
  Reader(const TestSpec& test, const Schedules& play) : order_(play.order()), parts_{test.name} {
    for (const PartSpec& part : test.parts) parts_.push_back(part.name);
  }

  Received read(const std::string& text, const std::string& secret) {
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
      if (!line.starts_with(secret + " ")) continue;
      const std::string said = line.substr(secret.size() + 1);
      if (!announcement(said)) report(said);
    }
    return std::move(received_);
  }

 private:
  /// "17 edge_nothing": schedule 17 of that part begins. Returns: whether the line is of that kind.
  bool announcement(const std::string& line) {
    std::uint64_t seed = 0;
    const char* const end = line.data() + line.size();
    const auto number = std::from_chars(line.data(), end, seed);
    if (number.ec != std::errc{} || number.ptr == end || *number.ptr != ' ') return false;
    if (received_.last != seed) ++received_.begun;
    received_.last = seed;
    received_.part.assign(number.ptr + 1, end);
    const std::uint64_t schedule = received_.parts / parts_.size();
    received_.in_order = received_.in_order && schedule < order_.size() && order_[schedule] == seed &&
                         parts_[received_.parts % parts_.size()] == received_.part;
    ++received_.parts;
    return true;
  }

  void report(const std::string& line) {
    auto json = nlohmann::json::parse(printable(line), nullptr, false);
    if (json.is_array() && json.empty()) received_.timeline.clear();
    if (json.is_array()) append_event(received_.timeline, json);
    if (!json.is_object()) return;
    if (json.contains("recording")) {
      received_.recorded = std::move(json);
      return;
    }
    if (json.contains("explored")) {
      received_.explored.push_back(std::move(json));
      return;
    }
    received_.contradicted = !received_.report.is_null();
    if (received_.contradicted) return;
    received_.report = std::move(json);
    append_events(received_.timeline, received_.report, "timeline");
  }

  std::vector<std::uint64_t> order_;
  std::vector<std::string> parts_;
  Received received_;
};

}  // namespace

void append_events(std::vector<TimelineEvent>& timeline, const nlohmann::json& report, const char* key) {
  const auto events = report.find(key);
  if (events == report.end()) return;
  for (const auto& event : *events) append_event(timeline, event);
}

std::string text_of(const nlohmann::json& report, const char* key) {
  const auto found = report.find(key);
  return found != report.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::uint64_t parts_to_play(const TestSpec& test, const Schedules& play) {
  return play.order().size() * (1 + test.parts.size());
}

Received read_lines(const std::string& text, const std::string& secret, const TestSpec& test,
                    const Schedules& play) {
  return Reader(test, play).read(text, secret);
}

}  // namespace corokit::moulinette
