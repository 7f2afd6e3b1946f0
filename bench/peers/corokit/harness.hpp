#pragma once
// What every workload needs: a runtime of the wanted kind, sizes, a clock, and the output.
#include <corokit/runtime.hpp>

#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace peers {

using namespace corokit;
using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;  // the runtime's own is the same, but not by contract

/// What was asked for on the command line: `peers_corokit WORKLOAD mt|ct [SCALE]`.
class Run {
 public:
  /// Throws: std::invalid_argument if that makes no sense.
  Run(std::string workload, std::string_view mode, double scale);

  const std::string& workload() const noexcept { return workload_; }
  /// A number of operations, by the scale that was asked for; at least 1.
  std::uint64_t count(std::uint64_t full) const noexcept;
  /// Two workers, or none.
  Runtime runtime() const;

  /// Runs the root of a workload as a task; the calling thread only waits.
  template <class T>
  T root(Task<T> task) const {
    return runtime().block_on(std::move(task));
  }

  /// Prints one metric as a JSON object on a line of its own.
  void emit(std::string_view suffix, std::string_view unit, double value) const;
  void emit_per_op(std::string_view suffix, Duration took, std::uint64_t operations) const;

 private:
  std::string workload_;
  bool multi_thread_;
  double scale_;
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
