// Times the workloads on both runtimes, and draws what the demo told. `assemble` beside this file runs it.
#include "process/process.hpp"
#include "report.hpp"

#include <fmt/format.h>
#include <unistd.h>
#include <algorithm>
#include <chrono>
#include <CLI/CLI.hpp>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <map>
#include <sstream>

namespace {

using namespace assemble;
namespace moulinette = corokit::moulinette;
using namespace std::chrono_literals;

struct Options {
  std::string rungs, events, mini, html;
  bool quick = false;
};

std::string contents(const std::string& path) {
  std::ifstream file(path);
  std::string text{std::istreambuf_iterator<char>(file), {}};
  if (text.empty()) throw std::runtime_error("cannot read " + path);
  return text;
}

using Samples = std::map<std::string, std::vector<double>>;

/// Runs all workloads of a program once. Returns: their names, in order.
std::vector<std::string> run_once(const std::string& program, const char* whose, const char* scale,
                                  Samples& samples) {
  const auto ended = moulinette::run_process({.argv = {program, scale}}, {.wall = 60s, .cpu = 0s});
  if (ended.how == moulinette::Finished::How::out_of_time)
    throw std::runtime_error(fmt::format("the workloads do not end on {}", whose));
  if (!ended.succeeded())
    throw std::runtime_error(fmt::format("the workloads fail on {}\n{}", whose, ended.output));
  std::vector<std::string> names;
  std::istringstream in(ended.output);
  for (std::string line; std::getline(in, line);) {
    const std::size_t tab = line.find('\t');
    names.push_back(line.substr(0, tab));
    samples[names.back()].push_back(std::stod(line.substr(tab + 1)));
  }
  return names;
}

double median(std::vector<double> values) {
  std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2),
                   values.end());
  return values[values.size() / 2];
}

/// The two programs take turns, so that whatever else the machine does slows both.
std::vector<Figure> measure(const std::string& mini, const char* scale, std::size_t runs) {
  Samples ours, theirs;
  std::vector<std::string> names;
  for (std::size_t run = 0; run < runs; ++run) {
    if (isatty(STDERR_FILENO)) fmt::print(stderr, "\r\033[K  measuring, {} of {}", run + 1, runs);
    names = run_once(mini, "the assembled runtime", scale, ours);
    run_once(ASSEMBLE_COROKIT, "corokit", scale, theirs);
  }
  if (isatty(STDERR_FILENO)) fmt::print(stderr, "\r\033[K");
  std::vector<Figure> figures;
  for (const std::string& name : names) figures.push_back({name, median(ours[name]), median(theirs[name])});
  return figures;
}

void run(const Options& options) {
  const char* no_colour = std::getenv("NO_COLOR");
  const bool colours = isatty(STDOUT_FILENO) && !(no_colour && *no_colour);
  std::ofstream page;
  if (!options.html.empty()) {
    page.open(options.html);
    if (!page) throw std::runtime_error("cannot write " + options.html);
  }
  Report report;
  report.rungs = rungs_from(contents(options.rungs));
  report.shifts = shifts_from(contents(options.events));
  for (const Shift& shift : report.shifts) fmt::print("\n{}", drawing_of(shift, colours));
  std::fflush(stdout);

  report.runs = options.quick ? 3 : 9;
  report.figures = measure(options.mini, options.quick ? "1" : "4", report.runs);
  fmt::print(
      "\n  Beside corokit: the same work on two workers each, medians of {} runs that take turns\n\n{}",
      report.runs, bars_of(report, colours));
  const std::size_t files = report.rungs.size();
  fmt::print("\n  {} files, {} lines: a whole runtime. Written by you: {}.\n", files, report.lines(),
             report.yours() == files ? "all of it" : fmt::format("{} of {}", report.yours(), files));
  if (page.is_open()) {
    page << page_of(report, contents(ASSEMBLE_PAGE));
    if (!page.flush()) throw std::runtime_error("cannot write " + options.html);
    fmt::print("  The page is {}\n", options.html);
  }
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Times the workloads on both runtimes, and draws what the demo told.");
  Options options;
  app.add_option("--rungs", options.rungs, "The rungs, a line each")->required();
  app.add_option("--events", options.events, "What the demo told")->required();
  app.add_option("--mini", options.mini, "The program with the workloads of the assembled runtime")
      ->required();
  app.add_option("--html", options.html, "The page that is written as well");
  app.add_flag("--quick", options.quick, "Fewer and shorter runs");
  CLI11_PARSE(app, argc, argv);
  try {
    run(options);
  } catch (const std::exception& error) {
    fmt::print(stderr, "moulinette: {}\n", error.what());
    return 1;
  }
}
