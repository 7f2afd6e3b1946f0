#include <gtest/gtest.h>

#include "frame_balance.hpp"

// The sanitizers call these functions when the program starts; a build without sanitizers never calls them.
// A report of a sanitizer exits with a code of its own, because a failed test exits with 1.
// NOLINTBEGIN(bugprone-reserved-identifier, readability-identifier-naming): the names are the sanitizers'.
extern "C" const char* __asan_default_options() {
  return "exitcode=99:detect_stack_use_after_return=1";
}
extern "C" const char* __tsan_default_options() {
  return "exitcode=98:halt_on_error=1";
}
extern "C" const char* __ubsan_default_options() {
  return "exitcode=97:print_stacktrace=1";
}
// NOLINTEND(bugprone-reserved-identifier, readability-identifier-naming)

int main(int argc, char** argv) {
  ::testing::InitGoogleTest(&argc, argv);
  ::testing::UnitTest::GetInstance()->listeners().Append(
      new corokit::test::FrameBalance);  // owned by GoogleTest
  return RUN_ALL_TESTS();
}
