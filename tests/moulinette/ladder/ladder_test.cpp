#include "ladder/ladder.hpp"

#include "ladder/record.hpp"
#include "report/ladder_report.hpp"
#include "testing/support.hpp"

#include <gtest/gtest.h>
#include <algorithm>

namespace corokit::moulinette {
namespace {

/// A kit of toys of these names.
class Ladders : public testing::Test {
 protected:
  Ladder ladder(const std::vector<std::string>& names, const Standings& standings = {}) {
    std::vector<Exercise> kit;
    for (const std::string& name : names) {
      std::filesystem::copy(TOY "/exercise", workspace_.path() / name);
      kit.push_back({name, workspace_.path() / name / "spec.json", {}});
    }
    return load_ladder(kit, standings);
  }

  Workspace workspace_;
};

constexpr Standing kPassed{.best_score = 100, .max_score = 100, .passed_at = 1, .xp = 10};
constexpr Standing kBegun{.best_score = 60, .max_score = 100};

TEST_F(Ladders, HaveTheirRungsByNumberAndTheRestAfterThem) {
  const Ladder all = ladder({"10_j", "async", "02_b", "16_p", "priority"});
  std::vector<std::string> names;
  for (const Rung& rung : all.rungs) names.push_back(rung.spec.exercise);
  EXPECT_EQ(names, (std::vector<std::string>{"02_b", "10_j", "16_p", "async", "priority"}));
}

TEST_F(Ladders, LeadToTheFirstThatIsNotPassed) {
  const Ladder all =
      ladder({"01_a", "02_b", "03_c"}, {{"01_a", kPassed}, {"03_c", kPassed}, {"gone", kPassed}});
  ASSERT_NE(all.next(), nullptr);
  EXPECT_EQ(all.next()->spec.exercise, "02_b");
  EXPECT_EQ(all.passed(), 2U);
  EXPECT_EQ(all.xp(), 20);
  EXPECT_EQ(all.max_xp(), 45) << "with the bonus";
  EXPECT_EQ(standing_line(all, Language::english), "You have 20 of 45 XP. Next is 02_b: ./moulinette next\n");
}

TEST_F(Ladders, EndAtTheTop) {
  const Ladder all = ladder({"01_a"}, {{"01_a", kPassed}});
  EXPECT_EQ(all.next(), nullptr);
  EXPECT_NE(ladder_report(all, {}).find("You have passed all there is."), std::string::npos);
  EXPECT_EQ(to_json(all, Language::english)["next"], nullptr);
}

TEST_F(Ladders, LeadToWhatRestsOnPassedOnes) {
  Ladder all = ladder({"01_a", "02_b", "03_c", "04_d"}, {{"01_a", kPassed}});
  all.rungs[2].spec.prerequisites = {"02_b", "01_a", "no_such_rung"};
  EXPECT_EQ(all.missing_for(all.rungs[2]), std::vector<std::string>{"02_b"});
  EXPECT_EQ(all.next_after("02_b")->spec.exercise, "04_d") << "03_c rests on 02_b";
  EXPECT_EQ(all.next_after("04_d")->spec.exercise, "02_b");
  all.rungs[1].spec.prerequisites = {"04_d"};
  EXPECT_EQ(all.next()->spec.exercise, "04_d");
  all.rungs[3].spec.prerequisites = {"02_b"};
  EXPECT_EQ(all.next()->spec.exercise, "02_b") << "none is ready: the first that is open";
  EXPECT_NE(ladder_report(all, {}).find("  rests on 04_d\n"), std::string::npos);
}

TEST_F(Ladders, AreShownInModulesWithTheStateOfEachRung) {
  Ladder all = ladder({"01_a", "02_b", "08_h", "12_l", "async"}, {{"01_a", kPassed}, {"02_b", kBegun}});
  for (const std::size_t rung : {0U, 1U}) all.rungs[rung].spec.module = "Waiting";
  all.rungs[2].spec.module = "Time and messages";
  all.rungs[3].spec.module = "Structure and threads";
  all.rungs[4].spec.module = "The orchestrators";
  const std::string text = ladder_report(all, {});
  std::size_t place = 0;
  for (const char* part :
       {"Waiting\n", "01_a   passed", "> 02_b   60 of 100", "Time and messages\n", "08_h   open",
        "Structure and threads\n", "12_l", "The orchestrators\n", "async", "1 of 5 passed, 10 of 75 XP",
        "Next: 02_b, about 5 min, 10 XP; 15 without a hint", "two functions; foundation, difficulty 1 of 5",
        "02_b/subject.md", "02_b/toy.cpp", "int add(int a, int b)", "./moulinette grade 02_b"}) {
    place = text.find(part, place);
    ASSERT_NE(place, std::string::npos) << part << "\n" << text;
  }
}

TEST_F(Ladders, FitOnANarrowTerminal) {
  const Ladder all = ladder({"01_a", "02_b"});
  for (const std::size_t width : {20U, 60U, 72U, 100U}) {
    std::istringstream lines(ladder_report(all, {.width = width}));
    for (std::string line; std::getline(lines, line) && !line.starts_with("Next");)
      EXPECT_LE(line.size(), width + 8) << line;
  }
}

TEST_F(Ladders, NameTheLessonInTheLanguageOfTheReader) {
  const Ladder all = ladder({"01_a"});
  const auto folder = workspace_.path() / "01_a";
  const auto name = [&](Language language) { return lesson_of(all.rungs[0], language).filename().string(); };
  EXPECT_EQ(name(Language::french), "subject.md") << "there is no other";
  write_text(folder / "subject.fr.md", "Bonjour");
  EXPECT_EQ(name(Language::french), "subject.fr.md");
  EXPECT_EQ(name(Language::english), "subject.md");
  Ladder lessons = all;
  lessons.rungs[0].spec.subject = "lesson.md";
  write_text(folder / "lecon.fr.md", "Bonjour");
  EXPECT_EQ(lesson_of(lessons.rungs[0], Language::french).filename(), "lecon.fr.md");
}

TEST(RungNumber, IsWhatANameBeginsWith) {
  EXPECT_EQ(rung_number("05_notify"), 5);
  EXPECT_EQ(rung_number("16_pool"), 16);
  for (const char* name : {"", "5", "05", "05notify", "a5_x", "async_orchestrator"})
    EXPECT_EQ(rung_number(name), std::nullopt) << name;
}

TEST(Verdicts, CountIfTheyAreOfAWholeFileOfAStudent) {
  const std::vector<Exercise> kit = load_kit(KIT);
  const auto notify = std::ranges::find(kit, "05_notify", &Exercise::name);
  ASSERT_NE(notify, kit.end());
  Interrupt interrupt(Interrupt::WithoutSignals{});
  Session session(*notify, {}, interrupt);
  Graded graded;
  const auto mine = session.file_to_fill_in();
  for (const Verdict verdict : {Verdict::passed, Verdict::failed}) {
    graded.verdict = verdict;
    EXPECT_TRUE(counts(graded, session, mine));
    EXPECT_FALSE(counts(graded, session, "another_notify")) << "an implementation of the roster, by its name";
    EXPECT_FALSE(counts(graded, session, ROOT "/mutants/05_notify/notify.hpp")) << "the same, by its path";
  }
  for (const Verdict verdict : {Verdict::interrupted, Verdict::refused, Verdict::did_not_compile}) {
    graded.verdict = verdict;
    EXPECT_FALSE(counts(graded, session, mine));
  }
  graded.verdict = Verdict::passed;
  session.is_partial = true;
  EXPECT_FALSE(counts(graded, session, mine));
}

TEST_F(Ladders, GoOnAfterTheRungThatWasTaken) {
  const Ladder all = ladder({"01_a", "02_b", "03_c", "04_d"}, {{"03_c", kPassed}});
  EXPECT_EQ(all.next_after("02_b")->spec.exercise, "04_d");
  EXPECT_EQ(all.next_after("04_d")->spec.exercise, "01_a") << "what is left before it";
  EXPECT_EQ(all.next_after("01_a")->spec.exercise, "02_b");
  const Ladder last = ladder({"05_e"});
  EXPECT_EQ(last.next_after("05_e"), nullptr);
}

TEST(Standing, KeepsTheBestAndTheFirstPass) {
  Graded graded;
  graded.score = 60;
  graded.max_score = 100;
  Standing standing;
  add(standing, graded, toy_spec(), 1);
  EXPECT_EQ(standing, (Standing{.best_score = 60, .max_score = 100}));
  graded.verdict = Verdict::passed;
  graded.score = 100;
  add(standing, graded, toy_spec(), 2);
  graded.score = 80;
  add(standing, graded, toy_spec(), 3);
  EXPECT_EQ(standing, (Standing{.best_score = 100, .max_score = 100, .passed_at = 2, .xp = 15}));
}

TEST(Standing, HasNoBonusAfterAHint) {
  Graded graded;
  graded.verdict = Verdict::passed;
  graded.score = graded.max_score = 100;
  Standing standing{.hints = 1};
  add(standing, graded, toy_spec(), 1);
  EXPECT_EQ(standing.xp, 10);
}

}  // namespace
}  // namespace corokit::moulinette
