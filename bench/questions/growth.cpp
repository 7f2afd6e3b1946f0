// How does the cost of scheduling grow with the number of tasks?
#include "load.hpp"
#include "questions.hpp"

#include <corokit/orchestrator/priority_orchestrator.hpp>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <utility>
#include <vector>

namespace corokit::bench {
namespace {

constexpr std::int64_t kSizes[] = {156, 312, 625, 1250, 2500, 5000, 10'000};
constexpr std::int64_t kLargestToSort = 1250;  // for larger sizes the repeated sorting takes too long

constexpr const char* kHeaps = "PriorityOrchestrator";
constexpr const char* kSorting = "sorting again at each step";

std::vector<Job> load_of(std::int64_t size) {
  LoadShape shape;
  shape.tasks = static_cast<std::size_t>(size);
  shape.utilisation.reset();
  return generate(shape);
}

void report(benchmark::State& state, std::uint64_t comparisons) {
  const auto n = static_cast<double>(state.range(0));
  state.SetComplexityN(state.range(0));
  state.counters["comparisons"] =
      static_cast<double>(comparisons) / static_cast<double>(state.iterations()) / (n * std::log2(n));
}

/// Measures whole runs of tasks that do nothing, half of them with deadlines, so the time is that of the scheduling.
void orchestrate(benchmark::State& state) {
  std::uint64_t comparisons = 0;
  PriorityOptions options;
  options.comparisons = &comparisons;
  const PriorityOrchestrator orchestrator(4, options);
  const std::vector<Job> jobs = load_of(state.range(0));
  const PriorityExecutor nothing(
      [](const PrioritizedTask&, const PriorityContext&) -> Task<PriorityExecutor::Answer> {
        co_return std::string();
      });
  Runtime runtime = Runtime::current_thread();
  for (auto _ : state) {
    const Instant start = now();
    std::vector<PrioritizedTask> tasks;
    for (const Job& job : jobs) {
      std::optional<Instant> deadline;
      if (job.deadline) deadline = start + *job.deadline;
      tasks.emplace_back(job.id, job.priority, job.estimate, deadline);
    }
    const auto results = runtime.block_on(orchestrator.run_with_priority(std::move(tasks), nothing));
    if (!results) state.SkipWithError(results.error().message.c_str());
  }
  report(state, comparisons);
}

/// Measures a naive scheduler: it sorts a vector before each look at its end.
void sort_again(benchmark::State& state) {
  std::uint64_t comparisons = 0;
  const std::vector<Job> jobs = load_of(state.range(0));
  for (auto _ : state) {
    std::vector<Job> waiting = jobs;
    while (!waiting.empty()) {
      std::sort(waiting.begin(), waiting.end(), [&comparisons](const Job& a, const Job& b) {
        ++comparisons;
        return std::pair(b.priority, b.estimate) < std::pair(a.priority, a.estimate);
      });
      benchmark::DoNotOptimize(waiting.back());
      waiting.pop_back();
    }
  }
  report(state, comparisons);
}

Question question(std::string counter, double unit, std::string title, std::string y_title,
                  std::string lesson) {
  Question asked;
  asked.id = "growth";
  asked.topic = Question::Topic::growth;
  asked.counter = std::move(counter);
  asked.unit = unit;
  asked.figure.form = Figure::Form::lines;
  asked.figure.title = std::move(title);
  asked.figure.y_title = std::move(y_title);
  asked.figure.log_y = true;
  asked.figure.x_title = "tasks";
  for (const std::int64_t size : kSizes) asked.figure.x.push_back(std::to_string(size));
  asked.figure.series = {{kHeaps, {}}, {kSorting, {}}};
  asked.figure.lesson = std::move(lesson);
  return asked;
}

const Ask time_taken(question(
    "", 1e6, "Cost of scheduling n tasks", "ms for all of them",
    "Both axes are logarithmic, so a power of n is a straight line and its exponent the slope: twice as many "
    "tasks take the orchestrator a little more than twice as long, and a scheduler that sorts again at each "
    "step four times as long. Where a line rises faster at its end, the tasks no longer fit into a cache; "
    "the comparisons do not rise there."));
const Ask counted(
    question("comparisons", 1, "Comparisons, by n log2 n", "comparisons / (n log2 n)",
             "A count does not depend on the machine. A line that stays flat means O(n log n), with its "
             "height as the constant; one that climbs in proportion to n means O(n^2 log n)."));

const bool registered = [] {
  auto* heaps = benchmark::RegisterBenchmark((std::string("growth/") + kHeaps).c_str(), orchestrate);
  auto* sorting = benchmark::RegisterBenchmark((std::string("growth/") + kSorting).c_str(), sort_again);
  for (const std::int64_t size : kSizes) {
    heaps->Arg(size);
    if (size <= kLargestToSort) sorting->Arg(size);
  }
  heaps->Complexity(benchmark::oNLogN);
  sorting->Complexity(benchmark::oNSquared);
  return true;
}();

}  // namespace
}  // namespace corokit::bench
