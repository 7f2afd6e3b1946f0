#include "check.hpp"

#include <corokit/runtime.hpp>
#include <corokit/simulation.hpp>

#include "simulation/schedule.hpp"

namespace corokit::specified {
namespace {

/// Tasks of the tests throw on purpose, also where a right solution has dropped their handles. That is no output of the
/// solution.
void ignore_unhandled(const UnhandledException&) {}

}  // namespace

int Check::draw(int low, int high) {
  // splitmix64: each step of a counter, scrambled.
  std::uint64_t number = drawn_.fetch_add(0x9e3779b97f4a7c15) + 0x9e3779b97f4a7c15;
  number = (number ^ (number >> 30U)) * 0xbf58476d1ce4e5b9;
  number = (number ^ (number >> 27U)) * 0x94d049bb133111eb;
  number ^= number >> 31U;
  const auto choices = static_cast<std::uint64_t>(std::int64_t{high} - low + 1);
  return static_cast<int>(low + static_cast<std::int64_t>(number % choices));
}

std::size_t Check::choose(std::size_t bound) {
  if (schedule_) return schedule_->choices.next(explorer::Kind::value, bound);
  return static_cast<std::size_t>(draw(0, static_cast<int>(bound) - 1));
}

void Check::run(Task<void> task) {
  runs_ = 0;
  if (!schedule_) {
    timeline_.begin(now());
    Runtime runtime = Runtime::multi_thread(4, {.on_unhandled_exception = ignore_unhandled});
    runtime.block_on(std::move(task));
    return;
  }
  sim::Simulation simulation(sim::Options{.on_unhandled_exception = ignore_unhandled, .schedule = schedule_});
  timeline_.begin(simulation.now());
  const auto finished = simulation.run(std::move(task));
  if (!finished) fail(finished.error().message);
}

}  // namespace corokit::specified
