// The main program of every implementation under test. It plays one test: all its parts under each of many schedules in
// simulation, then all on the thread pool. The grader starts one process for each test.
//
//   <implementation> TEST [SCHEDULES [SEED]]    plays schedule 1, then schedules SEED+1, SEED+2…; 128, from seed 1
//   <implementation> TEST --schedule N          plays one schedule; 0 is the thread pool
//   <implementation> TEST --explore             plays the subject's numbers depth first: all schedules of each part with at
//                                               most 2 preemptions, or as many as take some ten milliseconds
//   <implementation> PART --seeds FROM TO       plays one part alone, under the schedules from FROM to TO
//   <implementation> PART --replay N MOVES      plays schedule N of one part, with other moves, such as 12.3-40.1: sends
//                                               the events of its timeline as they come, and then what was recorded
//   <implementation> PART --shrink N            makes schedule N of a part short that fails, and plays it as --replay does
//   <implementation>                            lists the tests and their parts
//
// Started by hand, it prints what it finds.
#include "attempt.hpp"
#include "channel.hpp"
#include "check.hpp"
#include "confined.hpp"
#include "exploring.hpp"
#include "playing.hpp"
#include "replaying.hpp"

#include "simulation/strategies.hpp"

#include <malloc.h>
#include <unistd.h>
#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <mutex>

namespace corokit::specified {
namespace {

void begin(int count, char** arguments, char** environment) {
  channel::receive_orders(count, arguments, environment);
  // One heap for all threads. With one of its own each would reserve address space, for a moment twice as much, and all
  // together come near the limit of memory.
  mallopt(M_ARENA_MAX, 1);
  if (channel::confined) confine();
}

// Before the constructors of all objects of this program.
[[gnu::used, gnu::section(".preinit_array")]] void (*const kFirst)(int, char**, char**) = begin;

constexpr std::uint64_t kSchedules = 128;

/// The parts of a test, by their names; the part that has the name of the test is named "", and comes first.
using Parts = std::map<std::string, Part>;

std::map<std::string, Parts>& tests() {
  static std::map<std::string, Parts> known;
  return known;
}

/// Plays all parts of a test under one schedule. Returns only if none failed.
void play_schedule(const std::string& test, const Parts& parts, std::uint64_t seed) {
  for (const auto& [name, part] : parts) {
    now_playing = {name.empty() ? test : name, seed};
    channel::starting(seed, now_playing.part);
    limit_processor_time(channel::milliseconds_of_part);
    const std::uint64_t before = used_processor_time();
    if (seed == kThreadPool) {
      Check check(~channel::base_seed);
      play_part(part.body, check);
    } else {
      explorer::Random random(seed);
      play_in_simulation(part.body, seed, random);
    }
    longest_part = std::max(longest_part, used_processor_time() - before);
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

/// Says that nothing was found, as the last thing.
int pass(const std::string& name) {
  limit_processor_time(0);
  if (channel::connected()) {
    channel::passed(longest_part);
  } else {
    std::printf("%s: passed\n", name.c_str());
  }
  return EXIT_SUCCESS;
}

int explore(const std::string& test, const Parts& parts) {
  for (const auto& [name, part] : parts) {
    now_playing = {name.empty() ? test : name, 1};
    channel::starting(1, now_playing.part);
    explore_part(now_playing.part, part.body);
  }
  return pass(test);
}

int play(const std::string& test, const char* first, const char* second) {
  const auto found = tests().find(test);
  if (found == tests().end()) Check(1).fail("no specified test has this name");
  const std::string_view option = first ? first : "";
  if (option == "--explore") return explore(test, found->second);
  if (option == "--schedule") {
    std::setvbuf(stdout, nullptr, _IOLBF, 0);  // what is printed before a crash is not lost
    play_schedule(test, found->second, number(second, 1));
  } else {
    if (!channel::connected()) channel::base_seed = number(second, 1);
    play_test(test, found->second, number(first, kSchedules));
  }
  return pass(test);
}

/// Returns: the part of this name; one without a body if there is none.
Part find_part(const std::string& name) {
  for (const auto& [test, parts] : tests())
    for (const auto& [known, part] : parts)
      if ((known.empty() ? test : known) == name) return part;
  return {};
}

int play_seeds(const std::string& name, const char* from, const char* to) {
  const Part part = find_part(name);
  if (!part.body) Check(1).fail("no part of a test has this name");
  for (std::uint64_t seed = number(from, 1); seed <= number(to, kSchedules); ++seed) {
    now_playing = {name, seed};
    explorer::Random random(seed);
    play_in_simulation(part.body, seed, random);
  }
  return pass(name);
}

int show(const std::string& name, std::string_view option, const char* schedule, const char* moves) {
  const Part part = find_part(name);
  const std::uint64_t seed = number(schedule, 1);
  const auto given = explorer::parse_token(moves ? moves : "0");
  if (!part.body || seed == kThreadPool || !given)
    Check(1).fail("no part of a test has this name, or no schedule these moves");
  replay(name, part.body, seed, option == "--shrink" ? shortest(part, seed) : *given);
  return pass(name);
}

void print_finding(const std::string& message, const std::vector<Timeline::Event>& timeline) {
  std::printf("failed (%s): %s\n", where().c_str(), message.c_str());
  for (const Timeline::Event& event : timeline)
    std::printf("%12.3f ms  %s %s\n", std::chrono::duration<double, std::milli>(event.time).count(),
                event.task.c_str(), event.event.c_str());
}

}  // namespace

Registration::Registration(const char* test, const char* name, Part part) {
  if (tests()[test].emplace(std::string_view(test) == name ? "" : name, part).second) return;
  std::fprintf(stderr, "two parts of the test %s are named %s\n", test, name);
  std::abort();
}

void Check::fail(const std::string& message) {
  static std::mutex first;
  first.lock();  // for ever: a second finding comes too late
  if (traces) {  // whoever forked this process wants to know no more
    traces->finding = kind_of(message);
    _exit(EXIT_FAILURE);
  }
  const bool is_graded = channel::connected();
  const auto events = recorded && is_graded ? std::vector<Timeline::Event>() : timeline_.events();
  if (is_graded) {
    channel::finding(message, events);  // of a schedule that is recorded, they were sent when they came
  } else {
    print_finding(message, events);
  }
  show_recorded(message);
  if (explored && !is_graded)
    std::printf("in its schedule %s\n", explorer::token(explored->deviations()).c_str());
  if (explored && is_graded)
    channel::write_line(" {\"explored\":null,\"schedule\":\"" + explorer::token(explored->deviations()) +
                        "\"}\n");
  std::fflush(stdout);
  _exit(is_graded ? EXIT_SUCCESS : EXIT_FAILURE);
}

}  // namespace corokit::specified

int main(int argc, char** argv) {
  using namespace corokit::specified;
  if (argc < 2) {
    for (const auto& [test, parts] : tests())
      for (const auto& [name, part] : parts) std::puts((name.empty() ? test : "  " + name).c_str());
    return EXIT_SUCCESS;
  }
  const std::array<const char*, 3> more{argc > 2 ? argv[2] : nullptr, argc > 3 ? argv[3] : nullptr,
                                        argc > 4 ? argv[4] : nullptr};
  const std::string_view option = more[0] ? more[0] : "";
  if (option == "--seeds") return play_seeds(argv[1], more[1], more[2]);
  if (option == "--replay" || option == "--shrink") return show(argv[1], option, more[1], more[2]);
  return play(argv[1], more[0], more[1]);
}
