#pragma once
#include <corokit/explore.hpp>

#include <gtest/gtest-spi.h>
#include <gtest/gtest.h>

#include <cerrno>
#include <cstdio>
#include <optional>
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
/// EXPECT_… and explorer::require() fail the schedule; ASSERT_… cannot be used in a coroutine. The test prints what was
/// exhausted, and on failure the schedule, made as short as it can be, its token, and how to play it again.
/// Example: runtime/examples/explored_test.cpp. Needs GoogleTest 1.12 or newer.
#define COROKIT_EXPLORE(Suite, Name, ...)                                     \
  static ::corokit::Task<void> corokit_explored_##Suite##_##Name();           \
  TEST(Suite, Name) {                                                         \
    ::corokit::detail::run_as_test({#Suite "." #Name, __FILE__, __LINE__},    \
                                   ::corokit::explorer::Options{__VA_ARGS__}, \
                                   &corokit_explored_##Suite##_##Name);       \
  }                                                                           \
  static ::corokit::Task<void> corokit_explored_##Suite##_##Name()

namespace corokit::detail {

/// Keeps what EXPECT_… finds in a schedule away from the test, since a schedule that fails is played many times.
class Expectations {
 public:
  Expectations() { begin(); }
  Expectations(const Expectations&) = delete;
  Expectations& operator=(const Expectations&) = delete;
  ~Expectations() { reporter_.reset(); }

  /// Returns: what the schedule that has ended did not meet; empty if it met all.
  std::string verdict() {
    std::string text;
    for (int i = 0; i < results_->size(); ++i) {
      const ::testing::TestPartResult& result = results_->GetTestPartResult(i);
      if (result.passed() || result.skipped()) continue;
      if (!text.empty()) text += "\n";
      if (result.file_name())
        text += std::string(result.file_name()) + ":" + std::to_string(result.line_number()) + ": ";
      text += result.message();
    }
    begin();
    return text;
  }

 private:
  void begin() {
    reporter_.reset();
    results_.emplace();
    reporter_.emplace(::testing::ScopedFakeTestPartResultReporter::INTERCEPT_ONLY_CURRENT_THREAD, &*results_);
  }

  std::optional<::testing::TestPartResultArray> results_;
  std::optional<::testing::ScopedFakeTestPartResultReporter> reporter_;
};

/// What a test is called, and where it is defined.
struct ExploredTest {
  const char* name;
  const char* file;
  int line;
};

inline void run_as_test(const ExploredTest& test, explorer::Options options, Task<void> (*program)()) {
  if (options.name.empty()) options.name = test.name;
  options = explorer::with_environment(std::move(options));
  explorer::Report report;
  {
    Expectations expectations;
    report = explore(options, program, [&expectations] { return expectations.verdict(); });
  }
  ::testing::Test::RecordProperty("schedules", std::to_string(report.schedules));
  ::testing::Test::RecordProperty("coverage", report.coverage);
  if (!report.failure.empty()) {
    std::string again;
    if (!report.token.empty())
      again = "\nTo see it again: COROKIT_EXPLORE_REPLAY=" + report.token + " " + program_invocation_name +
              " --gtest_filter=" + test.name;
    ADD_FAILURE_AT(test.file, test.line) << report.failure << again;
    return;
  }
  std::printf("[ EXPLORED ] %s\n", report.coverage.c_str());
}

}  // namespace corokit::detail
