#include "process.hpp"

#include <gtest/gtest.h>
#include <stdexcept>

namespace corokit::peers {
namespace {

using namespace std::chrono_literals;

std::string complaint(const std::vector<std::string>& command, std::chrono::milliseconds limit = 60s) {
  try {
    output_of(command, {}, limit);
  } catch (const std::runtime_error& error) {
    return error.what();
  }
  return "none";
}

TEST(OutputOf, IsWhatTheProgramPrinted) {
  EXPECT_EQ(output_of({"sh", "-c", "echo one; echo two"}, {}, 60s), "one\ntwo\n");
  EXPECT_EQ(output_of({"sh", "-c", "printf %s \"$PEERS_TEST\""}, {"PEERS_TEST=given"}, 60s), "given");
}

TEST(OutputOf, MayBeLargerThanAPipe) {
  EXPECT_EQ(output_of({"sh", "-c", "head -c 1000000 /dev/zero"}, {}, 60s).size(), 1'000'000u);
}

TEST(OutputOf, ThrowsForEveryWayToFail) {
  EXPECT_EQ(complaint({"sh", "-c", "exit 3"}), "sh failed with status 3");
  EXPECT_EQ(complaint({"sh", "-c", "kill -SEGV $$"}), "sh was killed: Segmentation fault");
  EXPECT_EQ(complaint({"sh", "-c", "read forever < /dev/zero"}, 50ms), "sh takes too long");
  EXPECT_NE(complaint({"/no/such/program"}).find("/no/such/program cannot be started"), std::string::npos);
}

TEST(CanPreload, IsFalseForALibraryThatIsNotThere) {
  EXPECT_FALSE(can_preload("libno_such_library.so.9"));
}

}  // namespace
}  // namespace corokit::peers
