#include "class/hand_ins.hpp"

#include "class/attempts.hpp"
#include "error.hpp"
#include "testing/support.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace corokit::moulinette {
namespace {
namespace fs = std::filesystem;

class HandInsTest : public testing::Test {
 protected:
  /// Runs a script in the folder of the hand-ins.
  void make(const std::string& script) const {
    const Finished made = shell("set -e; cd " + folder_.string() + "; " + script);
    ASSERT_EQ(made.code, 0) << made.output;
  }

  /// Returns: "id=place" of each hand-in, in one line.
  std::string found() {
    hand_ins_ = find_hand_ins(folder_, "toy.cpp");
    std::string text;
    for (const HandIn& hand_in : hand_ins_.all) text += fmt::format("{}={} ", hand_in.id, hand_in.shown);
    return text;
  }

  Workspace workspace_;
  const fs::path folder_ = workspace_.make_folder("class");
  HandIns hand_ins_;
};

TEST_F(HandInsTest, AreAFolderAFileOrAnArchiveForEach) {
  make("mkdir ann && touch ann/toy.cpp bob.cpp toy_cho.cpp dan_toy.cpp eve.zip");
  EXPECT_EQ(found(), "ann=ann bob=bob.cpp dan=dan_toy.cpp eve=eve.zip cho=toy_cho.cpp ");
  EXPECT_TRUE(hand_ins_.problems.empty());
}

TEST_F(HandInsTest, WithoutJunkAndLinks) {
  make(
      "mkdir ann __MACOSX .git && touch ann/toy.cpp .DS_Store Thumbs.db notes.pdf && ln -s ann twin && "
      "mkfifo pipe.cpp");
  EXPECT_EQ(found(), "ann=ann ");
  EXPECT_EQ(hand_ins_.problems, (std::vector<std::string>{"notes.pdf was skipped: it is no C++ source.",
                                                          "pipe.cpp was skipped: it is no file.",
                                                          "twin was skipped: it is a symbolic link."}));
}

TEST_F(HandInsTest, AreFoundInMoodle) {
  make(
      "mkdir 'Ann Lee_12345_assignsubmission_file_' 'Bob_7_assignsubmission_onlinetext' "
      "'Bob_7_assignsubmission_file'; "
      "touch 'Ann Lee_12345_assignsubmission_file_/toy.cpp'");
  EXPECT_EQ(found(), "12345=Ann Lee_12345_assignsubmission_file_ 7=Bob_7_assignsubmission_file ");
  EXPECT_EQ(hand_ins_.all[0].name, "Ann Lee");
  EXPECT_EQ(hand_ins_.all[0].labels, (std::vector<std::string>{"Participant 12345", "12345", "Ann Lee"}));
  EXPECT_TRUE(hand_ins_.all[0].by_platform);
  ASSERT_EQ(hand_ins_.online_texts.size(), 1U);
  EXPECT_EQ(hand_ins_.online_texts[0].name, "Bob");
}

TEST_F(HandInsTest, AreFoundInGradescope) {
  make(R"(mkdir -p assignment_9_export/submission_1 assignment_9_export/submission_2 assignment_9_export/stray
cat >assignment_9_export/submission_metadata.yml <<'YML'
submission_1:
  :submitters:
  - :name: Ann Lee
    :sid: '100'
    :email: ann@school.edu
  - :name: Bob
    :sid: 
    :email: bob@school.edu
  :created_at: 2026-05-01 18:25:53.109082000 Z
  :score: 1.0
  :history: []
submission_2:
  :submitters:
  - :name: Cho
    :sid: 102
  :created_at: 2026-05-01 20:25:53.1 +02:00
submission_3:
  :submitters: []
../evil:
  :submitters:
  - :name: Eve
YML
)");
  EXPECT_EQ(found(), "100=submission_1 bob@school.edu=submission_1 102=submission_2 ");
  for (const HandIn& hand_in : hand_ins_.all) {
    EXPECT_EQ(text_of(*hand_in.handed_in), "2026-05-01T18:25:53Z");
    EXPECT_TRUE(hand_in.by_platform);
  }
  EXPECT_EQ(hand_ins_.problems.size(), 3U) << fmt::format("{}", fmt::join(hand_ins_.problems, "\n"));
}

TEST_F(HandInsTest, ThatGradescopeHasDamagedAreNotRead) {
  make("echo 'submission_1: [' >submission_metadata.yml");
  EXPECT_THROW(found(), Error);
}

TEST_F(HandInsTest, AreFoundInCanvas) {
  make("touch leeann_123_456_toy.cpp bobby_LATE_124_457_toy-1.cpp");
  EXPECT_EQ(found(), "bobby=bobby_LATE_124_457_toy-1.cpp leeann=leeann_123_456_toy.cpp ");
  EXPECT_EQ(hand_ins_.all[1].labels, (std::vector<std::string>{"123", "leeann"}));
  EXPECT_TRUE(hand_ins_.all[1].by_platform);
}

TEST_F(HandInsTest, AreFoundInGitHubClassroom) {
  make("mkdir -p hw1-ann-lee/.git hw1-bob/.git hw1-bob2/.git");
  EXPECT_EQ(found(), "ann-lee=hw1-ann-lee bob=hw1-bob bob2=hw1-bob2 ");
  EXPECT_FALSE(hand_ins_.all[0].by_platform) << "students choose the names of their accounts";
}

TEST_F(HandInsTest, AreFoundInTheFolderOfItsCommandLine) {
  make(
      "mkdir -p hw1-submissions/hw1-ann hw1-submissions/hw1-bob && touch "
      "hw1-submissions/hw1-{ann,bob}/toy.cpp || "
      "touch hw1-submissions/hw1-ann/toy.cpp hw1-submissions/hw1-bob/toy.cpp");
  EXPECT_EQ(found(), "ann=hw1-ann bob=hw1-bob ");
}

TEST_F(HandInsTest, AreFoundInTheRoomsOfAnExam) {
  make(
      "mkdir -p room_101/seat_07/attempt_1 room_101/12 salle-B/3 && touch "
      "room_101/seat_07/attempt_1/toy.cpp");
  EXPECT_EQ(found(), "room_101-12=room_101/12 room_101-seat_07=room_101/seat_07 salle-B-3=salle-B/3 ");
  EXPECT_EQ(hand_ins_.all[1].labels,
            (std::vector<std::string>{"room_101 seat_07", "seat_07", "101 07", "07"}));
  EXPECT_TRUE(hand_ins_.all[1].by_platform);
}

TEST_F(HandInsTest, MayHaveAFolderAround) {
  make("mkdir -p wrapper/ann wrapper/bob && touch wrapper/ann/toy.cpp wrapper/bob/toy.cpp");
  EXPECT_EQ(found(), "ann=ann bob=bob ");
}

TEST_F(HandInsTest, OfOneStudentAloneKeepTheirFolder) {
  make("mkdir -p ann/attempt_1 ann/attempt_2");
  EXPECT_EQ(found(), "ann=ann ");
}

TEST_F(HandInsTest, OfOneStudentAloneKeepTheNameThatSaysWhoItIs) {
  make("mkdir 'Ann Lee_1_assignsubmission_file_' && touch 'Ann Lee_1_assignsubmission_file_/hw.zip'");
  EXPECT_EQ(found(), "1=Ann Lee_1_assignsubmission_file_ ");
  make("rm -r * && mkdir ann && touch ann/hw.zip");
  EXPECT_EQ(found(), "ann=ann ");
  make("rm -r * && mkdir exported && touch exported/leeann_123_456_hw.zip");
  EXPECT_EQ(found(), "leeann=leeann_123_456_hw.zip ");
}

TEST_F(HandInsTest, AreFilesAtAnyDepthWithoutJunkAndLinks) {
  make("mkdir -p a/b .git && touch z a/b/c a/x.txt .git/config && ln -s z link");
  EXPECT_EQ(files_in(folder_), (std::vector<std::string>{"a/b/c", "a/x.txt", "z"}));
}

TEST(FileName, IsSafeAndTellsStudentsApart) {
  EXPECT_EQ(file_name_of("ann@school.edu"), "ann@school.edu");
  EXPECT_EQ(file_name_of("Zoé Ä"), "Zoé_Ä");
  EXPECT_EQ(file_name_of("../../etc"), "_.._.._etc");
  EXPECT_EQ(file_name_of("-rf"), "_-rf");
  EXPECT_EQ(file_name_of(""), "_");
  EXPECT_EQ(file_name_of("a\nb\x1b[c"), "a_b__c");
  const std::string one = file_name_of(std::string(200, 'a')), other = file_name_of(std::string(201, 'a'));
  EXPECT_NE(one, other);
  EXPECT_LT(one.size(), 100U);
}

TEST(AttemptName, HasANumberOrAMoment) {
  EXPECT_EQ(attempt_of("attempt_2")->number, 2);
  EXPECT_EQ(attempt_of("v10")->number, 10);
  EXPECT_EQ(attempt_of("3")->number, 3);
  EXPECT_FALSE(attempt_of("submission_987654321")->is_moment);
  EXPECT_EQ(attempt_of("2026-05-01T10-00-05Z")->number, 1'777'629'605);
  EXPECT_TRUE(attempt_of("2026-05-01T10-00-05Z")->is_moment);
  for (const char* name : {"src", "toy", "attempt", "exercises", "week3b"})
    EXPECT_FALSE(attempt_of(name)) << name;
}

}  // namespace
}  // namespace corokit::moulinette
