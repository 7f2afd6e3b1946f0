#include "testing/support.hpp"

#include <gtest/gtest.h>

namespace corokit::moulinette {
namespace {

/// A copy of flake_check, beside a build whose program is a shell script: it notes how often it plays each exercise.
class FlakeCheck : public testing::Test {
 protected:
  FlakeCheck() {
    for (const char* part : {"tests/moulinette", "build/tests/moulinette", "build/kit/one", "build/kit/two"})
      std::filesystem::create_directories(folder_ / part);
    std::filesystem::copy(ROOT "/tests/moulinette/flake_check", folder_ / "tests/moulinette");
    script("build/kit/one/reference", "the executable");
    script("build/kit/two/reference", "the executable");
    answers("echo ok: $4");
  }

  void script(const std::string& path, const std::string& text) const {
    write_text(folder_ / path, text);
    std::filesystem::permissions(folder_ / path, std::filesystem::perms::owner_all);
  }

  void answers(const std::string& validate) const {
    script("build/tests/moulinette/moulinette",
           "#!/bin/sh\ncase $1 in list) echo 'one  An exercise'; echo '    points'; echo 'two  Another';;\n"
           "*) echo $4 $3 >>" +
               notes() + "; echo Each verdict was reached $3 times; " + validate + ";; esac\n");
  }

  Finished check(const std::string& arguments) const {
    return shell((folder_ / "tests/moulinette/flake_check").string() + " " + arguments);
  }

  std::string played() const {
    std::string text = read_text(notes());
    std::filesystem::remove(notes());
    return text;
  }

  std::string notes() const { return (folder_ / "notes").string(); }

  Workspace workspace_;
  const std::filesystem::path folder_ = workspace_.path();
};

TEST_F(FlakeCheck, PlaysAllExercisesInPieces) {
  EXPECT_EQ(check("250").code, 0);
  EXPECT_EQ(played(), "one 100\none 100\none 50\ntwo 100\ntwo 100\ntwo 50\n");
}

TEST_F(FlakeCheck, GoesOnWhereItStopped) {
  EXPECT_EQ(check("120 one").code, 0);
  EXPECT_EQ(played(), "one 100\none 20\n");
  EXPECT_EQ(check("200 one").code, 0);
  EXPECT_EQ(played(), "one 80\n");
  EXPECT_EQ(check("200 one").code, 0);
  EXPECT_EQ(played(), "");
}

TEST_F(FlakeCheck, BeginsAnewWithANewBuild) {
  EXPECT_EQ(check("5 one").code, 0);
  script("build/kit/one/reference", "another executable");
  EXPECT_EQ(check("5 one").code, 0);
  EXPECT_EQ(played(), "one 5\none 5\n");
}

TEST_F(FlakeCheck, SeesAnAnswerThatIsNotThatOfTheFirstRepetition) {
  answers("wc -l <" + notes());
  const Finished finished = check("200 one");
  EXPECT_EQ(finished.code, 1);
  EXPECT_NE(finished.output.find("one ended otherwise than in the first repetition"), std::string::npos)
      << finished.output;
}

TEST_F(FlakeCheck, SeesWhatIsNotAsExpected) {
  answers("echo not ok; exit 1");
  const Finished finished = check("20 one");
  EXPECT_EQ(finished.code, 1);
  EXPECT_NE(finished.output.find("one is not as expected:\nnot ok"), std::string::npos) << finished.output;
}

TEST_F(FlakeCheck, CallsMisuseMisuse) {
  EXPECT_EQ(check("--frobnicate").code, 2);
  EXPECT_EQ(check("10 --minutes x").code, 2);
}

}  // namespace
}  // namespace corokit::moulinette
