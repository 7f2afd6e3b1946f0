#include "kept_runs.hpp"

#include <gtest/gtest.h>
#include <unistd.h>
#include <fstream>
#include <string>

namespace corokit::peers {
namespace {

constexpr const char* kOutput = "{\"metric\":\"a.mt\",\"unit\":\"ns/op\",\"value\":1.5}\n";

class KeptRunsTest : public testing::Test {
 protected:
  void TearDown() override { std::filesystem::remove(file_); }
  const std::filesystem::path file_ = testing::TempDir() + "corokit-kept-runs-" + std::to_string(::getpid());
};

TEST_F(KeptRunsTest, AreThereForTheNextComparisonOfTheSame) {
  KeptRuns first(file_, "one");
  EXPECT_EQ(first.known(), 0u);
  EXPECT_EQ(first.find("0 ours a.mt"), nullptr);
  first.add("0 ours a.mt", kOutput);
  const KeptRuns second(file_, "one");
  EXPECT_EQ(second.known(), 1u);
  ASSERT_NE(second.find("0 ours a.mt"), nullptr);
  EXPECT_EQ(second.find("0 ours a.mt")->at(0).value, 1.5);
}

TEST_F(KeptRunsTest, OfSomethingElseAreForgotten) {
  KeptRuns(file_, "one").add("0 ours a.mt", kOutput);
  EXPECT_EQ(KeptRuns(file_, "another").known(), 0u);
  EXPECT_EQ(KeptRuns(file_, "one").known(), 0u) << "the file is that of the other one";
}

TEST_F(KeptRunsTest, EndWhereTheFileIsDamaged) {
  KeptRuns(file_, "one").add("0 ours a.mt", kOutput);
  std::ofstream(file_, std::ios::app) << "{\"name\":\"0 tok";
  EXPECT_EQ(KeptRuns(file_, "one").known(), 1u);
}

TEST_F(KeptRunsTest, AreGoneOnceAllIsMeasured) {
  KeptRuns runs(file_, "one");
  runs.add("0 ours a.mt", kOutput);
  runs.finish();
  EXPECT_FALSE(std::filesystem::exists(file_));
}

}  // namespace
}  // namespace corokit::peers
