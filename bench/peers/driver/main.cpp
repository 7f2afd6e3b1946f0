// Runs the same workloads on our runtime and on others, in turn, each in a process of its own: ./moulinette bench --peers.
#include "bars.hpp"
#include "kept_runs.hpp"
#include "page.hpp"
#include "present.hpp"
#include "process.hpp"

#include <fmt/format.h>
#include <unistd.h>
#include <chrono>
#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>
#include <optional>
#include <stdexcept>

namespace {

using namespace corokit;
using namespace corokit::peers;
using namespace std::chrono_literals;
using Time = std::chrono::steady_clock;

struct Options {
  std::string html;
  std::string only;
  std::vector<std::string> rows;
  int runs = 0;
  int minutes = 10;
  bool json = false;
  bool quick = false;
};

/// Returns: what is compared with what, and on which builds of the programs.
std::string described(const std::vector<Program>& programs, double scale) {
  std::string text = fmt::format("scale {}", scale);
  for (const Program& program : programs) {
    std::error_code failed;
    text += fmt::format("; {} {} {}", program.name, std::filesystem::file_size(program.path, failed),
                        std::filesystem::last_write_time(program.path, failed).time_since_epoch().count());
  }
  return text;
}

/// Runs all workloads, and collects their output.
class Session {
 public:
  Session(std::vector<Program> programs, std::vector<Job> jobs, double scale)
      : programs_(std::move(programs)),
        jobs_(std::move(jobs)),
        scale_(scale),
        kept_(PEERS_KEPT, described(programs_, scale)),
        comparison_(programs_.size(), tokio_among(programs_)) {
    if (kept_.known() != 0)
      fmt::print(stderr, "Goes on where it was interrupted: {} measurements are there.\n", kept_.known());
  }

  /// Fills caches, and finds programs that fail early.
  void warm_up() {
    if (kept_.known() != 0) return;
    for (const Job& job : jobs_)
      for (const Program& program : programs_)
        if (runs(program, job)) output(program, job, "warm-up", scale_ / 20);
  }

  /// Runs each workload once with each program. Another program begins in each run.
  void measure(int run, int runs_in_all) {
    for (const Job& job : jobs_)
      for (std::size_t i = 0; i < programs_.size(); ++i) {
        const std::size_t index = (i + static_cast<std::size_t>(run)) % programs_.size();
        const Program& program = programs_[index];
        if (!runs(program, job)) continue;
        const std::string name = fmt::format("{} {} {}", run, program.name, job.name());
        if (!kept_.find(name))
          kept_.add(name, output(program, job, fmt::format("run {} of {}", run + 1, runs_in_all), scale_));
        for (const Metric& metric : *kept_.find(name)) comparison_.add(index, metric);
      }
  }

  void finish() { kept_.finish(); }
  const Comparison& comparison() const { return comparison_; }
  const std::vector<Program>& programs() const { return programs_; }

 private:
  static std::vector<std::size_t> tokio_among(const std::vector<Program>& programs) {
    std::vector<std::size_t> found;
    for (std::size_t i = 0; i < programs.size(); ++i)
      if (programs[i].is_tokio) found.push_back(i);
    return found;
  }

  /// Versions of tokio in which FuturesUnordered is quadratic need minutes for a million tasks. That row compares our
  /// times only.
  bool runs(const Program& program, const Job& job) const {
    return program.has(job.workload) && (job.workload != "orch_fu_1m" || &program == &programs_.front());
  }

  static std::string output(const Program& program, const Job& job, const std::string& phase, double scale) {
    if (isatty(STDERR_FILENO)) fmt::print(stderr, "\r\033[K{}: {} on {}", phase, job.name(), program.name);
    return output_of({program.path, job.workload, job.mode, fmt::format("{}", scale)}, program.environment,
                     300s);
  }

  std::vector<Program> programs_;
  std::vector<Job> jobs_;
  double scale_;
  KeptRuns kept_;
  Comparison comparison_;
};

int measure(const Options& options) {
  std::optional<bench::Page> page;
  if (!options.html.empty()) page.emplace(options.html);
  const auto start = Time::now();
  auto programs = find_programs();
  auto jobs = find_jobs(programs.front(), options.rows, options.only);
  if (jobs.empty()) throw std::runtime_error("no workload is called " + options.only);
  Session session(std::move(programs), std::move(jobs), options.quick ? 0.1 : 1);
  const int wanted = options.runs > 0 ? options.runs : options.quick ? 1 : 3;
  session.warm_up();
  int runs = 0;
  for (auto begin = Time::now(); runs < wanted; ++runs) {
    const auto last = Time::now() - begin;  // how long a run takes
    begin = Time::now();
    if (runs != 0 && begin + last - start > std::chrono::minutes(options.minutes)) break;
    session.measure(runs, wanted);
  }
  session.finish();
  if (isatty(STDERR_FILENO)) fmt::print(stderr, "\r\033[K");
  if (runs < wanted)
    fmt::print(stderr, "{} of {} runs fit into {} minutes: --minutes allows more.\n", runs, wanted,
               options.minutes);

  bench::Report report = present(session.comparison(), session.programs(), bars(session.comparison()));
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
      "in turn, one process each. Takes about ten minutes; what else the machine does shows in the numbers. "
      "Interrupted, it goes on where it was.",
      "moulinette bench");
  app.add_flag("--peers", peers, "This comparison");
  app.add_option("--html", options.html, "Also write one page with the plots, which needs nothing else");
  app.add_option("--only", options.only,
                 "A regular expression: workloads like mpsc_b128_1to1.mt in which it is found");
  app.add_option("ROW", options.rows, "Workloads by name: fib27, or fib27.mt; without any, all");
  app.add_option("--minutes", options.minutes, "Begin no run that would not fit into so many (10)")
      ->check(CLI::Range(1, 1000));
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
  } catch (const std::invalid_argument& error) {
    fmt::print(stderr, "moulinette bench: {}\n", error.what());
    return 2;
  } catch (const std::exception& error) {
    fmt::print(stderr, "\nmoulinette bench: {}\n", error.what());
    return 1;
  }
}
