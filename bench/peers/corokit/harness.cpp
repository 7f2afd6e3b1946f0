#include "harness.hpp"

#include <time.h>
#include <algorithm>
#include <cstdio>
#include <stdexcept>

namespace peers {
namespace {

std::vector<Workload>& registry() {
  static std::vector<Workload> all;
  return all;
}

}  // namespace

Run::Run(std::string workload, std::string_view mode, double scale)
    : workload_(std::move(workload)), multi_thread_(mode == "mt"), scale_(scale) {
  if (mode != "mt" && mode != "ct") throw std::invalid_argument("the mode is mt or ct");
  if (!(scale > 0)) throw std::invalid_argument("the scale is a positive number");
}

std::uint64_t Run::count(std::uint64_t full) const noexcept {
  return std::max<std::uint64_t>(1, static_cast<std::uint64_t>(static_cast<double>(full) * scale_));
}

Runtime Run::runtime() const {
  return multi_thread_ ? Runtime::multi_thread(2) : Runtime::current_thread();
}

void Run::emit(std::string_view suffix, std::string_view unit, double value) const {
  const std::string dotted = suffix.empty() ? "" : "." + std::string(suffix);
  std::printf("{\"metric\":\"%s.%s%s\",\"unit\":\"%s\",\"value\":%.9g}\n", workload_.c_str(),
              multi_thread_ ? "mt" : "ct", dotted.c_str(), std::string(unit).c_str(), value);
  std::fflush(stdout);
}

void Run::emit_per_op(std::string_view suffix, Duration took, std::uint64_t operations) const {
  emit(suffix, "ns/op", static_cast<double>(took.count()) / static_cast<double>(operations));
}

Family::Family(std::initializer_list<Workload> workloads) {
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
