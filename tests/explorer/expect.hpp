#pragma once
#include <gtest/gtest.h>

#include "explore.hpp"

namespace corokit::model {

/// Did nothing fail, and was every schedule within the bounds played?
inline ::testing::AssertionResult right_on_every_schedule(const Report& report) {
  if (!report.failure.empty()) return ::testing::AssertionFailure() << report.failure;
  if (!report.exhaustive) return ::testing::AssertionFailure() << "only " << report.schedules << " schedules";
  return ::testing::AssertionSuccess();
}

}  // namespace corokit::model
