#pragma once
// What the programs of Asio and TBB need: sizes, and the output.
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <initializer_list>
#include <string>
#include <string_view>

namespace peers {

using Clock = std::chrono::steady_clock;
using Nanoseconds = std::chrono::nanoseconds;

class Run {
 public:
  Run(std::string workload, bool multi_thread, double scale)
      : workload_(std::move(workload)), multi_thread_(multi_thread), scale_(scale) {}

  std::uint64_t count(std::uint64_t full) const {
    return std::max<std::uint64_t>(1, static_cast<std::uint64_t>(static_cast<double>(full) * scale_));
  }
  /// How many threads run tasks.
  int threads() const { return multi_thread_ ? 2 : 1; }

  void emit(std::string_view suffix, std::string_view unit, double value) const {
    const std::string dotted = suffix.empty() ? "" : "." + std::string(suffix);
    std::printf("{\"metric\":\"%s.%s%s\",\"unit\":\"%s\",\"value\":%.9g}\n", workload_.c_str(),
                multi_thread_ ? "mt" : "ct", dotted.c_str(), std::string(unit).c_str(), value);
  }
  void emit_per_op(std::string_view suffix, Clock::duration took, std::uint64_t operations) const {
    emit(suffix, "ns/op",
         static_cast<double>(std::chrono::duration_cast<Nanoseconds>(took).count()) /
             static_cast<double>(operations));
  }

 private:
  std::string workload_;
  bool multi_thread_;
  double scale_;
};

struct Workload {
  const char* name;
  void (*run)(const Run&);
};

/// A main() for `PROGRAM --list` and `PROGRAM WORKLOAD mt|ct [SCALE]`.
inline int run_workload(int argc, char** argv, std::initializer_list<Workload> workloads) {
  if (argc == 2 && std::string_view(argv[1]) == "--list") {
    for (const Workload& workload : workloads) std::printf("%s\n", workload.name);
    return 0;
  }
  const std::string_view mode = argc > 2 ? argv[2] : "";
  const double scale = argc > 3 ? std::atof(argv[3]) : 1.0;
  if ((mode == "mt" || mode == "ct") && scale > 0)
    for (const Workload& workload : workloads)
      if (argv[1] == std::string_view(workload.name)) {
        workload.run(Run(argv[1], mode == "mt", scale));
        return 0;
      }
  std::fprintf(stderr, "usage: %s --list | WORKLOAD mt|ct [SCALE]\n", argv[0]);
  return 2;
}

/// SplitMix64.
class Random {
 public:
  std::uint64_t below(std::uint64_t bound) { return ((next() >> 32) * bound) >> 32; }

 private:
  std::uint64_t next() {
    std::uint64_t z = (state_ += 0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
  }
  std::uint64_t state_ = 42;
};

}  // namespace peers
