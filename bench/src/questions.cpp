#include "questions.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <string_view>
#include <utility>

namespace corokit::bench {
namespace {

bool quick_mode = false;

std::vector<Question>& questions() {
  static std::vector<Question> all;
  return all;
}

const char* name_of(benchmark::BigO complexity) {
  switch (complexity) {
    case benchmark::o1:
      return "1";
    case benchmark::oN:
      return "n";
    case benchmark::oNSquared:
      return "n^2";
    case benchmark::oNCubed:
      return "n^3";
    case benchmark::oLogN:
      return "log2 n";
    default:
      return "n log2 n";
  }
}

/// The parts of a benchmark's name.
struct Name {
  explicit Name(const benchmark::BenchmarkName& name) {
    const std::string& text = name.function_name;
    const std::size_t first = text.find('/');
    const std::size_t second = text.find('/', first + 1);
    id = text.substr(0, first);
    series = text.substr(first + 1, second == text.npos ? second : second - first - 1);
    x = second == text.npos ? name.args : text.substr(second + 1);
  }
  std::string id, series, x;
};

/// Puts the measured values into the figures of the questions.
class Collector final : public benchmark::BenchmarkReporter {
 public:
  using Progress = std::function<void(const std::string&)>;
  Collector(std::vector<Question>& asked, const Progress& progress)
      : questions_(asked), progress_(progress) {}

  bool ReportContext(const Context&) override { return true; }

  void ReportRuns(const std::vector<Run>& runs) override {
    for (const Run& run : runs) {
      const Name name(run.run_name);
      if (run.error_occurred)
        failure_ = run.benchmark_name() + ": " + run.error_message;
      else if (run.report_big_o || run.report_rms)
        take_fit(name.series, run);
      else if (run.repetitions <= 1 || run.aggregate_name == "median")
        take_value(name, run);
    }
    progress_(runs.front().run_name.function_name);
  }

  const std::string& failure() const { return failure_; }
  const std::vector<Fit>& fits() const { return fits_; }

 private:
  void take_value(const Name& name, const Run& run) {
    for (Question& question : questions_) {
      if (question.id != name.id) continue;
      const auto& xs = question.figure.x;
      const auto x = static_cast<std::size_t>(std::find(xs.begin(), xs.end(), name.x) - xs.begin());
      const double value =
          question.counter.empty() ? run.GetAdjustedCPUTime() : run.counters.at(question.counter).value;
      for (Series& series : question.figure.series)
        if (series.name == name.series) series.values.at(x) = value / question.unit;
    }
  }

  void take_fit(const std::string& series, const Run& run) {
    auto place =
        std::find_if(fits_.begin(), fits_.end(), [&](const Fit& fit) { return fit.series == series; });
    if (place == fits_.end()) place = fits_.insert(place, Fit{series, 0, "", 0});
    if (run.report_big_o) {
      place->coefficient_ns = run.GetAdjustedCPUTime();
      place->of = name_of(run.complexity);
    } else {
      place->rms_percent = 100 * run.GetAdjustedCPUTime();
    }
  }

  std::vector<Question>& questions_;
  const Progress& progress_;
  std::vector<Fit> fits_;
  std::string failure_;
};

std::vector<Figure>& figures_of(Answers& answers, Question::Topic topic) {
  switch (topic) {
    case Question::Topic::growth:
      return answers.growth;
    case Question::Topic::runtime:
      return answers.runtime;
    case Question::Topic::executors:
      break;
  }
  return answers.executors;
}

void run_benchmarks(Collector& collector) {
  std::vector<std::string> arguments = {"corokit_bench", "--benchmark_enable_random_interleaving=true"};
  arguments.emplace_back(quick_mode ? "--benchmark_min_time=0.02" : "--benchmark_min_time=0.1");
  arguments.emplace_back(quick_mode ? "--benchmark_repetitions=1" : "--benchmark_repetitions=5");
  std::vector<char*> raw;
  for (std::string& argument : arguments) raw.push_back(argument.data());
  int count = static_cast<int>(raw.size());
  benchmark::Initialize(&count, raw.data());
  benchmark::RunSpecifiedBenchmarks(&collector);
  benchmark::Shutdown();
}

}  // namespace

Ask::Ask(Question question) {
  for (Series& series : question.figure.series)
    series.values.assign(question.figure.x.size(), std::numeric_limits<double>::quiet_NaN());
  questions().push_back(std::move(question));
}

bool is_quick() noexcept {
  return quick_mode;
}

const std::vector<TestedExecutor>& tested_executors() {
  static const std::vector<TestedExecutor> all = {
      {"work stealing", [] { return Runtime::multi_thread(); }},
      {"global queue", [] { return Runtime::global_queue(); }},
      {"current thread", [] { return Runtime::current_thread(); }}};
  return all;
}

std::vector<Series> series_of_executors() {
  std::vector<Series> all;
  for (const TestedExecutor& executor : tested_executors()) all.push_back({executor.name, {}});
  return all;
}

Answers answer_questions(bool quick, const std::function<void(const std::string&)>& progress) {
  quick_mode = quick;
  Collector collector(questions(), progress);
  run_benchmarks(collector);
  if (!collector.failure().empty()) throw std::runtime_error(collector.failure());
  Answers answers;
  for (const Question& question : questions()) figures_of(answers, question.topic).push_back(question.figure);
  answers.fits = collector.fits();
  return answers;
}

}  // namespace corokit::bench
