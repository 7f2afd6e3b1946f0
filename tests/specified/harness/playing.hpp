#pragma once
// Included by main.cpp only, as channel.hpp is.
#include "check.hpp"

#include "simulation/choices.hpp"
#include "simulation/schedule.hpp"

#include <sys/time.h>
#include <algorithm>
#include <cstdint>
#include <ctime>
#include <exception>
#include <string>

namespace corokit::specified {
namespace {

constexpr std::uint64_t kThreadPool = 0;  // stands for the seed of a schedule

/// What is played now, for those who started the program by hand.
struct {
  std::string part;
  std::uint64_t seed = 1;
} now_playing;

std::string where() {
  return now_playing.part + ", " +
         (now_playing.seed == kThreadPool ? "on the thread pool"
                                          : "in schedule " + std::to_string(now_playing.seed));
}

/// The processor time that this process has used, in microseconds.
std::uint64_t used_processor_time() {
  timespec used{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
  return static_cast<std::uint64_t>(used.tv_sec) * 1'000'000 +
         static_cast<std::uint64_t>(used.tv_nsec) / 1'000;
}

std::uint64_t longest_part = 0;  // in microseconds of processor time, under one schedule

/// Lets SIGPROF kill this process when it has used the processor for so long from now on.
void limit_processor_time(std::uint64_t milliseconds) {
  itimerval limit{};
  limit.it_value.tv_sec = static_cast<time_t>(milliseconds / 1000);
  limit.it_value.tv_usec = static_cast<suseconds_t>(milliseconds % 1000 * 1000);
  setitimer(ITIMER_PROF, &limit, nullptr);
}

/// Lets a signal kill this process when it has used the processor for so long from now on, or when five times as much time
/// has passed: so long an endless loop may need on a busy machine, and so long is waited for one that waits.
void limit_time(std::chrono::milliseconds limit) {
  limit_processor_time(static_cast<std::uint64_t>(limit.count()));
  limit *= 5;
  const itimerval passed{{}, {limit.count() / 1000, limit.count() % 1000 * 1000}};
  setitimer(ITIMER_REAL, &passed, nullptr);
}

/// Plays a part once. A body that throws has failed.
void play_part(Body body, Check& check) {
  try {
    body(check);
  } catch (...) {
    check.fail("an exception escaped: " + describe(std::current_exception()));
  }
}

void play_in_simulation(Body body, std::uint64_t seed, explorer::Strategy& chooser) {
  explorer::Choices choices(chooser);
  explorer::Goals goals;
  explorer::Schedule schedule(choices, goals);
  schedule.ends_all = false;  // a finding is told before any other task ends
  Check check(seed, schedule);
  play_part(body, check);
}

}  // namespace
}  // namespace corokit::specified
