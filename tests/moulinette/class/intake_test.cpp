#include "class/intake.hpp"

#include "testing/support.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace corokit::moulinette {
namespace {
namespace fs = std::filesystem;

class IntakeTest : public testing::Test {
 protected:
  Intake take(const std::string& script, const std::string& roster = "") {
    const Finished made = shell("set -e; cd " + folder_.string() + "; " + script);
    EXPECT_EQ(made.code, 0) << made.output;
    IntakeOptions options{.wanted = {.exercise = "toy", .file = "toy.cpp", .bytes = 1000},
                          .roster = roster.empty() ? Roster() : Roster::parse(roster, "r.csv"),
                          .deadline = moment_of("2026-05-01T12:00:00Z")};
    return take_in(folder_, options, workspace_.path() / "work");
  }

  static std::string ids(const Intake& intake) {
    std::string text;
    for (const StudentResult& student : intake.students)
      text += fmt::format("{}:{} ", student.id, student.attempts.size());
    return text;
  }

  Workspace workspace_;
  const fs::path folder_ = workspace_.make_folder("class");
};

TEST_F(IntakeTest, ListsEveryStudentOfTheRosterAndEveryHandIn) {
  const Intake intake =
      take("mkdir ann cho stranger; for i in ann cho stranger; do echo $i >$i/toy.cpp; done",
           "id,name,group,language\ncho,Cho,2,fr\nbob,Bob,1,\nann,Ann Lee,1,en\n");
  EXPECT_EQ(ids(intake), "ann:1 bob:0 cho:1 stranger:1 ");
  EXPECT_EQ(intake.students[0].name, "Ann Lee");
  EXPECT_EQ(intake.students[1].verdict, "missing");
  EXPECT_EQ(intake.students[2].language, "fr");
  EXPECT_EQ(intake.students[2].group, "2");
  EXPECT_TRUE(intake.students[2].in_roster);
  EXPECT_FALSE(intake.students[3].in_roster);
  EXPECT_EQ(intake.problems,
            std::vector<std::string>{"stranger belongs to nobody in the roster: it is graded as stranger."});
  EXPECT_EQ(intake.sources.size(), 3U);
}

TEST_F(IntakeTest, KnowsWhatIsLate) {
  const Intake intake =
      take("for i in ann bob cho; do echo $i >$i.cpp; touch -d 2026-05-01T13:00:00Z $i.cpp; done",
           "id,extension,handed in\nann,,\nbob,1 day,\ncho,2026-05-01T12:30Z,2026-05-01T14:00Z\n");
  EXPECT_EQ(intake.students[0].attempts[0].late, std::chrono::hours(1));
  EXPECT_EQ(intake.students[1].attempts[0].late, std::chrono::hours(0));
  EXPECT_EQ(text_of(*intake.students[1].deadline), "2026-05-02T12:00:00Z");
  EXPECT_EQ(intake.students[2].attempts[0].late, std::chrono::minutes(90));
  EXPECT_EQ(intake.students[2].attempts[0].time_from, "roster");
}

TEST_F(IntakeTest, PutsTheHandInsOfOneStudentTogether) {
  const Intake intake = take(
      "echo 1 >ann.cpp; mkdir ann; echo 2 >ann/toy.cpp; touch -d 2026-05-01 ann.cpp; "
      "touch -d 2026-04-01 ann/toy.cpp");
  EXPECT_EQ(ids(intake), "ann:2 ");
  EXPECT_EQ(intake.students[0].attempts[0].file, "ann/toy.cpp");
}

TEST_F(IntakeTest, NobodyChangesTheVerdictOfAnotherByTheNameOfAFolder) {
  const Intake intake = take(
      "for i in ann bob evil-ann ANN Ann; do mkdir $i; echo $i >$i/toy.cpp; touch -d 2026-05-01 $i/toy.cpp; "
      "done; "
      "touch -d 2026-05-02 evil-ann/toy.cpp",
      "id\nann\nbob\n");
  EXPECT_EQ(ids(intake), "ANN:1 Ann:1 ann:1 bob:1 evil-ann:1 ");
  EXPECT_EQ(intake.students[2].attempts[0].file, "ann/toy.cpp");
  for (const StudentResult& student : intake.students)
    EXPECT_EQ(student.in_roster, student.id == "ann" || student.id == "bob") << student.id;
  const std::string has_one = " looks like ann's, who has a hand-in already: it is graded by itself.";
  EXPECT_EQ(intake.problems,
            (std::vector<std::string>{"ANN" + has_one, "Ann" + has_one, "evil-ann" + has_one}));
}

TEST_F(IntakeTest, SaysWhomAFolderWasTakenFor) {
  const Intake intake = take("mkdir evil-ann; echo 1 >evil-ann/toy.cpp; echo 2 >bob.cpp", "id\nann\nbob\n");
  EXPECT_EQ(ids(intake), "ann:1 bob:1 ");
  EXPECT_EQ(intake.problems, std::vector<std::string>{"evil-ann was taken for ann's."});
}

TEST_F(IntakeTest, TakesNoneOfTwoThatLookLikeOneStudents) {
  const Intake intake = take("for i in ANN Ann; do mkdir $i; echo $i >$i/toy.cpp; done", "id\nann\n");
  EXPECT_EQ(ids(intake), "ANN:1 Ann:1 ann:0 ");
  EXPECT_EQ(intake.problems, std::vector<std::string>{
                                 "ANN, Ann look like ann's, and only one can be: each is graded by itself."});
}

TEST_F(IntakeTest, AFolderThatIsCalledAsTheRosterIsNoBackDoor) {
  const Intake intake =
      take("mkdir ann 'roster ann'; echo 1 >ann/toy.cpp; echo 2 >'roster ann/toy.cpp'", "id\nann\n");
  EXPECT_EQ(ids(intake), "ann:1 roster_ann:1 ");
}

TEST_F(IntakeTest, TakesSeveralFilesOfOneStudentTogether) {
  const Intake intake = take(
      "echo 1 >ann.cpp; mkdir ann; echo 2 >ann/toy.cpp; echo 3 >leebob_12_1_toy.cpp; echo 4 "
      ">leebob_12_2_toy-1.cpp",
      "id,alias\nann,\nb1,12\n");
  EXPECT_EQ(ids(intake), "ann:2 b1:2 ");
  EXPECT_TRUE(intake.problems.empty());
}

TEST_F(IntakeTest, KnowsTheStudentsOfPlatformsWithoutAWord) {
  const Intake moodle = take(
      "mkdir 'ANN LEE_12345_assignsubmission_file_' Bob_7_assignsubmission_file; "
      "for i in */; do echo \"$i\" >\"$i/toy.cpp\"; done",
      "id,name\nann,Ann Lee\nbob,Bob\n");
  EXPECT_EQ(ids(moodle), "ann:1 bob:1 ");
  EXPECT_TRUE(moodle.problems.empty());
}

TEST_F(IntakeTest, KnowsTheParticipantsOfAGradingWorksheet) {
  const Intake intake = take(
      "mkdir Participant_11_assignsubmission_file_ 'Kim Lee_12_assignsubmission_file_'; "
      "for i in */; do echo \"$i\" >\"$i/toy.cpp\"; done",
      "Identifier,Full name,ID number,Email address,Grade\n"
      "Participant 11,Ann,,ann@school.edu,\nParticipant 12,Kim,e7,kim@school.edu,\nParticipant "
      "13,Bob,11,,\n");
  EXPECT_EQ(ids(intake), "Participant_11:1 Participant_12:1 Participant_13:0 ");
  EXPECT_TRUE(intake.problems.empty()) << intake.problems.front();
  EXPECT_EQ(intake.students[1].roster_id, "Participant 12") << "what Moodle takes back";
  EXPECT_EQ(intake.students[1].email, "kim@school.edu");
}

TEST_F(IntakeTest, SaysThatThereIsOnlyAnOnlineText) {
  const Intake intake = take(
      "mkdir Ann_1_assignsubmission_file_ Ann_1_assignsubmission_onlinetext_ "
      "Bob_2_assignsubmission_onlinetext_; "
      "echo 1 >Ann_1_assignsubmission_file_/toy.cpp");
  EXPECT_EQ(ids(intake), "1:1 2:0 ");
  EXPECT_TRUE(intake.students[0].notes.empty());
  EXPECT_EQ(intake.students[1].name, "Bob");
  EXPECT_EQ(intake.students[1].notes,
            std::vector<std::string>{"Only an online text was handed in, and no file."});
}

TEST_F(IntakeTest, KnowsTheSeatsOfAnExamWithoutAWord) {
  const Intake intake = take(
      "mkdir -p room_101/seat_07 room_101/8 room_102/seat_07; "
      "for i in room_*/*; do echo $i >$i/toy.cpp; done",
      "id,seat\nann,101-07\nbob,8\ncho,room 102 seat 07\n");
  EXPECT_EQ(ids(intake), "ann:1 bob:1 cho:1 ");
  EXPECT_TRUE(intake.problems.empty());
}

TEST_F(IntakeTest, KnowsTheAccountsOfGitHubClassroomWithoutAWord) {
  const Intake intake = take(
      "mkdir -p hw1-ann-l/.git hw1-bob/.git hw1-evil-ann-l/.git; for i in hw1-*; do echo $i >$i/toy.cpp; "
      "done",
      "id,github\nann,ann-l\nbob,\n");
  EXPECT_EQ(ids(intake), "ann:1 bob:1 evil-ann-l:1 ");
  EXPECT_EQ(intake.problems.size(), 1U);
}

TEST_F(IntakeTest, SaysThatAFolderHasNoSource) {
  const Intake intake = take(
      "mkdir -p s001 s002/doc s003 s004; touch s001/notes.txt s002/a s002/b s002/doc/c s002/doc/d "
      "s003/notes.txt; echo 1 >s003.cpp; mkdir s005; echo 1 >s005/toy.cpp; touch s005/notes.txt",
      "id\ns001\ns002\ns003\ns004\ns005\n");
  EXPECT_EQ(ids(intake), "s001:0 s002:0 s003:1 s004:0 s005:1 ");
  EXPECT_EQ(intake.problems,
            (std::vector<std::string>{
                "s001 handed in notes.txt, which is no C++ file: nothing is graded.",
                "s002 handed in a, b, doc/c and 1 more, which are no C++ files: nothing is graded."}));
}

TEST_F(IntakeTest, KeepsStudentsApartWhoseFilesWouldHaveOneName) {
  EXPECT_EQ(ids(take("mkdir 'a b' 'a:b'; echo 1 >'a b/toy.cpp'; echo 2 >'a:b/toy.cpp'")), "a_b:1 a_b_2:1 ");
}

TEST_F(IntakeTest, SurvivesNamesThatAreNoText) {
  const Intake intake = take(
      "mkdir \"$(printf 'a\\nb\\033[31m')\" \"$(printf '\\377')\"; for i in */; do echo 1 >\"$i/toy.cpp\"; "
      "done");
  EXPECT_EQ(intake.students.size(), 2U);
  ClassResult result;
  result.students = intake.students;
  write_class(workspace_.path(), result);
  EXPECT_EQ(read_class(workspace_.path()).students.size(), 2U);
}

StudentResult with_attempts(const std::vector<std::pair<std::string, int>>& attempts) {
  StudentResult student;
  for (const auto& [verdict, score] : attempts) {
    Attempt attempt;
    attempt.verdict = verdict;
    attempt.score = score;
    attempt.earned = score;
    student.attempts.push_back(attempt);
  }
  return student;
}

std::size_t chosen(StudentResult student, bool best) {
  choose_attempt(student, best);
  return static_cast<std::size_t>(student.counting() - student.attempts.data());
}

TEST(ChooseAttempt, TakesTheLastOrTheBest) {
  const StudentResult student =
      with_attempts({{"failed", 10}, {"passed", 80}, {"passed", 80}, {"failed", 0}});
  EXPECT_EQ(chosen(student, false), 3U);
  EXPECT_EQ(chosen(student, true), 1U);
}

TEST(ChooseAttempt, TakesNoneThatCannotBeGradedIfThereIsAnother) {
  EXPECT_EQ(chosen(with_attempts({{"failed", 0}, {"unusable", 0}}), false), 0U);
  EXPECT_EQ(chosen(with_attempts({{"unusable", 0}, {"failed", 0}}), true), 1U);
  EXPECT_EQ(chosen(with_attempts({{"unusable", 0}}), false), 0U);
  StudentResult nobody;
  choose_attempt(nobody, false);
  EXPECT_EQ(nobody.verdict, "missing");
}

TEST(FindSame, NamesThoseWithTheSameFile) {
  std::vector<StudentResult> students(3);
  for (std::size_t i = 0; i < 3; ++i) {
    students[i] = with_attempts({{"passed", 1}});
    students[i].id = std::string(1, static_cast<char>('a' + i));
    students[i].attempts[0].file = students[i].id;
    students[i].attempts[0].content = i == 1 ? "x" : "y";
    choose_attempt(students[i], false);
  }
  find_same(students);
  EXPECT_EQ(students[0].same_as, std::vector<std::string>{"c"});
  EXPECT_TRUE(students[1].same_as.empty());
  // Partners hand in one file.
  students[2].attempts[0].file = students[0].attempts[0].file;
  find_same(students);
  EXPECT_TRUE(students[0].same_as.empty());
}

}  // namespace
}  // namespace corokit::moulinette
