#include "exercise/patched_file.hpp"

#include <gtest/gtest.h>

namespace corokit::moulinette {
namespace {

constexpr std::string_view kHeader = "Wrong: it --- a/lot.\nExpect: wrong\n\n";

PatchedFile of(const std::string& line) {
  return patched_file(std::string(kHeader) + line + "\n+++ b/other.cpp\n");
}

TEST(PatchedFile, HasTheNameBehindItsLabel) {
  EXPECT_EQ(of("--- a/src/one.cpp").name, "src/one.cpp");
  EXPECT_EQ(of("--- a/src/one.cpp").line, 4);
  EXPECT_EQ(of("--- a/one.cpp\t2026-05-01 10:00:00").name, "one.cpp");
  EXPECT_EQ(of("--- a/one.cpp\r").name, "one.cpp");
  EXPECT_EQ(patched_file("--- a/one.cpp").name, "one.cpp") << "in the first line, which is the last one";
}

TEST(PatchedFile, IsEmptyWhereNoneIsNamed) {
  EXPECT_EQ(patched_file(kHeader).name, "");
  EXPECT_EQ(patched_file(kHeader).line, 0);
  EXPECT_FALSE(patched_file(kHeader).is("one.cpp"));
}

TEST(PatchedFile, MayLeaveOutFolders) {
  EXPECT_TRUE(of("--- a/one.cpp").is("one.cpp"));
  EXPECT_TRUE(of("--- a/one.cpp").is("orchestrator/src/one.cpp"));
  EXPECT_TRUE(of("--- a/src/one.cpp").is("orchestrator/src/one.cpp"));
  EXPECT_FALSE(of("--- a/one.cpp").is("orchestrator/src/another_one.cpp"));
  EXPECT_FALSE(of("--- a/src/one.cpp").is("one.cpp"));
}

}  // namespace
}  // namespace corokit::moulinette
