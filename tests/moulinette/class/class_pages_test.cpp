#include "class/class_pages.hpp"

#include "class/class_csv.hpp"
#include "class/class_table.hpp"
#include "class/hand_in_notes.hpp"
#include "class/html.hpp"
#include "class/page_parts.hpp"
#include "testing/class_sample.hpp"

#include <gtest/gtest.h>
#include <cerrno>
#include <cstring>

namespace corokit::moulinette {
namespace {

testing::AssertionResult has(const std::string& page, const std::string& text) {
  if (page.find(text) != std::string::npos) return testing::AssertionSuccess();
  return testing::AssertionFailure() << "no \"" << text << "\" in:\n" << page;
}

TEST(Html, ShowsHostileTextAsText) {
  EXPECT_EQ(escaped("<a href=\"x\">'&"), "&lt;a href=&quot;x&quot;&gt;&#39;&amp;");
  EXPECT_EQ(escaped("a\nb"), "a\nb");
  EXPECT_EQ(escaped("\x1b[31m"), "\\u001b[31m");
  EXPECT_EQ(escaped("\xe2\x80\xae"), "\\u202e");
  EXPECT_EQ(escaped("\xff"), "\xef\xbf\xbd");
  EXPECT_EQ(address("students/a b#c%.html"), "students/a%20b%23c%25.html");
}

TEST(StudentPage, SaysWhatFailsInTheLanguageOfTheStudent) {
  const ClassSample sample;
  sample.write();
  const std::string bob = sample.page("students/bob.html");
  EXPECT_TRUE(bob.starts_with("<!DOCTYPE html>\n<html lang=\"en\">"));
  EXPECT_TRUE(has(bob, "54 of 100 points"));
  EXPECT_TRUE(has(bob, "The tests give 60 points; the hand-in is late."));
  EXPECT_TRUE(has(bob, "1 h 40 min (rule: 10%/day)"));
  EXPECT_TRUE(has(bob, "A test that fails: counts, edge_nothing"));
  EXPECT_TRUE(has(bob, "counting to 0"));
  EXPECT_TRUE(has(bob, "task 0 ──▌ &lt;wait&gt;"));
  EXPECT_TRUE(has(bob, "./moulinette replay toy/edge_nothing/7"));
  EXPECT_TRUE(has(bob, "think of the last one")) << "a hint was asked for";
  EXPECT_TRUE(has(bob, "<h2>Attempts</h2>"));
  EXPECT_EQ(bob.find("<script"), std::string::npos);
  EXPECT_EQ(bob.find("<b>4"), std::string::npos);
  const std::string carla = sample.page("students/carla.html");
  EXPECT_TRUE(carla.starts_with("<!DOCTYPE html>\n<html lang=\"fr\">"));
  EXPECT_TRUE(has(carla, "0 points sur 100"));
  EXPECT_TRUE(has(carla, "Un test qui échoue : adds"));
  EXPECT_TRUE(has(carla, "la somme de deux nombres") && has(carla, "il y a un opérateur pour cela"));
  EXPECT_TRUE(has(sample.page("students/dan.html"), "threads are forbidden"));
  EXPECT_TRUE(has(sample.page("students/dan.html"), "<span class=\"badge bad\">refusé</span>"));
  EXPECT_TRUE(has(sample.page("students/eve.html"), "expected &#39;;&#39; &lt;here&gt;"));
  EXPECT_TRUE(has(sample.page("students/fay.html"), "Rien n&#39;a été rendu."));
}

TEST(StudentPage, SaysWhatWasWrongWithAHandInInTheLanguageOfTheStudent) {
  ClassSample sample;
  StudentResult& bob = sample.result().students[1];
  StudentResult& carla = sample.result().students[2];
  bob.notes = carla.notes = {note("{} is a symbolic link, and was skipped.", "here/up")};
  carla.attempts.back().problem = note("The file is empty.");
  sample.write();
  EXPECT_TRUE(has(sample.page("students/bob.html"), "here/up is a symbolic link, and was skipped."));
  EXPECT_TRUE(has(sample.page("students/carla.html"), "here/up est un lien symbolique, et a été ignoré."));
  EXPECT_TRUE(has(sample.page("students/carla.html"), "Le fichier est vide."));
}

TEST(StudentPage, HasNoEnglishOfTheSystemInFrench) {
  ClassSample sample;
  StudentResult& carla = sample.result().students[2];
  carla.attempts.back().problem = note("The file cannot be read: {}.", std::strerror(EACCES));
  sample.write();
  EXPECT_TRUE(
      has(sample.page("students/carla.html"), "Le fichier ne peut pas être lu : permission refusée."));
}

TEST(StudentPage, SaysOnlyThatTheGraderFailed) {
  ClassSample sample;
  StudentResult& carla = sample.result().students[2];
  carla.verdict = carla.attempts.back().verdict = "not_graded";
  carla.attempts.back().problem = "Cannot write /srv/work/x: No space left on device.";
  sample.write();
  const std::string page = sample.page("students/carla.html");
  EXPECT_TRUE(has(page, "<span class=\"badge bad\">non corrigé</span>"));
  EXPECT_TRUE(has(page, "Le correcteur a échoué, ce qui ne dit rien de votre fichier."));
  EXPECT_EQ(page.find("Cannot write"), std::string::npos);
  EXPECT_TRUE(has(sample.page("index.html"), "Cannot write /srv/work/x: No space left on device."))
      << "the reason is for the instructor";
}

TEST(StudentPage, SaysWhyNothingWasGraded) {
  ClassSample sample;
  sample.result().students[5].notes = {note("Only an online text was handed in, and no file.")};
  sample.write();
  EXPECT_TRUE(has(sample.page("students/fay.html"), "Rien de ce qui a été rendu ne peut être corrigé."));
  EXPECT_TRUE(has(sample.page("students/fay.html"), "Seul un texte en ligne a été rendu, et aucun fichier."));
  EXPECT_TRUE(has(sample.page("index.html"), "Only an online text was handed in"));
  EXPECT_TRUE(has(class_table(sample.result(), {.width = 160}), "Only an online text was handed in"));
}

TEST(StudentPage, SaysOnceWhatTheCompilerSays) {
  const ClassSample sample;
  sample.write();
  const std::string eve = sample.page("students/eve.html");
  const std::string error = "expected &#39;;&#39; &lt;here&gt;";
  const std::size_t first = eve.find(error);
  ASSERT_NE(first, std::string::npos);
  EXPECT_EQ(eve.find(error, first + 1), std::string::npos) << eve;
}

TEST(Shown, RoundsMinutesUpAsTheTableDoes) {
  const Words english(Language::english);
  EXPECT_EQ(shown(std::chrono::seconds(59), english), "59 s");
  EXPECT_EQ(shown(std::chrono::seconds(61), english), "2 min");
  EXPECT_EQ(shown(std::chrono::seconds(3600), english), "1 h 0 min");
  EXPECT_EQ(shown(std::chrono::seconds(3601), english), "1 h 1 min");
}

TEST(StudentPage, GivesNoHintsUnlessAsked) {
  const ClassSample sample;
  ClassSample& written = const_cast<ClassSample&>(sample);  // NOLINT
  write_pages(written.result(), sample.path(), sample.exercise(), {});
  EXPECT_EQ(sample.page("students/bob.html").find("think of the last one"), std::string::npos);
}

TEST(StudentPage, WithholdsWhatHiddenTestsSay) {
  ClassSample sample;
  sample.result().tests[1].visible = false;
  for (const StudentResult& student : sample.result().students) {
    const auto file = sample.path() / feedback_file(student.id);
    if (!std::filesystem::exists(file)) continue;
    auto feedback = nlohmann::ordered_json::parse(read_file(file));
    for (auto& test : feedback["tests"]) test["visible"] = test["name"] != "counts";
    write_file(file, without_hidden(feedback, sample.result().tests).dump());
  }
  sample.write();
  const std::string bob = sample.page("students/bob.html");
  for (const char* secret : {"<code>counts", "edge_nothing", "counting", "got", "task 0", "replay",
                             "think of", "/ 40", "of 100 points", "54"})
    EXPECT_EQ(bob.find(secret), std::string::npos) << secret;
  EXPECT_TRUE(has(bob, "60 of 60 points"));
  EXPECT_TRUE(has(bob, "40 more points are withheld: they are those of hidden tests."));
  const std::string carla = sample.page("students/carla.html");
  EXPECT_TRUE(has(carla, "40 autres points ne sont pas encore montrés : ce sont ceux de tests cachés."));
  const std::string index = sample.page("index.html");
  EXPECT_TRUE(has(index, "edge_nothing")) << "the class's page is for the teacher";
  EXPECT_TRUE(has(index, "<td class=\"number\">40</td>"));
  EXPECT_TRUE(has(sample.page("grades.csv"), "adds,counts,total"));
}

TEST(StudentPage, ShowsWhatHiddenTestsSayOnceThatIsReleased) {
  ClassSample sample;
  sample.result().tests[1].visible = false;
  sample.result().released = true;
  const auto file = sample.path() / feedback_file("bob");
  auto feedback = nlohmann::ordered_json::parse(read_file(file));
  feedback["tests"][1]["visible"] = false;
  write_file(file, feedback.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace));
  sample.write();
  const std::string bob = sample.page("students/bob.html");
  EXPECT_TRUE(has(bob, "<code>counts"));
  EXPECT_TRUE(has(bob, "A test that fails: counts, edge_nothing"));
  EXPECT_EQ(bob.find("A hidden test"), std::string::npos);
}

TEST(ClassPage, SaysHowTheClassDidAndWhatToTeach) {
  const ClassSample sample;
  sample.write();
  const std::string page = sample.page("index.html");
  EXPECT_TRUE(has(page, "<li>Students<b>6</b></li>"));
  EXPECT_TRUE(has(page, "<li>Handed in<b>5</b></li>"));
  EXPECT_TRUE(has(page, "<li>Missing<b>1</b></li>"));
  EXPECT_TRUE(has(page, "<li>Median<b>0.0</b></li>"));
  EXPECT_TRUE(has(page, "<code>edge_nothing (counts)</code>: 2 of 5 hand-ins break it"));
  EXPECT_TRUE(has(page, "a loop that always runs once"));
  EXPECT_TRUE(has(page, "A test ends at the first of its parts that breaks"));
  EXPECT_TRUE(has(page, "mutant_off_by_one"));
  EXPECT_TRUE(has(page, "1 of 2 hand-ins that fail a test resemble no mistake that the kit knows."));
  EXPECT_TRUE(has(page, "The same file from 2:"));
  EXPECT_TRUE(has(page, "<a href=\"similar/bob-carla.html\">side by side</a>"));
  EXPECT_TRUE(has(page, "<td class=\"number\">91 %</td><td class=\"number\">84 %</td>"));
  EXPECT_TRUE(has(page, "Nothing from: <a href=\"students/fay.html\">Fay (fay)</a>"));
  EXPECT_TRUE(has(page, "x.zip was skipped"));
  EXPECT_EQ(page.find("alert(1)</script>"), std::string::npos);
}

TEST(ClassPage, SaysWhatWasSkippedInItsLanguage) {
  ClassSample sample;
  sample.result().problems = {note("{} was skipped: it is no C++ source.", "notes.pdf"), "something new"};
  write_pages(sample.result(), sample.path(), sample.exercise(), {.language = Language::french});
  const std::string page = sample.page("index.html");
  EXPECT_TRUE(has(page, "<p>notes.pdf a été ignoré : ce n&#39;est pas une source C++.</p>"));
  EXPECT_TRUE(has(page, "<p>something new</p>"));
  EXPECT_TRUE(has(page, "<span class=\"badge bad\">refusé</span>"));
}

TEST(ClassCsv, QuotesAndDefuses) {
  EXPECT_EQ(csv_field("plain"), "plain");
  EXPECT_EQ(csv_field("a,b"), "\"a,b\"");
  EXPECT_EQ(csv_field("say \"a\""), "\"say \"\"a\"\"\"");
  EXPECT_EQ(csv_field("=1+2"), "'=1+2");
  EXPECT_EQ(csv_field(" =1+2"), "' =1+2");
  EXPECT_EQ(csv_field("@x"), "'@x");
  EXPECT_EQ(csv_field("-x"), "'-x");
  EXPECT_EQ(csv_field("+x"), "'+x");
  EXPECT_EQ(csv_field("a\r\n=b"), "a  =b");
  EXPECT_EQ(csv_field("\xff"), "\xef\xbf\xbd");
}

TEST(ClassCsv, HasALineForEachStudent) {
  ClassSample sample;
  sample.result().students[0].group = "Été 2";
  sample.result().students[3].group = "+1";
  sample.result().students[3].attempts.back().handed_in = {};
  EXPECT_EQ(
      class_csv(sample.result()),
      "\xEF\xBB\xBF"
      "student,name,group,adds,counts,total,after_late_rule,verdict,norm,handed_in,late_minutes,similar\r\n"
      "ann,Ann Äpfel,Été 2,60,40,100,100,passed,,2026-05-01T21:59:00Z,,eve (same file)\r\n"
      "bob,\"<script>alert(1)</script> [31m \"\"'&\",,60,0,60,54,failed,,2026-05-01T21:59:00Z,100,carla 91 "
      "%\r\n"
      "carla,'=cmd|' /C calc'!A0,,0,0,0,0,failed,,2026-05-01T21:59:00Z,,bob 84 %\r\n"
      "dan,\"Dan, \"\"the man\"\"\",'+1,0,0,0,0,refused,std::thread,,,\r\n"
      "eve,,,0,0,0,0,did_not_compile,,2026-05-01T21:59:00Z,,ann (same file)\r\n"
      "fay,Fay,,,,0,0,missing,,,,\r\n");
}

TEST(ClassCsv, HasTheIdThatTheRosterWritesAndItsMail) {
  ClassSample sample;
  sample.result().students[5].roster_id = "Participant 11";
  sample.result().students[5].email = "fay@school.edu";
  const std::string csv = class_csv(sample.result());
  EXPECT_TRUE(has(csv, "student,name,email,group,"));
  EXPECT_TRUE(has(csv, "Participant 11,Fay,fay@school.edu,,"));
  EXPECT_TRUE(has(csv, "ann,Ann Äpfel,,,"));
}

TEST(ClassTable, HasALineForEachStudent) {
  ClassSample sample;
  const std::string table = class_table(sample.result(), {.width = 160});
  EXPECT_TRUE(has(table, "Ann Äpfel (ann)"));
  EXPECT_TRUE(has(table, "late by 1 h 40 min; counts, edge_nothing; like carla 91 %"));
  EXPECT_TRUE(has(table, "6 students, 5 hand-ins, 1 passed."));
  EXPECT_EQ(table.find('\x1b'), std::string::npos);
  EXPECT_EQ(table.find("\xe2\x80\xae"), std::string::npos);
}

}  // namespace
}  // namespace corokit::moulinette
