#pragma once
#include "report.hpp"

#include <benchmark/benchmark.h>
#include <corokit/runtime.hpp>

#include <functional>
#include <string>
#include <vector>

namespace corokit::bench {

/// A question that Google Benchmark answers. Its benchmarks are named "id/series/x", or "id/series" if they
/// take x as their argument. Several questions may share an id: they look at different counters of one
/// benchmark.
struct Question {
  enum class Topic { executors, growth };

  std::string id;
  Topic topic = Topic::executors;
  Figure figure;        ///< all but the values of its series: these are filled in
  std::string counter;  ///< what is shown; empty: the processor time of an iteration, in nanoseconds
  double unit = 1;      ///< it is divided by that
};

/// Puts a question, while the program starts, from the question's own file.
class Ask {
 public:
  explicit Ask(Question question);
};

/// What a fit of the benchmark library says: processor time = coefficient × f(n).
struct Fit {
  std::string series;
  double coefficient_ns = 0;
  std::string of;          ///< f, as "n log2 n"
  double rms_percent = 0;  ///< by how much the measured times miss it
};

struct Answers {
  std::vector<Figure> executors;
  std::vector<Figure> growth;
  std::vector<Fit> fits;
};

/// Runs all benchmarks of the program. Throws: std::runtime_error if one fails.
Answers answer_questions(bool quick, const std::function<void(const std::string&)>& progress);

/// Only a glance is wanted: a benchmark with a fixed number of rounds does fewer of them.
bool is_quick() noexcept;

/// The executors under comparison.
struct Contestant {
  const char* name;
  Runtime (*make)();
};
const std::vector<Contestant>& contestants();
/// A series for each of them, without values.
std::vector<Series> series_of_contestants();

}  // namespace corokit::bench
