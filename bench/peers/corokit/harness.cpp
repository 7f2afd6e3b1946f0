#include "harness.hpp"

#include <time.h>
#include <stdexcept>

namespace peers {
namespace {

std::vector<Workload>& registry() {
  static std::vector<Workload> all;
  return all;
}

}  // namespace

Run::Run(std::string workload, std::string_view mode, double scale)
    : RunBase(std::move(workload), mode == "mt", scale) {
  if (mode != "mt" && mode != "ct") throw std::invalid_argument("the mode must be mt or ct");
  if (!(scale > 0)) throw std::invalid_argument("the scale must be a positive number");
}

Runtime Run::runtime() const {
  return multi_thread() ? Runtime::multi_thread(2) : Runtime::current_thread();
}

Suite::Suite(std::initializer_list<Workload> workloads) {
  registry().insert(registry().end(), workloads);
}

const std::vector<Workload>& workloads() {
  return registry();
}

Task<Duration> timed(Task<void> task) {
  const auto start = Clock::now();
  co_await std::move(task);
  co_return Clock::now() - start;
}

Duration cpu_time() {
  timespec time{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

}  // namespace peers
