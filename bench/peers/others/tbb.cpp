// The workloads of bench/peers that TBB can run: tasks and fork-join. TBB has no operations that wait.
#include "harness.hpp"

#include <tbb/global_control.h>
#include <tbb/task_arena.h>
#include <tbb/task_group.h>

#include <stdexcept>
#include <utility>

namespace peers {
namespace {

/// Runs a function on one or two threads, of which one is the calling thread.
template <class F>
Clock::duration in_arena(const Run& run, F&& what) {
  tbb::global_control control(tbb::global_control::max_allowed_parallelism,
                              static_cast<std::size_t>(run.threads()));
  tbb::task_arena arena(run.threads());
  const auto start = Clock::now();
  arena.execute(what);
  return Clock::now() - start;
}

void spawn_await(const Run& run) {
  const auto tasks = run.count(1'000'000);
  const auto took = in_arena(run, [tasks] {
    tbb::task_group group;
    for (std::uint64_t i = 0; i < tasks; ++i) group.run([] {});
    group.wait();
  });
  run.emit_per_op("", took, tasks);
}

std::uint64_t fib(unsigned n) {
  if (n < 2) return n;
  std::uint64_t left = 0;
  tbb::task_group group;
  group.run([&left, n] { left = fib(n - 1); });
  const std::uint64_t right = fib(n - 2);
  group.wait();
  return left + right;
}

/// fib(n) spawns fib(n + 1) - 1 tasks.
std::uint64_t spawns(unsigned n) {
  std::uint64_t low = 0, high = 1;
  for (unsigned i = 0; i < n; ++i) low = std::exchange(high, low + high);
  return high - 1;
}

void fib27(const Run& run) {
  unsigned n = 27;  // a smaller scale computes a smaller number
  while (n > 1 && spawns(n) > run.count(spawns(27))) --n;
  std::uint64_t result = 0;
  const auto took = in_arena(run, [&result, n] { result = fib(n); });
  if (result != spawns(n - 1) + 1) throw std::logic_error("fib() is wrong");
  run.emit_per_op("", took, std::max<std::uint64_t>(1, spawns(n)));
}

}  // namespace
}  // namespace peers

int main(int argc, char** argv) {
  return peers::run_workload(
      argc, argv,
      {{"spawn_await_1m", peers::spawn_await}, {"fib27", peers::fib27}, {"fork27", peers::fib27}});
}
