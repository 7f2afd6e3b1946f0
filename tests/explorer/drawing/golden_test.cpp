// The formats in which a recording is shown, on samples: see golden.hpp about how to renew the files.
#include <simulation/table.hpp>

#include <gtest/gtest.h>

#include "golden.hpp"
#include "samples.hpp"

namespace corokit::explorer {
namespace {

class Golden : public testing::TestWithParam<Sample> {
 protected:
  const std::string& name() const { return GetParam().name; }
  const Recording& recording() const { return GetParam().recording; }
};
INSTANTIATE_TEST_SUITE_P(Samples, Golden, testing::ValuesIn(samples()),
                         [](const auto& sample) { return sample.param.name; });

TEST_P(Golden, Table) {
  EXPECT_TRUE(is_golden(name() + ".table.txt", draw_table(recording())));
}

}  // namespace
}  // namespace corokit::explorer
