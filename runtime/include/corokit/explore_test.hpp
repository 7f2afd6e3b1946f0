#pragma once
#include <corokit/explore.hpp>

#include <gtest/gtest-spi.h>
#include <gtest/gtest.h>

#include <cerrno>
#include <cstdio>
#include <functional>
#include <string>
#include <utility>

/// Defines a GoogleTest whose body is a coroutine, a Task<void>, that is played on every schedule within bounds.
///
///   COROKIT_EXPLORE(Mutex, ExcludesTheOthers, .preemptions = 2) {
///     Mutex<int> count(0);
///     …
///     EXPECT_EQ(*co_await count.lock(), 2);
///   }
///
/// After the name come fields of explorer::Options, if any. The environment may change them, see with_environment().
/// EXPECT_… and explorer::require() fail the schedule, which ends with the turn of the task; ASSERT_… cannot be used in a
/// coroutine. The test prints what was exhausted, and on failure the schedule, made as short as it can be, its token, and
/// how to play it again.
/// Example: runtime/examples/explored_test.cpp. Needs GoogleTest 1.12 or newer.
#define COROKIT_EXPLORE(Suite, Name, ...)                                 \
  static ::corokit::Task<void> corokit_explored_##Suite##_##Name();       \
  TEST(Suite, Name) {                                                     \
    ::corokit::explorer::check(::corokit::explorer::Options{__VA_ARGS__}, \
                               &corokit_explored_##Suite##_##Name);       \
  }                                                                       \
  static ::corokit::Task<void> corokit_explored_##Suite##_##Name()

namespace corokit::detail {

/// While it lives, what EXPECT_… finds fails the schedule instead of the test, since a schedule that fails is played many
/// times.
class FailsSchedule final : public ::testing::ScopedFakeTestPartResultReporter {
 public:
  explicit FailsSchedule(InterceptMode mode) : ScopedFakeTestPartResultReporter(mode, nullptr) {}
  void ReportTestPartResult(const ::testing::TestPartResult& result) override {
    if (!result.failed()) return;
    std::string text;
    if (result.file_name())
      text = std::string(result.file_name()) + ":" + std::to_string(result.line_number()) + ": ";
    fail_schedule(text + result.message());
  }
};

}  // namespace corokit::detail

namespace corokit::explorer {

/// Explores a program inside of a GoogleTest, as the macro COROKIT_EXPLORE does: for tests with parameters, and programs
/// with captures. `file` and `line` are where a failure is reported.
inline void check(Options options, const std::function<Task<void>()>& program,
                  const char* file = __builtin_FILE(), int line = __builtin_LINE()) {
  using detail::FailsSchedule;
  const ::testing::TestInfo& test = *::testing::UnitTest::GetInstance()->current_test_info();
  const std::string name = std::string(test.test_suite_name()) + "." + test.name();
  if (options.name.empty()) options.name = name;
  options = with_environment(std::move(options));
  Report report;
  {
    const FailsSchedule on_other_threads(FailsSchedule::INTERCEPT_ALL_THREADS);
    const FailsSchedule on_this_one(FailsSchedule::INTERCEPT_ONLY_CURRENT_THREAD);
    report = explore(options, program);
  }
  ::testing::Test::RecordProperty("schedules", std::to_string(report.schedules));
  ::testing::Test::RecordProperty("coverage", report.coverage);
  if (report.failure.empty()) {
    std::printf("[ EXPLORED ] %s\n", report.coverage.c_str());
    return;
  }
  std::string again;
  if (!report.token.empty())
    again = "\nTo see it again: COROKIT_EXPLORE_REPLAY=" + report.token + " " + program_invocation_name +
            " --gtest_filter=" + name;
  ADD_FAILURE_AT(file, line) << report.failure << again;
}

}  // namespace corokit::explorer
