#pragma once
#include <gtest/gtest.h>

#include "explore.hpp"

namespace corokit::model {

/// Returns: success if no schedule failed and every schedule within the bounds was played.
inline ::testing::AssertionResult right_on_every_schedule(const Report& report) {
  if (!report.failure.empty()) return ::testing::AssertionFailure() << report.failure;
  if (!report.exhaustive)
    return ::testing::AssertionFailure() << "not every schedule was played, but only " << report.schedules;
  return ::testing::AssertionSuccess();
}

}  // namespace corokit::model
