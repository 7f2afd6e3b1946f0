#include "testing/support.hpp"

#include <gtest/gtest.h>

namespace corokit::moulinette {
namespace {

namespace fs = std::filesystem;

/// A copy of the script, beside a build whose program and whose ctest are shell scripts.
class Repeat : public testing::Test {
 protected:
  Repeat() {
    for (const char* part : {"tests/moulinette/hostile", "build/tests/moulinette", "bin"})
      fs::create_directories(folder_ / part);
    fs::copy(ROOT "/tests/moulinette/hostile/repeat", folder_ / "tests/moulinette/hostile");
    for (const char* file : {"solutions/right.cpp", "students/wrong.cpp", "wrong/refused.cpp"}) {
      const fs::path hand_in = folder_ / "tests/moulinette/toy" / file;
      fs::create_directories(hand_in.parent_path());
      write_text(hand_in, file);
    }
    script("build/tests/moulinette/moulinette", "cat \"$3\"");
    script("bin/ctest", "echo $1 $3 $4 >>" + notes() + "; echo ' Passed '");
  }

  void script(const std::string& path, const std::string& text) const {
    write_text(folder_ / path, "#!/bin/sh\n" + text + "\n");
    fs::permissions(folder_ / path, fs::perms::owner_all);
  }

  Finished repeat(const std::string& arguments) const {
    return shell("PATH=" + (folder_ / "bin").string() + ":$PATH " +
                 (folder_ / "tests/moulinette/hostile/repeat").string() + " " + arguments);
  }

  std::string notes() const { return (folder_ / "notes").string(); }

  Workspace workspace_;
  const fs::path folder_ = workspace_.path();
};

TEST_F(Repeat, PlaysEachRoundAloneAndBesideAClass) {
  const Finished finished = repeat("3");
  EXPECT_EQ(finished.code, 0) << finished.output;
  const std::string once = "--test-dir -R Hostile\n";
  EXPECT_EQ(read_text(notes()), once + once + once + once + once + once);
  EXPECT_NE(finished.output.find("round 3, beside a class: 1 ended as they say"), std::string::npos)
      << finished.output;
  EXPECT_NE(finished.output.find("answers to the class, and none has changed"), std::string::npos);
}

TEST_F(Repeat, SeesWhatDoesNotEndAsItSays) {
  script("bin/ctest", "echo hostile; exit 8");
  const Finished finished = repeat("1");
  EXPECT_EQ(finished.code, 1);
  EXPECT_NE(finished.output.find("round 1, alone: not all ended as they say"), std::string::npos)
      << finished.output;
}

TEST_F(Repeat, SeesWhatIsLeftBehind) {
  script("bin/ctest", "touch $TMPDIR/moulinette.left; echo ' Passed '");
  const Finished finished = repeat("1");
  EXPECT_EQ(finished.code, 1);
  EXPECT_NE(finished.output.find("this is left behind: moulinette.left"), std::string::npos)
      << finished.output;
}

TEST_F(Repeat, SeesWhatTheClassLeavesBehind) {
  script("build/tests/moulinette/moulinette", "touch $TMPDIR/moulinette.left");
  const Finished finished = repeat("1");
  EXPECT_EQ(finished.code, 1);
  EXPECT_NE(finished.output.find("the class left this behind: moulinette.left"), std::string::npos)
      << finished.output;
}

TEST_F(Repeat, LeavesOutHowLongAnAnswerTook) {
  script("build/tests/moulinette/moulinette", "echo '  \"seconds\": '$(wc -l <" + notes() + ")");
  script("bin/ctest", "echo again >>" + notes() + "; echo ' Passed '");
  const Finished finished = repeat("2");
  EXPECT_EQ(finished.code, 0) << finished.output;
}

TEST_F(Repeat, SeesAnAnswerThatChanges) {
  script("build/tests/moulinette/moulinette", "wc -l <" + notes());
  // The class is graded until ctest has ended, and so at least twice.
  script("bin/ctest", "echo again >>" + notes() + "; echo ' Passed '");
  const Finished finished = repeat("2");
  EXPECT_EQ(finished.code, 1) << finished.output;
  EXPECT_NE(finished.output.find("an answer to the class has changed"), std::string::npos) << finished.output;
}

TEST_F(Repeat, CallsMisuseMisuse) {
  for (const char* arguments : {"0", "x", "1 2", "--frobnicate"})
    EXPECT_EQ(repeat(arguments).code, 2) << arguments;
}

}  // namespace
}  // namespace corokit::moulinette
