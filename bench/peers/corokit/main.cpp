// The workloads of bench/peers on our runtime. `peers_corokit WORKLOAD mt|ct [SCALE]` prints a JSON object for each
// metric; `peers_corokit --list` prints the names of the workloads. All programs that are compared use the same names,
// sizes and random numbers.
#include "harness.hpp"

#include <algorithm>
#include <cstdio>
#include <exception>
#include <stdexcept>

namespace {

using namespace peers;

int run(int argc, char** argv) {
  if (argc == 2 && std::string_view(argv[1]) == "--list") {
    for (const Workload& workload : workloads()) std::printf("%s\n", workload.name);
    return 0;
  }
  if (argc != 3 && argc != 4) throw std::invalid_argument("usage: peers_corokit WORKLOAD mt|ct [SCALE]");
  const Run asked(argv[1], argv[2], argc == 4 ? std::stod(argv[3]) : 1.0);
  const auto found = std::find_if(workloads().begin(), workloads().end(),
                                  [&](const Workload& one) { return asked.workload() == one.name; });
  if (found == workloads().end()) throw std::invalid_argument("there is no workload " + asked.workload());
  found->run(asked);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const std::invalid_argument& error) {
    std::fprintf(stderr, "peers_corokit: %s\n", error.what());
    return 2;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "peers_corokit: %s\n", error.what());
    return 1;
  }
}
