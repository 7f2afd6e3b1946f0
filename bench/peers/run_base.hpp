#pragma once
// The command line, `PROGRAM WORKLOAD mt|ct [SCALE]`, and the output of a run. They are the same in every program that is
// compared.
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>
#include <utility>

namespace peers {

/// One run of a workload.
class RunBase {
 public:
  RunBase(std::string workload, bool multi_thread, double scale)
      : workload_(std::move(workload)), multi_thread_(multi_thread), scale_(scale) {}

  const std::string& workload() const noexcept { return workload_; }
  /// Returns: true for two workers, false for the calling thread alone.
  bool multi_thread() const noexcept { return multi_thread_; }
  /// Returns: a number of operations, multiplied by the scale; at least 1.
  std::uint64_t count(std::uint64_t full) const noexcept {
    return std::max<std::uint64_t>(1, static_cast<std::uint64_t>(static_cast<double>(full) * scale_));
  }

  /// Prints a metric as a JSON object on a line of its own.
  void emit(std::string_view suffix, std::string_view unit, double value) const {
    const std::string dotted = suffix.empty() ? "" : "." + std::string(suffix);
    std::printf("{\"metric\":\"%s.%s%s\",\"unit\":\"%s\",\"value\":%.9g}\n", workload_.c_str(),
                multi_thread_ ? "mt" : "ct", dotted.c_str(), std::string(unit).c_str(), value);
    std::fflush(stdout);
  }
  void emit_per_op(std::string_view suffix, std::chrono::nanoseconds took, std::uint64_t operations) const {
    emit(suffix, "ns/op", static_cast<double>(took.count()) / static_cast<double>(operations));
  }

 private:
  std::string workload_;
  bool multi_thread_;
  double scale_;
};

}  // namespace peers
