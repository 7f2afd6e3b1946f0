#pragma once
// What every workload needs: a runtime of the wanted kind, and a clock.
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
using Clock = std::chrono::steady_clock;  // the runtime's own is the same, but not by contract

class Run : public RunBase {
 public:
  /// Throws: std::invalid_argument if that makes no sense.
  Run(std::string workload, std::string_view mode, double scale);

  Runtime runtime() const;

  /// Runs the root of a workload as a task; the calling thread only waits.
  template <class T>
  T root(Task<T> task) const {
    return runtime().block_on(std::move(task));
  }
};

struct Workload {
  const char* name;
  void (*run)(const Run&);
};

/// Adds workloads, while the program starts, from the file they stand in.
class Family {
 public:
  Family(std::initializer_list<Workload> workloads);
};
const std::vector<Workload>& workloads();

/// Runs a task and says how long it took.
Task<Duration> timed(Task<void> task);

/// Processor time of this process.
Duration cpu_time();

}  // namespace peers
