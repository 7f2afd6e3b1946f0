// Runs the same workloads on our runtime and on others, in turn, each in a process of its own: ./moulinette bench --peers.
#include "page.hpp"
#include "present.hpp"
#include "process.hpp"

#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>
#include <chrono>
#include <CLI/CLI.hpp>
#include <cstdio>
#include <limits>
#include <optional>
#include <stdexcept>

namespace {

using namespace corokit;
using namespace corokit::peers;
using namespace std::chrono_literals;
using Time = std::chrono::steady_clock;

struct Options {
  std::string html;
  std::string only = ".";
  int runs = 0;
  bool json = false;
  bool quick = false;
};

/// Runs all workloads, and collects their output.
class Session {
 public:
  Session(std::vector<Program> programs, std::vector<Job> jobs, double scale)
      : programs_(std::move(programs)),
        jobs_(std::move(jobs)),
        scale_(scale),
        comparison_(programs_.size(), tokio_among(programs_),
                    read_figures(bench::read_file(PEERS_FIGURES, "published figures"))) {}

  /// Fills caches, and finds programs that fail early.
  void warm_up() {
    for (const Job& job : jobs_)
      for (std::size_t i = 0; i < programs_.size(); ++i) once(i, job, "warm-up", scale_ / 20);
  }

  /// Runs each workload once with each program. Another program begins in each run.
  void measure(int run, int runs) {
    for (const Job& job : jobs_)
      for (std::size_t i = 0; i < programs_.size(); ++i) {
        const std::size_t program = (i + static_cast<std::size_t>(run)) % programs_.size();
        for (const Metric& metric : once(program, job, fmt::format("run {} of {}", run + 1, runs), scale_))
          comparison_.add(program, metric);
      }
  }

  const Comparison& comparison() const { return comparison_; }
  const std::vector<Program>& programs() const { return programs_; }

 private:
  static std::vector<std::size_t> tokio_among(const std::vector<Program>& programs) {
    std::vector<std::size_t> found;
    for (std::size_t i = 0; i < programs.size(); ++i)
      if (programs[i].is_tokio) found.push_back(i);
    return found;
  }

  std::vector<Metric> once(std::size_t index, const Job& job, const std::string& phase, double scale) {
    const Program& program = programs_[index];
    // Versions of tokio in which FuturesUnordered is quadratic need minutes for a million tasks. The row compares our
    // times only.
    if (!program.has(job.workload) || (job.workload == "orch_fu_1m" && index != 0)) return {};
    if (isatty(STDERR_FILENO)) fmt::print(stderr, "\r\033[K{}: {} on {}", phase, job.name(), program.name);
    return read_metrics(output_of({program.path, job.workload, job.mode, fmt::format("{}", scale)},
                                  program.environment, 300s));
  }

  std::vector<Program> programs_;
  std::vector<Job> jobs_;
  double scale_;
  Comparison comparison_;
};

double processor_time_of_children() {
  rusage usage{};
  getrusage(RUSAGE_CHILDREN, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

/// Returns: the processor time that the compiler needs for a student's file; NaN if it fails.
Bar compile_time() {
  double seconds = std::numeric_limits<double>::quiet_NaN();
  try {
    const double before = processor_time_of_children();
    output_of({"sh", "-c", PEERS_COMPILE}, {}, 120s);
    seconds = processor_time_of_children() - before;
  } catch (const std::runtime_error& error) {
    fmt::print(stderr, "\nThe compiler: {}\n", error.what());
  }
  return {"a file that includes what a student's does, compiled at -O2 [s]", seconds, 2.5, false};
}

int measure(const Options& options) {
  std::optional<bench::Page> page;
  if (!options.html.empty()) page.emplace(options.html);
  const auto start = Time::now();
  auto programs = find_programs();
  auto jobs = find_jobs(programs.front(), options.only);
  if (jobs.empty()) throw std::runtime_error("no workload is called " + options.only);
  Session session(std::move(programs), std::move(jobs), options.quick ? 0.1 : 1);
  const int runs = options.runs > 0 ? options.runs : options.quick ? 1 : 3;
  session.warm_up();
  for (int run = 0; run < runs; ++run) session.measure(run, runs);
  auto all = bars(session.comparison());
  all.push_back(compile_time());
  if (isatty(STDERR_FILENO)) fmt::print(stderr, "\r\033[K");

  bench::Report report = present(session.comparison(), session.programs(), all);
  const std::chrono::duration<double> took = Time::now() - start;
  report.how = fmt::format(
      "Made by ./moulinette bench --peers in {:.0f} s: {} run{} of each workload, two workers, {}.{}",
      took.count(), runs, runs == 1 ? "" : "s", COROKIT_COMPILER,
      options.quick ? " A tenth of the size: no bar means much." : "");
  fmt::print("{}\n", options.json ? to_json(report) : to_text(report));
  if (page) page->write(report);
  return 0;
}

int run(int argc, char** argv) {
  Options options;
  bool peers = true;
  CLI::App app(
      "Compares the runtime with tokio (with the system's allocator and with jemalloc), Asio and TBB: the "
      "same workloads, "
      "in turn, one process each. Takes about 15 minutes; what else the machine does shows in the numbers.",
      "moulinette bench");
  app.add_flag("--peers", peers, "This comparison");
  app.add_option("--html", options.html, "Also write one page with the plots, which needs nothing else");
  app.add_option("--only", options.only,
                 "A regular expression: workloads like mpsc_b128_1to1.mt in which it is found");
  app.add_option("--runs", options.runs, "How often to run each workload with each program (3)")
      ->check(CLI::Range(1, 1000));
  app.add_flag("--quick", options.quick, "One run of a tenth of the size: a glance");
  app.add_flag("--json", options.json, "Print one JSON object instead of tables");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  return measure(options);
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
