#pragma once
// Runs the same test on every kind of runtime:
//
//     using SpawnOn = test::OnEachRuntime;
//     TEST_P(SpawnOn, RunsTheTask) { Runtime runtime = make(); … }
//     COROKIT_ON_EACH_RUNTIME(SpawnOn);
#include <corokit/runtime.hpp>

#include <gtest/gtest.h>
#include <cstddef>
#include <ostream>
#include <string>
#include <utility>

namespace corokit::test {

struct RuntimeKind {
  enum class Executor { current_thread, work_stealing, global_queue };

  RuntimeKind(Executor which, std::size_t count) noexcept : executor(which), workers(count) {}
  Executor executor;
  std::size_t workers;  // 0 for the current-thread runtime

  friend std::ostream& operator<<(std::ostream& out, const RuntimeKind& kind) { return out << kind.name(); }
  std::string name() const {
    if (executor == Executor::current_thread) return "CurrentThread";
    return (executor == Executor::global_queue ? "GlobalQueue" : "") + std::to_string(workers) + "Workers";
  }
};

class OnEachRuntime : public ::testing::TestWithParam<RuntimeKind> {
 protected:
  static Runtime make(RuntimeOptions options = {}) {
    switch (GetParam().executor) {
      case RuntimeKind::Executor::work_stealing:
        return Runtime::multi_thread(GetParam().workers, std::move(options));
      case RuntimeKind::Executor::global_queue:
        return Runtime::global_queue(GetParam().workers, std::move(options));
      default:
        return Runtime::current_thread(std::move(options));
    }
  }
  static bool has_workers() { return GetParam().workers != 0; }
};

inline auto each_runtime() {
  using Executor = RuntimeKind::Executor;
  return ::testing::Values(RuntimeKind(Executor::current_thread, 0), RuntimeKind(Executor::work_stealing, 1),
                           RuntimeKind(Executor::work_stealing, 2), RuntimeKind(Executor::work_stealing, 16),
                           RuntimeKind(Executor::global_queue, 1), RuntimeKind(Executor::global_queue, 16));
}

inline std::string runtime_name(const ::testing::TestParamInfo<RuntimeKind>& info) {
  return info.param.name();
}

}  // namespace corokit::test

#define COROKIT_ON_EACH_RUNTIME(Suite) \
  INSTANTIATE_TEST_SUITE_P(Each, Suite, ::corokit::test::each_runtime(), ::corokit::test::runtime_name)
