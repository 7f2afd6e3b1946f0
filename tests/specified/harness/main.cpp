// The main program of every implementation under test. It runs one test, first under many schedules in simulation, then
// once on the thread pool, and reports what it found. The grader starts one process for each test.
//
//   <implementation> TEST [SCHEDULES [FIRST]]    runs schedules FIRST… (1…128); prints the report if started by hand
//   <implementation>                             lists the tests
#include "channel.hpp"
#include "check.hpp"

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <map>

namespace corokit::specified {
namespace {

constexpr std::uint64_t kSchedules = 128;

std::map<std::string, Body>& tests() {
  static std::map<std::string, Body> known;
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

/// Runs all schedules up to the first that fails.
Report run_all(const std::string& name, Body body, std::uint64_t schedules, std::uint64_t first) {
  Report report{.test = name};
  for (std::uint64_t seed = first; seed < first + schedules; ++seed) {
    channel::starting(seed);
    Check check(Check::Mode::simulation, seed);
    run_body(body, check);
    ++report.schedules;
    if (check.failed()) {
      report.message = check.message();
      report.seed = seed;
      report.mode = "simulation";
      return report;
    }
  }
  channel::starting(0);
  Check check(Check::Mode::thread_pool, 0);
  run_body(body, check);
  ++report.schedules;
  report.passed = !check.failed();
  report.message = check.message();
  report.mode = "thread_pool";
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

Registration::Registration(const char* name, Body body) {
  if (tests().emplace(name, body).second) return;
  std::fprintf(stderr, "two specified tests are named %s\n", name);
  std::abort();
}

}  // namespace corokit::specified

int main(int argc, char** argv) {
  using namespace corokit::specified;
  if (argc < 2) {
    for (const auto& [name, body] : tests()) std::puts(name.c_str());
    return EXIT_SUCCESS;
  }
  return run_by_name(argv[1], argc > 2 ? argv[2] : nullptr, argc > 3 ? argv[3] : nullptr);
}
