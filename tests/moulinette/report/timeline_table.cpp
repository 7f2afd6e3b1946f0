#include "report/timeline_table.hpp"

#include <fmt/format.h>
#include <string_view>

namespace corokit::moulinette {
namespace {

constexpr std::string_view kTask = "task ";

struct Row {
  std::chrono::nanoseconds time{};
  std::string who;  // "tasks 0, 1, 2"
  std::string what;
};

bool goes_on(const Row& row, const TimelineEvent& event) {
  return row.time == event.time && row.what == event.event && event.task.starts_with(kTask) &&
         row.who.starts_with("task");
}

std::vector<Row> rows_of(const std::vector<TimelineEvent>& timeline) {
  std::vector<Row> rows;
  for (const TimelineEvent& event : timeline) {
    if (rows.empty() || !goes_on(rows.back(), event)) {
      rows.push_back({event.time, event.task, event.event});
      continue;
    }
    std::string& who = rows.back().who;
    if (who.starts_with(kTask)) who.insert(kTask.size() - 1, "s");
    who += ", " + event.task.substr(kTask.size());
  }
  return rows;
}

}  // namespace

std::string timeline_table(const std::vector<TimelineEvent>& timeline, std::size_t lines) {
  const std::vector<Row> rows = rows_of(timeline);
  const std::size_t first = lines / 4;
  std::string table;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (rows.size() > lines && i == first) {
      i = rows.size() - (lines - first - 1);
      table += fmt::format("  {:>14}  {} lines are left out; --json shows them\n", "…", i - first);
    }
    const double time = std::chrono::duration<double, std::milli>(rows[i].time).count();
    table += fmt::format("  {:>11.10g} ms  {}{}{}\n", time, rows[i].who, rows[i].who.empty() ? "" : " ",
                         rows[i].what);
  }
  return table;
}

}  // namespace corokit::moulinette
