#include "check.hpp"

#include <corokit/runtime.hpp>
#include <corokit/simulation.hpp>

namespace corokit::specified {
namespace {

/// Tasks of the tests throw on purpose, also where a right solution has dropped their handles. That is no output of the
/// solution.
void ignore_unhandled(const UnhandledException&) {}

}  // namespace

std::string show_duration(std::chrono::nanoseconds duration) {
  using namespace std::chrono_literals;
  if (duration >= 10s && duration % 1s == 0s) return std::to_string(duration / 1s) + " s";
  const std::string sign = duration < 0ns ? "-" : "";
  const std::chrono::nanoseconds size = std::chrono::abs(duration);
  std::string text =
      std::to_string((size % 1ms).count() + 1'000'000);  // six digits behind the point, after a 1
  text[0] = '.';
  text.erase(text.find_last_not_of('0') + 1);
  if (text == ".") text.clear();
  return sign + std::to_string(size / 1ms) + text + " ms";
}

std::string describe(const std::exception_ptr& exception) {
  if (!exception) return "something that no C++ code threw";
  try {
    std::rethrow_exception(exception);
  } catch (const tl::bad_expected_access<JoinError>& error) {
    return std::string(error.what()) + ": " + describe(error.error());
  } catch (const tl::bad_expected_access<std::string>& error) {
    return std::string(error.what()) + ": " + error.error();
  } catch (const std::exception& error) {
    return error.what();
  } catch (...) {
    return "something that is no std::exception";
  }
}

std::string describe(const JoinError& error) {
  return error.exception() ? "a task threw: " + describe(error.exception()) : error.message();
}

int Check::draw(int low, int high) {
  // splitmix64: each step of a counter, scrambled.
  std::uint64_t number = drawn_.fetch_add(0x9e3779b97f4a7c15) + 0x9e3779b97f4a7c15;
  number = (number ^ (number >> 30U)) * 0xbf58476d1ce4e5b9;
  number = (number ^ (number >> 27U)) * 0x94d049bb133111eb;
  number ^= number >> 31U;
  const auto choices = static_cast<std::uint64_t>(std::int64_t{high} - low + 1);
  return static_cast<int>(low + static_cast<std::int64_t>(number % choices));
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
