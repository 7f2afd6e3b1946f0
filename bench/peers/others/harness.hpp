#pragma once
// What the programs of Asio and TBB share.
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <initializer_list>
#include <string_view>

#include "../run_base.hpp"

namespace peers {

using Clock = std::chrono::steady_clock;

/// One run of a workload.
class Run : public RunBase {
 public:
  using RunBase::RunBase;
  /// Returns: how many threads run tasks.
  int threads() const { return multi_thread() ? 2 : 1; }
};

struct Workload {
  const char* name;
  void (*run)(const Run&);
};

/// The main() of `PROGRAM --list` and `PROGRAM WORKLOAD mt|ct [SCALE]`.
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

/// The random numbers of SplitMix64.
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
