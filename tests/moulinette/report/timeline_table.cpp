#include "report/timeline_table.hpp"

#include "output/drawing_words.hpp"
#include "output/terminal_words.hpp"

#include <fmt/format.h>
#include <algorithm>
#include <string_view>

namespace corokit::moulinette {
namespace {

constexpr std::string_view kTask = "task ";

struct Row {
  std::chrono::nanoseconds time{};
  std::string who;     // "task 0"; "run 2: task 0"
  std::string others;  // ", 1, 2": of the same run
  std::string what;

  std::string text() const {
    std::string text = who;
    if (!others.empty()) text.insert(text.rfind(kTask) + kTask.size() - 1, "s");
    return text + others + (who.empty() ? "" : " ") + what;
  }
};

/// Returns: what comes before the number of a task, which is empty for others.
std::string_view before_number(std::string_view who) {
  const std::size_t task = who.rfind(kTask);
  return task == std::string_view::npos ? std::string_view() : who.substr(0, task + kTask.size());
}

bool goes_on(const Row& row, const TimelineEvent& event) {
  const std::string_view prefix = before_number(event.task);
  return !prefix.empty() && prefix == before_number(row.who) && row.time == event.time &&
         row.what == event.event;
}

constexpr std::string_view kFirstRun = "run 1: ";

/// Whether an event is one of another run than the first.
bool is_of_other_run(const TimelineEvent& event) {
  return event.task.starts_with("run ") && !event.task.starts_with(kFirstRun) && event.task != "run 1";
}

std::vector<Row> rows_of(const std::vector<TimelineEvent>& timeline) {
  std::vector<Row> rows;
  const bool names_runs = std::ranges::any_of(timeline, is_of_other_run);
  for (TimelineEvent event : timeline) {
    if (!names_runs && event.task.starts_with(kFirstRun)) event.task.erase(0, kFirstRun.size());
    if (rows.empty() || !goes_on(rows.back(), event)) {
      rows.push_back({event.time, event.task, "", event.event});
    } else {
      rows.back().others += ", " + event.task.substr(before_number(event.task).size());
    }
  }
  return rows;
}

}  // namespace

std::string timeline_table(const std::vector<TimelineEvent>& timeline, std::size_t lines, Language language) {
  const TerminalWords say(language);
  const std::vector<Row> rows = rows_of(timeline);
  const std::size_t first = lines / 4;
  std::string table;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (rows.size() > lines && i == first) {
      i = rows.size() - (lines - first - 1);
      table += fmt::format("  {:>14}  {}\n", "…", say("{} lines are left out; --json shows them", i - first));
    }
    const double time = std::chrono::duration<double, std::milli>(rows[i].time).count();
    const bool is_move = rows[i].who.empty();
    table += fmt::format("  {:>11.10g} ms  {}\n", time,
                         is_move && language == Language::french ? said_in_french(kDrawingWords, rows[i].what)
                                                                 : rows[i].text());
  }
  return table;
}

}  // namespace corokit::moulinette
