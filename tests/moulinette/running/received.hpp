#pragma once
#include "running/test_run.hpp"

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

namespace corokit::moulinette {

/// What a test said over its socket, in lines that begin with the secret.
struct Received {
  std::uint64_t begun = 0;               // how many schedules began
  std::uint64_t parts = 0;               // how many parts began, each once for each schedule
  bool in_order = true;                  // whether each of them was the next one
  std::optional<std::uint64_t> last;     // the schedule that began last; 0 is the thread pool
  std::string part;                      // that began last
  std::vector<TimelineEvent> timeline;   // events that came one by one, then those of the report
  nlohmann::json report;                 // the first report; null if there is none
  bool contradicted = false;             // whether there is a second report
  std::vector<nlohmann::json> explored;  // how the parts were explored, one after another
  nlohmann::json recorded;  // a schedule that was recorded, see tests/specified/harness; null if none was
};

Received read_lines(const std::string& text, const std::string& secret, const TestSpec& test,
                    const Schedules& play);

/// Reads the events under a key of a report.
void append_events(std::vector<TimelineEvent>& timeline, const nlohmann::json& report, const char* key);

/// Returns: how many parts begin in a complete test, each once for each schedule.
std::uint64_t parts_to_play(const TestSpec& test, const Schedules& play);

/// Returns: the text under a key of a report; empty if there is none.
std::string text_of(const nlohmann::json& report, const char* key);

}  // namespace corokit::moulinette
