#include "class/attempts.hpp"

#include "class/digest.hpp"
#include "testing/support.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace corokit::moulinette {
namespace {
namespace fs = std::filesystem;

class AttemptsTest : public testing::Test {
 protected:
  /// Runs a script in the folder of the student. Returns: the files of the attempts, those without problems.
  std::string found(const std::string& script, std::optional<Moment> handed_in = {}) {
    const Finished made = shell("set -e; cd " + folder_.string() + "; " + script);
    EXPECT_EQ(made.code, 0) << made.output;
    const HandIn hand_in{
        .id = "ann", .name = {}, .labels = {"ann"}, .place = folder_, .shown = "ann", .handed_in = handed_in};
    found_ = find_attempts(hand_in, wanted_, workspace_.path() / "unpacked");
    std::string text;
    for (const FoundAttempt& attempt : found_.all)
      if (attempt.attempt.problem.empty()) text += attempt.attempt.file + " ";
    return text;
  }
  std::string notes() const { return fmt::format("{}", fmt::join(found_.notes, "\n")); }
  std::string problems() const {
    std::string text;
    for (const FoundAttempt& attempt : found_.all) text += attempt.attempt.problem;
    return text;
  }

  Workspace workspace_;
  const fs::path folder_ = workspace_.make_folder("class/ann");
  Wanted wanted_{.exercise = "toy", .file = "toy.cpp", .bytes = 1000};
  FoundAttempts found_;
};

TEST_F(AttemptsTest, IsTheFileOfTheExercise) {
  EXPECT_EQ(found("echo 'int a;' >toy.cpp && echo 1 >other.cpp && echo 1 >toy.hpp"), "ann/toy.cpp ");
  EXPECT_EQ(notes(), "");
  EXPECT_EQ(found_.all[0].attempt.content, digest("int a;\n"));
  EXPECT_EQ(found_.all[0].attempt.time_from, "file");
}

TEST_F(AttemptsTest, IsInTheTreeOfARepository) {
  EXPECT_EQ(found("mkdir -p exercises/toy exercises/other build && echo 1 >exercises/toy/toy.cpp && echo 1 "
                  ">toy.cpp && "
                  "echo 1 >build/toy.cpp"),
            "ann/exercises/toy/toy.cpp ");
}

TEST_F(AttemptsTest, MayHaveAnotherNameIfItIsAlone) {
  EXPECT_EQ(found("echo 1 >solution.cpp && echo 1 >report.pdf"), "ann/solution.cpp ");
}

TEST_F(AttemptsTest, IsNotGuessedAmongMany) {
  EXPECT_EQ(found("echo 1 >a.cpp && echo 1 >b.cpp"), "");
  EXPECT_EQ(notes(), "There are 2 sources, and none is called toy.cpp: a.cpp, b.cpp.");
}

TEST_F(AttemptsTest, ThatIsMissingIsSaid) {
  EXPECT_EQ(found("echo 1 >a.pdf && echo 1 >b.txt"), "");
  EXPECT_EQ(notes(), "ann holds no C++ source, but a.pdf, b.txt.");
}

TEST_F(AttemptsTest, OfAnotherExerciseAreNotGraded) {
  EXPECT_EQ(found("echo 1 >boy.cpp"), "ann/boy.cpp ");
  wanted_.others = {{"boy.cpp", "boy"}, {"toy.cpp", "another_toy"}};
  EXPECT_EQ(found("echo 1 >boy.cpp"), "");
  EXPECT_EQ(problems(), "This is the file of another exercise: boy.");
  EXPECT_EQ(found("echo 1 >toy.cpp"), "ann/toy.cpp ") << "two exercises may have files of one name";
}

TEST_F(AttemptsTest, OfTwoCandidatesIsTheNearest) {
  EXPECT_EQ(found("mkdir -p deep/er && echo 1 >deep/toy.cpp && echo 1 >deep/er/toy.cpp"),
            "ann/deep/toy.cpp ");
  EXPECT_EQ(notes(),
            "There are 2 files that could be meant: deep/toy.cpp, deep/er/toy.cpp. The first one was taken.");
}

TEST_F(AttemptsTest, AreInOrder) {
  EXPECT_EQ(found("for i in 10 9 1; do mkdir attempt_$i; echo $i >attempt_$i/toy.cpp; done"),
            "ann/attempt_1/toy.cpp ann/attempt_9/toy.cpp ann/attempt_10/toy.cpp ");
}

TEST_F(AttemptsTest, AreFilesWithNumbers) {
  EXPECT_EQ(found("echo 1 >toy.cpp; echo 2 >'toy (1).cpp'; echo 3 >toy-v2.cpp; touch -d 2026-05-01 *.cpp"),
            "ann/toy.cpp ann/toy (1).cpp ann/toy-v2.cpp ");
}

TEST_F(AttemptsTest, HaveTheMomentOfTheirFolder) {
  EXPECT_EQ(found("mkdir 2026-05-01T10-00Z && echo 1 >2026-05-01T10-00Z/toy.cpp"),
            "ann/2026-05-01T10-00Z/toy.cpp ");
  EXPECT_EQ(text_of(*found_.all[0].attempt.handed_in), "2026-05-01T10:00:00Z");
  EXPECT_EQ(found_.all[0].attempt.time_from, "name");
}

TEST_F(AttemptsTest, HaveTheTimeOfThePlatformWhateverTheStudentWrites) {
  const Moment late = Moment(std::chrono::seconds(1'800'000'000));
  found("mkdir 2026-05-01T10-00Z && echo 1 >2026-05-01T10-00Z/toy.cpp", late);
  EXPECT_EQ(found_.all[0].attempt.handed_in, late);
  EXPECT_EQ(found_.all[0].attempt.time_from, "metadata");
  found("rm -r 2026*; mkdir submission_999999999 && echo 1 >submission_999999999/toy.cpp");
  EXPECT_EQ(found_.all[0].attempt.time_from, "file") << "a number is no moment";
}

TEST_F(AttemptsTest, AreNotUnpackedWithoutEnd) {
  EXPECT_EQ(found("head -c 60000000 /dev/zero >zeros.cpp && for i in 1 2 3 4 5 6; do cp zeros.cpp $i.h; "
                  "tar czf $i.tgz $i.h; rm $i.h; done; rm zeros.cpp; tar cf all.tar *.tgz; rm ?.tgz; echo 1 "
                  ">toy.cpp"),
            "ann/toy.cpp ");
  EXPECT_TRUE(notes().find("cannot be unpacked, or is too large") != std::string::npos) << notes();
  std::uintmax_t size = 0;
  for (const auto& entry : fs::recursive_directory_iterator(workspace_.path() / "unpacked"))
    if (entry.is_regular_file()) size += entry.file_size();
  EXPECT_LE(size, 320U << 20U) << "256 MiB, and at most one file of 64 more";
}

TEST_F(AttemptsTest, HaveTheTimeOfTheCommit) {
  EXPECT_EQ(
      found("git init -q . && echo 1 >toy.cpp && git add . && GIT_COMMITTER_DATE=2026-05-01T10:00:00Z git -c "
            "user.name=a -c user.email=a@b commit -q -m x && git config core.fsmonitor 'touch evil' && "
            "git config log.showSignature true && git config gpg.program 'touch evil'"),
      "ann/toy.cpp ");
  EXPECT_EQ(text_of(*found_.all[0].attempt.handed_in), "2026-05-01T10:00:00Z");
  EXPECT_EQ(found_.all[0].attempt.time_from, "git");
  EXPECT_FALSE(fs::exists(folder_ / "evil"));
  EXPECT_EQ(found("git pack-refs --all && git gc -q"), "ann/toy.cpp ");
  EXPECT_EQ(found_.all[0].attempt.time_from, "git");
}

TEST_F(AttemptsTest, OfADamagedRepositoryHaveTheTimeOfTheFile) {
  EXPECT_EQ(found("mkdir .git && mkfifo .git/HEAD && echo 1 >toy.cpp"), "ann/toy.cpp ");
  EXPECT_EQ(found_.all[0].attempt.time_from, "file");
}

TEST_F(AttemptsTest, AreUnpacked) {
  EXPECT_EQ(found("mkdir src && echo 1 >src/toy.cpp && tar czf work.tgz src && rm -r src"),
            "ann/work.tgz/src/toy.cpp ");
  EXPECT_EQ(found("echo no >work.tgz"), "");
  EXPECT_NE(notes().find("ann/work.tgz cannot be unpacked, or is too large."), std::string::npos) << notes();
}

TEST_F(AttemptsTest, DoNotFollowLinksOutOfTheFolder) {
  EXPECT_EQ(found("ln -s /etc/passwd toy.cpp && ln -s .. up"), "");
  EXPECT_EQ(
      notes(),
      "ann/toy.cpp is a symbolic link, and was skipped.\nann/up is a symbolic link, and was skipped.\nann "
      "holds no C++ source.");
  EXPECT_EQ(found("rm toy.cpp up && mkdir src && echo 1 >src/mine.cpp && ln -s src/mine.cpp toy.cpp"),
            "ann/toy.cpp ");
}

TEST_F(AttemptsTest, ThatCannotBeGradedSayWhy) {
  EXPECT_EQ(found("touch toy.cpp"), "");
  EXPECT_EQ(problems(), "The file is empty.");
  EXPECT_EQ(found("head -c 2000 /dev/zero | tr '\\0' x >toy.cpp"), "");
  EXPECT_EQ(problems(), "The file has 1 KiB; a solution has at most 0 KiB.");
  EXPECT_EQ(found("head -c 100 /dev/zero >toy.cpp"), "");
  EXPECT_EQ(problems(), "The file is no text.");
  EXPECT_EQ(found("rm toy.cpp && mkfifo toy.cpp"), "");
  EXPECT_NE(notes().find("ann/toy.cpp is no regular file, and was skipped."), std::string::npos) << notes();
}

TEST(SourceNames, AreThoseAtAnyDepth) {
  const Workspace workspace;
  shell("cd " + workspace.path().string() +
        " && mkdir -p a/b .git && touch a/b/toy.cpp .git/x.cpp a/y.txt z.hpp");
  auto names = source_names(workspace.path());
  std::ranges::sort(names);
  EXPECT_EQ(names, (std::vector<std::string>{"toy.cpp", "z.hpp"}));
}

}  // namespace
}  // namespace corokit::moulinette
