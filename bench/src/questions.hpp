#pragma once
#include "report.hpp"

#include <benchmark/benchmark.h>
#include <corokit/runtime.hpp>

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace corokit::bench {

/// A question that Google Benchmark answers. Its benchmarks are named "id/series/x", or "id/series" if they take x as
/// their argument. Questions that share an id show different counters of the same benchmarks.
struct Question {
  enum class Topic { executors, growth, runtime };

  std::string id;
  Topic topic = Topic::executors;
  Figure figure;        ///< without the values of its series, which the benchmarks provide
  std::string counter;  ///< the counter to show; if empty, the processor time of an iteration in nanoseconds
  double unit = 1;      ///< the values are divided by it
};

/// Registers a question while the program starts. The file of a question defines one.
class Ask {
 public:
  explicit Ask(Question question);
};

/// A fit by Google Benchmark: processor time = coefficient × f(n).
struct Fit {
  std::string series;
  double coefficient_ns = 0;
  std::string of;          ///< the name of f, such as "n log2 n"
  double rms_percent = 0;  ///< the root mean square of the deviations of the measured times, in percent
};

struct Answers {
  std::vector<Figure> executors;
  std::vector<Figure> growth;
  std::vector<Figure> runtime;
  std::vector<Fit> fits;
};

/// Runs all benchmarks of the program.
///
/// Throws: std::runtime_error if one fails.
Answers answer_questions(bool quick, const std::function<void(const std::string&)>& progress);

/// Returns: whether the run is quick, so that benchmarks with a fixed number of rounds do fewer.
bool is_quick() noexcept;

/// What one of very many costs: processor time, and memory while all of them are alive.
struct Growth {
  double nanoseconds = 0;
  double bytes = 0;
};
/// Measures `n` of a kind of questions/runtime_growth.cpp in this process, which should have done nothing before.
/// Throws: std::runtime_error if there is no such kind.
Growth measure_growth(const std::string& kind, std::int64_t n);

/// An executor under comparison.
struct TestedExecutor {
  const char* name;
  Runtime (*make)();
};
const std::vector<TestedExecutor>& tested_executors();
/// Returns: a series for each executor, without values.
std::vector<Series> series_of_executors();

}  // namespace corokit::bench
