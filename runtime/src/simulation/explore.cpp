#include "schedule.hpp"
#include "search.hpp"
#include "strategies.hpp"
#include "task_recorder.hpp"

#include <corokit/detail/task/frame_pool.hpp>
#include <corokit/explore.hpp>
#include <corokit/simulation.hpp>
#include <corokit/time/clock.hpp>

#include <malloc.h>
#include <unistd.h>
#include <algorithm>
#include <charconv>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <stdexcept>
#include <utility>

// Defined by a build with a sanitizer.
// NOLINTNEXTLINE(bugprone-reserved-identifier, readability-identifier-naming): the name is the sanitizers'.
extern "C" void __sanitizer_set_death_callback(void (*callback)()) __attribute__((weak));

namespace corokit::explorer {

thread_local Schedule* Schedule::current_ = nullptr;

namespace {

std::string describe(const std::exception_ptr& exception) {
  try {
    std::rethrow_exception(exception);
  } catch (const std::exception& error) {
    return error.what();
  } catch (...) {
    return "something that is no std::exception";
  }
}

/// Names the schedule that is played, when the process dies in it. It is called by a signal handler.
void name_schedule() noexcept {
  const Schedule* schedule = Schedule::current();
  if (!schedule) return;
  char text[4096];
  char* at = text;
  const auto append = [&](std::string_view part) {
    const std::size_t length = std::min(part.size(), static_cast<std::size_t>(text + sizeof text - 1 - at));
    std::memcpy(at, part.data(), length);
    at += length;
  };
  const auto append_number = [&](std::size_t number) {
    char digits[24];
    append({digits,
            static_cast<std::size_t>(std::to_chars(digits, digits + sizeof digits, number).ptr - digits)});
  };
  append("corokit: the process ends in a schedule; to see it again: COROKIT_EXPLORE_REPLAY=");
  const char* const begin = at;
  for (const Deviation& deviation : schedule->choices.deviations()) {
    if (at != begin) append("-");
    append_number(deviation.place);
    append(".");
    append_number(deviation.choice);
  }
  if (at == begin) append("0");
  *at++ = '\n';
  static_cast<void>(!write(STDERR_FILENO, text, static_cast<std::size_t>(at - text)));
}

/// While it lives, a process that crashes names the schedule that it plays.
class NameScheduleOfCrash {
 public:
  NameScheduleOfCrash() noexcept {
    if (&__sanitizer_set_death_callback) __sanitizer_set_death_callback(&name_schedule);
    for (std::size_t i = 0; i < std::size(kSignals); ++i) {
      sigaction(kSignals[i], nullptr, &before_[i]);
      if (before_[i].sa_handler != SIG_DFL) continue;  // a sanitizer, or the program, reports it
      struct sigaction action {};
      action.sa_handler = &crashed;
      action.sa_flags = SA_ONSTACK | static_cast<int>(SA_RESETHAND);
      sigaction(kSignals[i], &action, nullptr);
    }
  }
  NameScheduleOfCrash(const NameScheduleOfCrash&) = delete;
  NameScheduleOfCrash& operator=(const NameScheduleOfCrash&) = delete;
  ~NameScheduleOfCrash() {
    for (std::size_t i = 0; i < std::size(kSignals); ++i) sigaction(kSignals[i], &before_[i], nullptr);
  }

 private:
  static constexpr int kSignals[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};
  static void crashed(int signal) {
    name_schedule();
    raise(signal);  // by now the default again
  }

  struct sigaction before_[std::size(kSignals)];
};

class TaskPlayer {
 public:
  TaskPlayer(const Options& options, const std::function<Task<void>()>& program)
      : options_(options), program_(program) {}

  Played play(Choices& choices, Recording* recording) {
    const std::size_t memory = mallinfo2().uordblks;
    const std::size_t reached = goals_.reached.size();
    const std::size_t missed = goals_.missed.size();
    Played played{play_once(choices, recording), {}, {}};
    // What the explorer itself keeps grows now and then. A leak of the program grows each time. The first schedule is looked
    // at in any case, since it may take what was freed before, which counts as used; others not if they made threads, for
    // which memory grows as well.
    const bool grew = mallinfo2().uordblks > memory && !has_threads_;
    const bool may_leak = std::exchange(is_first_, false) || grew;
    if (played.failure.empty() && may_leak) played.failure = leak(choices.deviations());
    if (goals_.reached.size() != reached) played.reached = {goals_.reached.begin(), goals_.reached.end()};
    if (goals_.missed.size() != missed) played.missed = {goals_.missed.begin(), goals_.missed.end()};
    return played;
  }

 private:
  /// Returns: what broke; empty if nothing did.
  std::string play_once(Choices& choices, Recording* recording) {
    Schedule schedule(choices, goals_);
    schedule.recording = recording;
    schedule.finds_lost_wakeups = true;
    const EnterSchedule entered(schedule);
    const std::int64_t frames = corokit::detail::live_frames();
    std::string failure = run(schedule);
    if (!schedule.failure.empty()) failure = schedule.failure;
    has_threads_ = schedule.has_threads;
    const std::int64_t left = corokit::detail::live_frames() - frames;
    if (failure.empty() && left != 0)
      failure = "a leak: " + std::to_string(left) + " coroutine frames were never destroyed";
    return failure;
  }

  std::string run(Schedule& schedule) const {
    std::string escaped;
    sim::Options options;
    options.max_steps = options_.max_steps;
    options.schedule = &schedule;
    options.on_unhandled_exception = [this, &escaped](const UnhandledException& unhandled) {
      if (escaped.empty() && !options_.allow_unseen_exceptions)
        escaped =
            "an exception escaped a task whose handle is gone: " + describe(unhandled.error.exception());
    };
    try {
      sim::Simulation simulation(options);
      if (const auto ended = simulation.run(program_()); !ended) return ended.error().message;
    } catch (...) {
      return "an exception escaped the program: " + describe(std::current_exception());
    }
    return escaped;
  }

  /// Plays a schedule again. Returns: what it leaks; empty if it does not leave memory behind each time. The first
  /// times do not count: what the allocator keeps for later grows then.
  std::string leak(const Deviations& schedule) {
    constexpr int kWarm = 16;
    constexpr int kCounted = 8;
    std::size_t least = ~std::size_t{0};
    for (int i = 0; i < kWarm + kCounted; ++i) {
      const std::size_t before = mallinfo2().uordblks;
      {
        Replay strategy(schedule);
        Choices choices(strategy);
        const std::string failure = play_once(choices, nullptr);
        if (!failure.empty())
          return "the program is not deterministic: it fails only if it is played again: " + failure;
      }
      const std::size_t after = mallinfo2().uordblks;
      if (i < kWarm) continue;
      if (after <= before) return {};
      least = std::min(least, after - before);
    }
    // The memory of other threads counts as well.
    if (std::ranges::distance(std::filesystem::directory_iterator("/proc/self/task")) != 1) return {};
    return "a leak: the program leaves " + std::to_string(least) + " bytes behind each time";
  }

  const Options& options_;
  const std::function<Task<void>()>& program_;
  Goals goals_;
  bool is_first_ = true;
  bool has_threads_ = false;  // of the schedule that was played last
};

/// Returns: a number of the environment; `otherwise` if the variable is not set.
template <class T>
T number(const char* variable, T otherwise) {
  const char* text = std::getenv(variable);
  if (!text) return otherwise;
  T value{};
  const char* const end = text + std::strlen(text);
  const auto [stop, error] = std::from_chars(text, end, value);
  if (error != std::errc() || stop != end || text == end)
    throw std::invalid_argument(std::string(variable) + " is no number that it can be: \"" + text + "\"");
  return value;
}

Search search_of(const char* text) {
  const std::string_view name = text;
  if (name == "thorough") return Search::thorough;
  if (name == "depth_first") return Search::depth_first;
  if (name == "pct") return Search::pct;
  if (name == "random") return Search::random;
  throw std::invalid_argument("COROKIT_EXPLORE_SEARCH is thorough, depth_first, pct or random, not \"" +
                              std::string(name) + "\"");
}

}  // namespace

Options with_environment(Options options) {
  if (const char* name = std::getenv("COROKIT_EXPLORE_SEARCH")) options.search = search_of(name);
  options.preemptions = number("COROKIT_EXPLORE_PREEMPTIONS", options.preemptions);
  options.stale_loads = number("COROKIT_EXPLORE_STALE_LOADS", options.stale_loads);
  options.spurious_wakes = number("COROKIT_EXPLORE_SPURIOUS_WAKES", options.spurious_wakes);
  options.schedules = number("COROKIT_EXPLORE_SCHEDULES", options.schedules);
  options.seed = number("COROKIT_EXPLORE_SEED", options.seed);
  options.depth = number("COROKIT_EXPLORE_DEPTH", options.depth);
  if (const char* token = std::getenv("COROKIT_EXPLORE_REPLAY")) options.replay = token;
  if (const char* file = std::getenv("COROKIT_EXPLORE_RECORD")) options.record = file;
  if (options.schedules == 0) throw std::invalid_argument("no schedule is to be played: schedules is 0");
  if (options.depth == 0) throw std::invalid_argument("the depth of PCT is at least 1");
  return options;
}

Report explore(const Options& options, const std::function<Task<void>()>& program) {
  const NameScheduleOfCrash named;
  Options of_tasks = options;
  of_tasks.stale_loads = of_tasks.spurious_wakes = 0;
  TaskPlayer player(of_tasks, program);
  return search(of_tasks, [&player](Choices& choices, Recording* recording) {
    return player.play(choices, recording);
  });
}

void require(bool holds, std::string_view what) {
  if (!holds) corokit::detail::fail_schedule("this does not hold: " + std::string(what));
}

bool failed() noexcept {
  const Schedule* schedule = Schedule::current();
  return schedule && !schedule->failure.empty();
}

void reached(std::string_view what, bool holds) {
  Schedule* schedule = Schedule::current();
  if (!schedule) return;
  Goals::Names& names = holds ? schedule->goals.reached : schedule->goals.missed;
  if (!names.contains(what)) names.emplace(what);
}

void note(std::string_view name, std::int64_t value) {
  Schedule* schedule = Schedule::current();
  if (schedule && schedule->recorder) schedule->recorder->note(std::string(name), value, now());
}

std::size_t choose(std::size_t count) {
  Schedule* schedule = Schedule::current();
  return schedule ? schedule->choices.next(Kind::branch, count) : 0;
}

}  // namespace corokit::explorer

namespace corokit::detail {

void fail_schedule(std::string_view what) {
  explorer::Schedule* schedule = explorer::Schedule::current();
  if (!schedule) {
    std::fprintf(stderr, "corokit: outside of an explored program, %.*s\n", static_cast<int>(what.size()),
                 what.data());
    std::abort();
  }
  if (!schedule->failure.empty()) return;
  schedule->failure = what;
  if (schedule->recorder) schedule->recorder->say(schedule->failure);
}

}  // namespace corokit::detail
