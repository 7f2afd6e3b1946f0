#pragma once
// The same test on every kind of runtime:
//
//     using SpawnOn = test::OnEachRuntime;
//     TEST_P(SpawnOn, RunsTheTask) { Runtime runtime = make(); … }
//     COROKIT_ON_EACH_RUNTIME(SpawnOn);
#include <corokit/runtime.hpp>

#include <gtest/gtest.h>
#include <cstddef>
#include <string>

namespace corokit::test {

/// Parameter: the number of workers; 0 for the current-thread runtime.
class OnEachRuntime : public ::testing::TestWithParam<std::size_t> {
 protected:
  static Runtime make() {
    return GetParam() == 0 ? Runtime::current_thread() : Runtime::multi_thread(GetParam());
  }
  static bool has_workers() { return GetParam() != 0; }
};

inline std::string runtime_name(const ::testing::TestParamInfo<std::size_t>& info) {
  return info.param == 0 ? "CurrentThread" : std::to_string(info.param) + "Workers";
}

}  // namespace corokit::test

#define COROKIT_ON_EACH_RUNTIME(Suite) \
  INSTANTIATE_TEST_SUITE_P(Each, Suite, ::testing::Values(0, 1, 2, 16), ::corokit::test::runtime_name)
