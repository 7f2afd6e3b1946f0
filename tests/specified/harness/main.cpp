// The main program of every implementation under test. It plays one test: all its parts under each of many schedules in
// simulation, then all on the thread pool. The grader starts one process for each test.
//
//   <implementation> TEST [SCHEDULES [SEED]]    plays schedule 1, then schedules SEED+1, SEED+2…; 128, from seed 1
//   <implementation> TEST --schedule N          plays one schedule; 0 is the thread pool
//   <implementation> TEST --events N            does the same, and sends the events of its timeline as they come
//   <implementation>                            lists the tests and their parts
//
// Started by hand, it prints what it finds.
#include "channel.hpp"
#include "check.hpp"

#include <sys/time.h>
#include <unistd.h>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <map>
#include <mutex>
#include <optional>

namespace corokit::specified {
namespace {

constexpr std::uint64_t kSchedules = 128;
constexpr std::uint64_t kThreadPool = 0;  // stands for the seed of a schedule

/// The parts of a test, by their names; the part that has the name of the test is named "", and comes first.
using Parts = std::map<std::string, Body>;

std::map<std::string, Parts>& tests() {
  static std::map<std::string, Parts> known;
  return known;
}

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

/// Lets SIGPROF kill this process when it has used the processor for so long from now on.
void limit_processor_time(std::uint64_t milliseconds) {
  itimerval limit{};
  limit.it_value.tv_sec = static_cast<time_t>(milliseconds / 1000);
  limit.it_value.tv_usec = static_cast<suseconds_t>(milliseconds % 1000 * 1000);
  setitimer(ITIMER_PROF, &limit, nullptr);
}

/// Plays a part once. A body that throws has failed.
void play_part(Body body, Check& check) {
  try {
    body(check);
  } catch (...) {
    check.fail("an exception escaped: " + describe(std::current_exception()));
  }
}

/// Plays all parts of a test under one schedule. Returns only if none failed.
void play_schedule(const std::string& test, const Parts& parts, std::uint64_t seed) {
  const bool on_threads = seed == kThreadPool;
  for (const auto& [name, body] : parts) {
    now_playing = {name.empty() ? test : name, seed};
    channel::starting(seed, now_playing.part);
    limit_processor_time(channel::milliseconds_of_part);
    Check check(on_threads ? Check::Mode::thread_pool : Check::Mode::simulation, seed,
                on_threads ? ~channel::base_seed : seed);
    play_part(body, check);
  }
}

void play_test(const std::string& test, const Parts& parts, std::uint64_t schedules) {
  for (std::uint64_t i = 0; i < schedules; ++i)
    play_schedule(test, parts, i == 0 ? 1 : channel::base_seed + i);
  play_schedule(test, parts, kThreadPool);
}

std::uint64_t number(const char* text, std::uint64_t otherwise) {
  return text ? std::strtoull(text, nullptr, 10) : otherwise;
}

int play(const std::string& test, const char* first, const char* second) {
  const auto found = tests().find(test);
  if (found == tests().end()) Check(Check::Mode::simulation, 1, 1).fail("no specified test has this name");
  const std::string_view option = first ? first : "";
  if (option == "--events") Timeline::stream_to(channel::happened);
  if (option == "--schedule" || option == "--events") {
    std::setvbuf(stdout, nullptr, _IOLBF, 0);  // what is printed before a crash is not lost
    play_schedule(test, found->second, number(second, 1));
  } else {
    if (!channel::connected()) channel::base_seed = number(second, 1);
    play_test(test, found->second, number(first, kSchedules));
  }
  limit_processor_time(0);
  if (channel::connected()) {
    channel::passed();
  } else {
    std::printf("%s: passed\n", test.c_str());
  }
  return EXIT_SUCCESS;
}

void print_finding(const std::string& message, const std::vector<Timeline::Event>& timeline) {
  std::printf("failed (%s): %s\n", where().c_str(), message.c_str());
  for (const Timeline::Event& event : timeline)
    std::printf("%12.3f ms  %s %s\n", std::chrono::duration<double, std::milli>(event.time).count(),
                event.task.c_str(), event.event.c_str());
}

}  // namespace

Registration::Registration(const char* test, const char* part, Body body) {
  const std::string name = std::string_view(test) == part ? "" : part;
  if (tests()[test].emplace(name, body).second) return;
  std::fprintf(stderr, "two parts of the test %s are named %s\n", test, part);
  std::abort();
}

void Check::fail(const std::string& message) {
  static std::mutex first;
  first.lock();  // for ever: a second finding comes too late
  const bool is_graded = channel::connected();
  if (is_graded) {
    channel::finding(message, timeline_.events());
  } else {
    print_finding(message, timeline_.events());
  }
  std::fflush(stdout);
  _exit(is_graded ? EXIT_SUCCESS : EXIT_FAILURE);
}

}  // namespace corokit::specified

int main(int argc, char** argv) {
  using namespace corokit::specified;
  if (argc < 2) {
    for (const auto& [test, parts] : tests())
      for (const auto& [part, body] : parts) std::puts((part.empty() ? test : "  " + part).c_str());
    return EXIT_SUCCESS;
  }
  return play(argv[1], argc > 2 ? argv[2] : nullptr, argc > 3 ? argv[3] : nullptr);
}
