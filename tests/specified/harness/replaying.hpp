#pragma once
// Included by main.cpp only, as channel.hpp is.
#include "channel.hpp"
#include "playing.hpp"
#include "recorded.hpp"
#include "shrinking.hpp"

#include "simulation/strategies.hpp"
#include "simulation/timeline.hpp"

#include <unistd.h>
#include <array>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <utility>

// Defined by a build with a sanitizer.
// NOLINTNEXTLINE(bugprone-reserved-identifier, readability-identifier-naming): the name is the sanitizers'.
extern "C" void __sanitizer_set_death_callback(void (*callback)()) __attribute__((weak));

namespace corokit::specified {
namespace {

Recorded* recorded = nullptr;  // the schedule that is played, if it is to be shown

/// Shows what was recorded.
void show_recorded(const std::string& finding) {
  if (!recorded) return;
  Recorded& what_happened = *std::exchange(recorded, nullptr);
  const explorer::Recording& recording = what_happened.finish(finding);
  if (channel::connected())
    channel::write_line(" " + what_happened.json() + "\n");
  else
    std::fputs(explorer::draw_timeline(recording).c_str(), stdout);
  std::fflush(stdout);
}

/// Shows what was recorded before the process crashes. It is no signal-safe function: if it fails as well, no more than
/// the drawing is lost.
void show_crash(int signal) {
  limit_time(std::chrono::seconds(1));
  show_recorded(signal == SIGPROF ? "it uses the processor, and does not come to its next await"
                                  : std::string("killed by SIG") + sigabbrev_np(signal));
  raise(signal);  // by now the default again
}

/// Lets a crash show what was recorded. Where there is a sanitizer, it finds the crashes.
void catch_crashes() {
  static std::array<char, 1U << 16U> stack;
  const stack_t other{stack.data(), 0, stack.size()};
  sigaltstack(&other, nullptr);
  struct sigaction action {};
  action.sa_handler = &show_crash;
  action.sa_flags = SA_ONSTACK | static_cast<int>(SA_RESETHAND);
  sigaction(SIGPROF, &action, nullptr);
  if (&__sanitizer_set_death_callback != nullptr)
    return __sanitizer_set_death_callback([] { show_recorded("here the sanitizer ends the process"); });
  for (const int signal : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT}) sigaction(signal, &action, nullptr);
}

/// Plays a part with the moves of a schedule, and shows what happens.
void replay(const std::string& part, Body body, std::uint64_t seed, const explorer::Deviations& moves) {
  explorer::Replay chooser(moves);
  Recorded what_happens(chooser);
  recorded = &what_happens;
  Timeline::listen(what_happens);
  catch_crashes();
  now_playing = {part, seed};
  channel::starting(seed, part);
  limit_processor_time(channel::milliseconds_of_part);
  Check check(seed, what_happens.schedule());
  play_part(body, check);
  show_recorded("");
}

/// Returns: the shortest schedule that fails as schedule `seed` of a part does; that one itself if it does not fail again.
explorer::Deviations shortest(const Part& part, std::uint64_t seed) {
  Shrinking shrinking(
      [&](explorer::Strategy& chooser) {
        if (channel::connected())  // what the attempts print is of no use
          for (const int output : {STDOUT_FILENO, STDERR_FILENO})
            dup2(STDIN_FILENO, output);  // which only reads; the sandbox lets no file be opened for writing
        play_in_simulation(part.body, seed, chooser);
      },
      part.simplify);
  return shrinking.shortest(seed);
}

}  // namespace
}  // namespace corokit::specified
