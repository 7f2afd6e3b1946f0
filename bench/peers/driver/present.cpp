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

struct Suite {
  const char* title;
  const char* intro;
  std::vector<std::string_view> beginnings;  ///< the prefixes of the names of its workloads
};

const std::vector<Suite>& suites() {
  static const std::vector<Suite> all = {
      {"Tasks",
       "The cost of spawning a task, handing it to a worker and joining it.",
       {"spawn_", "ping_pong", "chained_spawn", "yield_", "fib", "fork"}},
      {"Locks and permits",
       "Uncontended and contended ones, and a lock whose holder yields.",
       {"mutex_", "semaphore_"}},
      {"Channels",
       "A message from one task to one, from four to one, and to all; a value that changes.",
       {"mpsc_", "oneshot_", "broadcast_", "watch_"}},
      {"Timers",
       "The cost of beginning, cancelling and ending a million sleeps; and how late ten thousand sleeps end.",
       {"sleep_"}},
      {"Cancellation",
       "A token that a hundred thousand tasks wait for; tokens that are created, dropped and looked at.",
       {"cancel_", "child_token", "token_"}},
      {"The orchestrator's pattern",
       "Many tasks share few permits, and their results come in the order of completion.",
       {"orch_"}},
      {"Sockets", "Round trips, a copy, connections; a server and a client with a thread each.", {"io_"}},
      {"Select and timeout", "A loop that waits for a message or a cancellation.", {"select_", "timeout_"}},
      {"Memory", "The resident bytes of a waiting task.", {"mem_"}}};
  return all;
}

bool belongs(const Row& row, const Suite& suite) {
  return std::any_of(suite.beginnings.begin(), suite.beginnings.end(), [&](std::string_view beginning) {
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
  table.columns.insert(table.columns.end(), {"ratio", "spread %", "tokio's %"});
  for (const Row& row : rows) {
    Series line{row.metric + " [" + row.unit + "]", {}};
    for (const Summary& summary : row.programs) line.values.push_back(summary.runs ? summary.median : kNone);
    line.values.push_back(comparison.ratio(row));
    line.values.push_back(percent(row.ours()));
    line.values.push_back(percent(row.programs[1]));
    table.rows.push_back(std::move(line));
  }
  return table;
}

/// Returns: how many times better than the best tokio ours is, by metric, with a series for each mode.
Figure figure_of(const Suite& suite, const std::vector<Row>& rows, const Comparison& comparison) {
  Figure figure;
  figure.title = std::string(suite.title) + ": how many times better than the best tokio";
  figure.x_title = "metric";
  figure.y_title = "times better";
  figure.log_y = true;
  figure.series = {{"work stealing", {}}, {"current thread", {}}};
  for (const Row& row : rows) {
    const double ratio = comparison.ratio(row);
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
      "Above 1 corokit is better. \"Work stealing\" has two workers, and so has tokio's multi-thread "
      "runtime.";
  return figure;
}

Part bars_part(const Comparison& comparison, const std::vector<Program>& programs,
               const std::vector<Bar>& bars) {
  Part part;
  part.title = "Goals";
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
      "{} of {} bars hold. Each number is a median. The ratio is ours divided by the better value of tokio "
      "with either allocator, in this run; below 1 ours is better. The spread is the difference of the "
      "largest and the smallest value, divided by the median.",
      held, measured);
  part.tables.push_back(std::move(table));
  const std::vector<Row> slower = slower_rows(comparison);
  if (!slower.empty())
    part.tables.push_back(
        table_of("Where ours takes more than the best tokio", slower, comparison, programs));
  return part;
}

}  // namespace

Report present(const Comparison& comparison, const std::vector<Program>& programs,
               const std::vector<Bar>& bars) {
  Report report;
  report.title = "Runtimes compared";
  report.about = "The same workloads run on corokit, tokio, Asio and TBB, in turn, on one machine.";
  report.command = "./moulinette bench --peers --html peers.html";
  report.parts.push_back(bars_part(comparison, programs, bars));
  const std::vector<Row> rows = comparison.rows();
  for (const Suite& suite : suites()) {
    std::vector<Row> mine;
    std::copy_if(rows.begin(), rows.end(), std::back_inserter(mine),
                 [&](const Row& row) { return belongs(row, suite); });
    if (mine.empty()) continue;
    Part part;
    part.title = suite.title;
    part.intro = suite.intro;
    Figure figure = figure_of(suite, mine, comparison);
    if (!figure.x.empty()) part.figures.push_back(std::move(figure));
    part.tables.push_back(table_of(suite.title, mine, comparison, programs));
    report.parts.push_back(std::move(part));
  }
  return report;
}

}  // namespace corokit::peers
