#pragma once
// What the workloads share: a runtime of the wanted kind, and clocks.
#include <corokit/runtime.hpp>

#include <chrono>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "../run_base.hpp"

namespace peers {

using namespace corokit;
using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;  // corokit::Clock uses it too, but does not promise to

/// One run of a workload.
class Run : public RunBase {
 public:
  /// Throws: std::invalid_argument if the mode is neither mt nor ct, or the scale is not positive.
  Run(std::string workload, std::string_view mode, double scale);

  Runtime runtime() const;

  /// Runs the root of a workload as a task. The calling thread only waits.
  template <class T>
  T root(Task<T> task) const {
    return runtime().block_on(std::move(task));
  }
};

struct Workload {
  const char* name;
  void (*run)(const Run&);
};

/// The workloads of one file, which it registers while the program starts.
class Suite {
 public:
  Suite(std::initializer_list<Workload> workloads);
};
const std::vector<Workload>& workloads();

/// Runs a task.
/// Returns: how long it took.
Task<Duration> timed(Task<void> task);

/// Returns: the processor time of this process.
Duration cpu_time();

}  // namespace peers
