// The main program of every implementation under test. It runs one test: all its parts under each of many schedules in
// simulation, then all on the thread pool, and reports what it found. The grader starts one process for each test.
//
//   <implementation> TEST [SCHEDULES [FIRST]]    runs schedules FIRST… (1…128); prints the report if started by hand
//   <implementation>                             lists the tests and their parts
#include "channel.hpp"
#include "check.hpp"

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <map>

namespace corokit::specified {
namespace {

constexpr std::uint64_t kSchedules = 128;

/// The parts of a test, by their names; the part that has the name of the test is named "", and comes first.
using Parts = std::map<std::string, Body>;

std::map<std::string, Parts>& tests() {
  static std::map<std::string, Parts> known;
  return known;
}

/// Runs the body once. A body that throws has failed.
void run_body(Body body, Check& check) {
  try {
    body(check);
  } catch (const std::exception& error) {
    check.fail(std::string("an exception escaped: ") + error.what());
  } catch (...) {
    check.fail("an exception escaped that is no std::exception");
  }
}

/// Runs all parts under one schedule, up to the first that fails. Returns: whether none failed.
bool run_parts(Report& report, const Parts& parts, Check::Mode mode, std::uint64_t seed) {
  ++report.schedules;
  for (const auto& [name, body] : parts) {
    report.part = name.empty() ? report.test : name;
    channel::starting(seed, report.part);
    Check check(mode, seed, seed);
    run_body(body, check);
    if (!check.failed()) continue;
    report.message = check.message();
    report.seed = seed;
    return false;
  }
  return true;
}

/// Runs all schedules up to the first that fails.
Report run_all(const std::string& name, const Parts& parts, std::uint64_t schedules, std::uint64_t first) {
  Report report{.test = name, .mode = "simulation"};
  for (std::uint64_t seed = first; seed < first + schedules; ++seed)
    if (!run_parts(report, parts, Check::Mode::simulation, seed)) return report;
  report.mode = "thread_pool";
  report.passed = run_parts(report, parts, Check::Mode::thread_pool, 0);
  return report;
}

std::uint64_t count(const char* text, std::uint64_t otherwise) {
  const std::uint64_t value = text ? std::strtoull(text, nullptr, 10) : 0;
  return value > 0 ? value : otherwise;
}

int run_by_name(const std::string& name, const char* schedules, const char* first) {
  const auto found = tests().find(name);
  Report report{.test = name, .message = "no specified test has this name"};
  if (found != tests().end())
    report = run_all(name, found->second, count(schedules, kSchedules), count(first, 1));
  if (channel::connected()) {
    channel::send(report);
    return EXIT_SUCCESS;
  }
  std::printf("%s: %s after %llu schedules%s%s\n", name.c_str(), report.passed ? "passed" : "failed",
              static_cast<unsigned long long>(report.schedules), report.message.empty() ? "" : ": ",
              report.message.c_str());
  return report.passed ? EXIT_SUCCESS : EXIT_FAILURE;
}

}  // namespace

Registration::Registration(const char* test, const char* part, Body body) {
  const std::string name = std::string_view(test) == part ? "" : part;
  if (tests()[test].emplace(name, body).second) return;
  std::fprintf(stderr, "two parts of the test %s are named %s\n", test, part);
  std::abort();
}

}  // namespace corokit::specified

int main(int argc, char** argv) {
  using namespace corokit::specified;
  if (argc < 2) {
    for (const auto& [test, parts] : tests())
      for (const auto& [part, body] : parts) std::puts((part.empty() ? test : "  " + part).c_str());
    return EXIT_SUCCESS;
  }
  return run_by_name(argv[1], argc > 2 ? argv[2] : nullptr, argc > 3 ? argv[3] : nullptr);
}
