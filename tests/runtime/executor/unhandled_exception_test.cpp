#include <corokit/join_set.hpp>
#include <corokit/runtime.hpp>
#include <corokit/simulation.hpp>
#include <corokit/yield.hpp>

#include <gtest/gtest.h>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "support/gate.hpp"
#include "support/on_each_runtime.hpp"

namespace corokit {
namespace {

using test::Gate;

Task<int> fail_at(Gate* gate) {
  co_await gate->wait();
  throw std::runtime_error("broken");
}

Task<int> fail() {
  co_await yield_now();
  throw std::runtime_error("broken");
}

/// Collects the reports of a runtime as lines.
class Reports {
 public:
  RuntimeOptions options() {
    return {.on_unhandled_exception = [this](const UnhandledException& each) { add(each); }};
  }
  void add(const UnhandledException& each) {
    const std::lock_guard lock(mutex_);
    lines_.push_back(each.name + ": " + each.error.message());
    last_ = each.task;
  }
  std::vector<std::string> lines() const {
    const std::lock_guard lock(mutex_);
    return lines_;
  }
  std::optional<TaskId> last() const { return last_; }

 private:
  mutable std::mutex mutex_;
  std::vector<std::string> lines_;
  std::optional<TaskId> last_;
};

const std::vector<std::string> kOne{"Mouse: broken"};

using UnhandledOn = test::OnEachRuntime;
COROKIT_ON_EACH_RUNTIME(UnhandledOn);

TEST_P(UnhandledOn, ADetachedTaskIsReportedWithItsNameAndId) {
  Reports reports;
  Runtime runtime = make(reports.options());
  Gate gate;
  JoinHandle<int> handle = runtime.spawn(fail_at(&gate), "Mouse");
  const TaskId id = handle.id();
  handle.detach();
  EXPECT_EQ(runtime.metrics().unhandled_exceptions, 0u);
  gate.open();
  runtime.block_on([](const Reports* seen) -> Task<void> {
    while (seen->lines().empty()) co_await yield_now();
  }(&reports));
  EXPECT_EQ(reports.lines(), kOne);
  EXPECT_EQ(reports.last(), id);
  EXPECT_EQ(runtime.metrics().unhandled_exceptions, 1u);
}

TEST_P(UnhandledOn, AHandleThatIsDroppedAfterTheEndOfItsTaskReportsIt) {
  Reports reports;
  Runtime runtime = make(reports.options());
  JoinHandle<int> handle = runtime.spawn(fail(), "Mouse");
  runtime.block_on([](const JoinHandle<int>* of) -> Task<void> {
    while (!of->is_finished()) co_await yield_now();
  }(&handle));
  EXPECT_TRUE(reports.lines().empty());
  handle.detach();
  EXPECT_EQ(reports.lines(), kOne);
  EXPECT_EQ(runtime.metrics().unhandled_exceptions, 1u);
}

TEST_P(UnhandledOn, AHandleThatOutlivesTheRuntimeReportsItToo) {
  Reports reports;
  std::optional<JoinHandle<int>> handle;
  {
    Runtime runtime = make(reports.options());
    handle = runtime.spawn(fail(), "Mouse");
    runtime.block_on([](const JoinHandle<int>* of) -> Task<void> {
      while (!of->is_finished()) co_await yield_now();
    }(&*handle));
  }
  handle.reset();
  EXPECT_EQ(reports.lines(), kOne);
}

TEST_P(UnhandledOn, ABlockingFunctionIsReported) {
  Reports reports;
  Runtime runtime = make(reports.options());
  runtime.spawn_blocking([] { throw std::runtime_error("broken"); }).detach();
  runtime.block_on([](const Reports* seen) -> Task<void> {
    while (seen->lines().empty()) co_await yield_now();
  }(&reports));
  EXPECT_EQ(reports.lines(), std::vector<std::string>{": broken"});
}

TEST_P(UnhandledOn, ASetThatIsDroppedReportsTheResultsThatNobodyTook) {
  Reports reports;
  Runtime runtime = make(reports.options());
  runtime.block_on([]() -> Task<void> {
    JoinSet<int> tasks;
    const AbortHandle first = tasks.insert(spawn(fail(), "Mouse"));
    while (!first.is_finished()) co_await yield_now();
  }());
  EXPECT_EQ(reports.lines(), kOne);
}

TEST_P(UnhandledOn, WhatIsTakenOrCancelledIsNotReported) {
  Reports reports;
  Runtime runtime = make(reports.options());
  EXPECT_THROW(runtime.block_on(fail()), std::runtime_error);
  const bool failed = runtime.block_on([]() -> Task<bool> {
    auto handle = spawn(fail());
    const auto result = co_await handle;
    co_return !result && !result.error().is_cancelled();
  }());
  EXPECT_TRUE(failed);
  Gate never;
  runtime.spawn(fail_at(&never)).abort();
  EXPECT_TRUE(runtime.shutdown(Duration::max()));
  EXPECT_TRUE(reports.lines().empty());
}

TEST(Unhandled, ASimulationReportsAsARuntimeDoes) {
  Reports reports;
  auto root = []() -> Task<void> {
    spawn(fail(), "Mouse").detach();
    for (int i = 0; i < 100; ++i) co_await yield_now();
  };
  const sim::Options options{
      .on_unhandled_exception = [&](const UnhandledException& each) { reports.add(each); }};
  EXPECT_TRUE(sim::run(options, root()));
  EXPECT_EQ(reports.lines(), kOne);
}

std::string line_of(std::string name) {
  ::testing::internal::CaptureStderr();
  auto runtime = Runtime::current_thread();
  JoinHandle<int> handle = runtime.spawn(fail(), std::move(name));
  runtime.block_on([](const JoinHandle<int>* of) -> Task<void> {
    while (!of->is_finished()) co_await yield_now();
  }(&handle));
  const std::string id = std::to_string(static_cast<std::uint64_t>(handle.id()));
  handle.detach();
  std::string line = ::testing::internal::GetCapturedStderr();
  const std::size_t at = line.find(id);
  return at == std::string::npos ? line : line.replace(at, id.size(), "N");
}

TEST(Unhandled, ByDefaultALineOnStderrTellsOfIt) {
  EXPECT_EQ(line_of(""), "corokit: an exception ended task N, and nobody took it: broken\n");
  EXPECT_EQ(line_of("Mouse"), "corokit: an exception ended task N (Mouse), and nobody took it: broken\n");
}

}  // namespace
}  // namespace corokit
