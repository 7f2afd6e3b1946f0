#include "present.hpp"

#include <fmt/format.h>
#include <algorithm>
#include <limits>
#include <string_view>

namespace corokit::peers {
namespace {

using bench::Figure;
using bench::Part;
using bench::Report;
using bench::Series;
using bench::Table;

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

struct Family {
  const char* title;
  const char* intro;
  std::vector<std::string_view> beginnings;  ///< of the names of its workloads
};

const std::vector<Family>& families() {
  static const std::vector<Family> all = {
      {"Tasks",
       "What it costs to make a task, to hand it to a worker and to hear of its end.",
       {"spawn_", "ping_pong", "chained_spawn", "yield_", "fib"}},
      {"Locks and permits",
       "Free ones, wanted ones, and a lock that is held while its holder gives way.",
       {"mutex_", "semaphore_"}},
      {"Channels",
       "A message from one to one, from four to one, to all; a value that changes.",
       {"mpsc_", "oneshot_", "broadcast_", "watch_"}},
      {"Timers",
       "A million sleeps: what they cost to begin, to cancel and to fire; and how late ten thousand fire.",
       {"sleep_"}},
      {"Cancellation",
       "A token that a hundred thousand tasks wait for; tokens made, dropped and looked at.",
       {"cancel_", "child_token", "token_"}},
      {"The orchestrator's pattern",
       "Few permits, many tasks, results in the order of completion.",
       {"orch_"}},
      {"Select and timeout",
       "A loop around a channel that also listens to a cancellation.",
       {"select_", "timeout_"}},
      {"Memory", "Resident bytes of a task that waits.", {"mem_"}}};
  return all;
}

bool belongs(const Row& row, const Family& family) {
  return std::any_of(family.beginnings.begin(), family.beginnings.end(), [&](std::string_view beginning) {
    return row.metric.compare(0, beginning.size(), beginning) == 0;
  });
}

double percent(const Summary& summary) {
  return summary.runs > 1 ? 100 * summary.spread : kNone;
}

Table table_of(const std::string& title, const std::vector<Row>& rows, const Comparison& comparison,
               const std::vector<Program>& programs) {
  Table table{title, {}, {}};
  for (const Program& program : programs) table.columns.push_back(program.name);
  table.columns.insert(table.columns.end(), {"ratio", "scaled", "spread %", "tokio's %"});
  for (const Row& row : rows) {
    Series line{row.metric + " [" + row.unit + "]", {}};
    for (const Summary& summary : row.programs) line.values.push_back(summary.runs ? summary.median : kNone);
    line.values.push_back(comparison.ratio(row));
    line.values.push_back(comparison.scaled_ratio(row));
    line.values.push_back(percent(row.ours()));
    line.values.push_back(percent(row.programs[1]));
    table.rows.push_back(std::move(line));
  }
  return table;
}

/// How many times less ours takes than the best tokio, by metric, one series a mode.
Figure figure_of(const Family& family, const std::vector<Row>& rows, const Comparison& comparison) {
  Figure figure;
  figure.title = std::string(family.title) + ": how many times better than tokio at its best";
  figure.x_title = "metric";
  figure.y_title = "times better";
  figure.log_y = true;
  figure.series = {{"work stealing", {}}, {"current thread", {}}};
  for (const Row& row : rows) {
    const double ratio = comparison.strict_ratio(row);
    if (!counts(row) || !(ratio > 0)) continue;
    const MetricName name(row.metric);
    auto place = std::find(figure.x.begin(), figure.x.end(), name.label);
    if (place == figure.x.end()) {
      place = figure.x.insert(place, name.label);
      for (Series& series : figure.series) series.values.push_back(kNone);
    }
    figure.series[name.mode == "mt" ? 0 : 1].values[static_cast<std::size_t>(place - figure.x.begin())] =
        1 / ratio;
  }
  figure.lesson =
      "Above 1 ours is better. \"Work stealing\" has two workers, tokio's multi-thread runtime too.";
  return figure;
}

Part bars_part(const Comparison& comparison, const std::vector<Program>& programs,
               const std::vector<Bar>& bars) {
  Part part;
  part.title = "What was to be reached";
  Table table{"Bars", {"measured", "wanted"}, {}};
  std::size_t held = 0, measured = 0;
  for (const Bar& bar : bars) {
    if (!bar.is_measured()) continue;
    ++measured;
    held += bar.holds() ? 1 : 0;
    table.rows.push_back({fmt::format("{} {}, {} {:g}", bar.holds() ? "holds: " : "missed:", bar.name,
                                      bar.at_least ? "at least" : "at most", bar.wanted),
                          {bar.measured, bar.wanted}});
  }
  part.intro = fmt::format(
      "{} of {} bars hold. Each number is a median. ratio: ours for the better of tokio with either "
      "allocator, below 1 "
      "ours takes less. scaled: the same beside the newest tokio, where that is better, from published "
      "figures. spread: "
      "largest less smallest, for the median. Bars and plots go by the stricter of both ratios.",
      held, measured);
  part.tables.push_back(std::move(table));
  const std::vector<Row> slower = slower_rows(comparison);
  if (!slower.empty())
    part.tables.push_back(
        table_of("Where ours takes more than tokio at its best", slower, comparison, programs));
  return part;
}

}  // namespace

Report present(const Comparison& comparison, const std::vector<Program>& programs,
               const std::vector<Bar>& bars) {
  Report report;
  report.title = "Runtimes compared";
  report.about = "The same workloads on corokit, tokio, Asio and TBB, in turn on one machine.";
  report.command = "./moulinette bench --peers --html peers.html";
  report.parts.push_back(bars_part(comparison, programs, bars));
  const std::vector<Row> rows = comparison.rows();
  for (const Family& family : families()) {
    std::vector<Row> mine;
    std::copy_if(rows.begin(), rows.end(), std::back_inserter(mine),
                 [&](const Row& row) { return belongs(row, family); });
    if (mine.empty()) continue;
    Part part;
    part.title = family.title;
    part.intro = family.intro;
    Figure figure = figure_of(family, mine, comparison);
    if (!figure.x.empty()) part.figures.push_back(std::move(figure));
    part.tables.push_back(table_of(family.title, mine, comparison, programs));
    report.parts.push_back(std::move(part));
  }
  return report;
}

}  // namespace corokit::peers
