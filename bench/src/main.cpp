// Compares schedulers: the policies of the orchestrator, the executors of the runtime, and how the cost grows.
#include "page.hpp"
#include "policies.hpp"
#include "questions.hpp"

#include <fmt/format.h>
#include <unistd.h>
#include <algorithm>
#include <chrono>
#include <CLI/CLI.hpp>
#include <cmath>
#include <cstdio>
#include <limits>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

namespace {

using namespace corokit;
using namespace corokit::bench;

struct Options {
  std::string html;
  bool json = false;
  bool quick = false;
  std::pair<std::string, std::int64_t> alone;
};

void show_progress(const std::string& what) {
  if (isatty(STDERR_FILENO)) fmt::print(stderr, "\r\033[K{:.{}}", what, 78);
}

Part executors_part(Answers& answers) {
  Part part;
  part.title = "Executors, in real time";
  part.intro = fmt::format(
      "The same tasks run on three executors: work stealing with a queue for each worker, one queue for all "
      "workers, and one thread. The first two have {} worker{}. Each number is the median of several runs, "
      "which come in random order. The numbers depend on the machine, and on what else it does.",
      Runtime::default_workers(), Runtime::default_workers() == 1 ? "" : "s");
  part.figures = std::move(answers.executors);
  return part;
}

/// Returns: a sentence on the line that rises most, from its lowest value to its highest.
std::string steepest(const Figure& figure) {
  std::string name;
  double most = 0;
  for (const Series& series : figure.series) {
    double low = std::numeric_limits<double>::infinity(), high = 0;
    for (const double value : series.values) {
      if (!std::isfinite(value)) continue;
      low = std::min(low, value);
      high = std::max(high, value);
    }
    if (high / low <= most) continue;
    most = high / low;
    name = series.name;
  }
  return fmt::format(" Measured: {} differ most, by a factor of {:.1f}.", name, most);
}

Part growth_part(Answers& answers) {
  Part part;
  part.title = "How the cost grows with n";
  part.intro =
      "The tasks do nothing, and run on one thread, so the time is that of the scheduling itself. Half of "
      "the tasks have deadlines.";
  part.figures = std::move(answers.growth);
  std::string& lesson = part.figures.front().lesson;
  for (const Fit& fit : answers.fits)
    lesson += fmt::format(
        " Fitted: {} takes {:.1f} ns x {}, which differs from the measured times by {:.0f} % (root mean "
        "square).",
        fit.series, fit.coefficient_ns, fit.of, fit.rms_percent);
  return part;
}

Part runtime_part(Answers& answers) {
  Part part;
  part.title = "The runtime, from a thousand to ten million";
  part.intro =
      "Tasks, messages, timers and the members of collections, on one thread, so that the numbers are those "
      "of one. Sizes that the free memory has no room for are left out.";
  part.figures = std::move(answers.runtime);
  for (Figure& figure : part.figures) figure.lesson += steepest(figure);
  return part;
}

Report make_report(bool quick) {
  const auto start = std::chrono::steady_clock::now();
  Report report;
  report.parts.push_back(compare_policies(quick, show_progress));
  Answers answers = answer_questions(quick, show_progress);
  report.parts.push_back(executors_part(answers));
  report.parts.push_back(growth_part(answers));
  report.parts.push_back(runtime_part(answers));
  show_progress("");
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  report.how =
      fmt::format("Made by ./moulinette bench{} in {:.0f} s, with {} processors and {}.",
                  quick ? " --quick" : "", took.count(), Runtime::default_workers(), COROKIT_COMPILER);
  return report;
}

int run(int argc, char** argv) {
  Options options;
  CLI::App app(
      "Compares schedulers: the policies of the orchestrator in virtual time, the executors of the runtime "
      "in real time, and how the cost grows with the number of tasks. Takes about two minutes.",
      "moulinette bench");
  app.add_option("--html", options.html, "Also write a page with the plots to this file");
  app.add_flag("--quick", options.quick, "Run fewer and smaller loads, in a few seconds");
  app.add_flag("--json", options.json, "Print one JSON object instead of the tables");
  auto* alone = app.add_option("--alone", options.alone, "Measure so many of a kind, for this program itself")
                    ->group("");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  if (*alone) {
    const Growth growth = measure_growth(options.alone.first, options.alone.second);
    fmt::print("{} {}\n", growth.nanoseconds, growth.bytes);
    return 0;
  }
  std::optional<Page> page;
  if (!options.html.empty()) page.emplace(options.html);
  const Report report = make_report(options.quick);
  fmt::print("{}\n", options.json ? to_json(report) : to_text(report));
  if (page) page->write(report);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    const int status = run(argc, argv);
    if (std::fflush(stdout) != 0 || std::ferror(stdout))
      throw std::runtime_error("the output cannot be written");
    return status;
  } catch (const std::exception& error) {
    fmt::print(stderr, "\nmoulinette bench: {}\n", error.what());
    return 1;
  }
}
