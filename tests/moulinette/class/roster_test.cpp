#include "class/roster.hpp"

#include "error.hpp"
#include "testing/support.hpp"

#include <gtest/gtest.h>

namespace corokit::moulinette {
namespace {

std::string found(const Roster& roster, const std::vector<std::string>& labels) {
  const RosterStudent* student = roster.find(labels).student;
  return student ? student->id : "nobody";
}

TEST(Roster, HasWhatItsColumnsSay) {
  const Roster roster = Roster::parse(
      "ID;Name;Groupe;Langue;Extension;Rendu le\n"
      "e12;\"Lee; Ann\";2;Français;2 days;2026-05-01T10:00Z\ne13;Bob\n",
      "r.csv");
  ASSERT_EQ(roster.students().size(), 2U);
  const RosterStudent& ann = roster.students()[0];
  EXPECT_EQ(ann.id, "e12");
  EXPECT_EQ(ann.name, "Lee; Ann");
  EXPECT_EQ(ann.group, "2");
  EXPECT_EQ(ann.language, "fr");
  EXPECT_EQ(ann.extension, "2 days");
  EXPECT_EQ(ann.handed_in, moment_of("2026-05-01T10:00:00Z"));
  EXPECT_EQ(roster.students()[1].language, "");
}

TEST(Roster, IsReadAsPlatformsExportIt) {
  const Roster gradescope =
      Roster::parse("First Name,Last Name,SID,Email\nAnn,Lee,100,ann@school.edu\n", "g.csv");
  EXPECT_EQ(gradescope.students()[0].id, "100");
  EXPECT_EQ(gradescope.students()[0].name, "Ann Lee");
  EXPECT_EQ(found(gradescope, {"Lee, Ann"}), "100");
  EXPECT_EQ(found(gradescope, {"ANN@school.edu"}), "100");
  const Roster classroom = Roster::parse(
      "\"identifier\",\"github_username\",\"github_id\",\"name\"\n\"e12\",\"ann-l\",\"77\",\"\"\n", "c.csv");
  EXPECT_EQ(classroom.students()[0].id, "e12");
  EXPECT_EQ(found(classroom, {"hw1-ann-l"}), "e12");
}

TEST(Roster, IsReadAsMoodleExportsItInFrench) {
  const Roster roster = Roster::parse(
      "Prénom,Nom de famille,Numéro d'identification,Identifiant,Adresse de courriel\n"
      "Zoé,Müller,e12,zmuller,zoe@ecole.fr\n",
      "m.csv");
  EXPECT_EQ(roster.students()[0].id, "e12");
  EXPECT_EQ(roster.students()[0].name, "Zoé Müller");
  EXPECT_EQ(roster.students()[0].email, "zoe@ecole.fr");
  EXPECT_EQ(found(roster, {"zmuller"}), "e12");
  EXPECT_EQ(found(roster, {"zoe@ecole.fr"}), "e12");
}

TEST(Roster, MayBeInOtherEncodings) {
  const Workspace workspace;
  const std::filesystem::path file = workspace.path() / "r.csv";
  const std::string text = "id,name\ne1,Zoé\n";
  std::string wide, other_wide;
  for (const char16_t unit : std::u16string(u"id,name\ne1,Zo\u00e9\n")) {
    wide += {static_cast<char>(unit & 0xFFU), static_cast<char>(unit >> 8U)};
    other_wide += {static_cast<char>(unit >> 8U), static_cast<char>(unit & 0xFFU)};
  }
  for (const std::string& bytes :
       {text, "\xEF\xBB\xBF" + text, "\xFF\xFE" + wide, "\xFE\xFF" + other_wide, wide}) {
    write_text(file, bytes);
    const Roster roster = Roster::load(file);
    EXPECT_EQ(roster.students().at(0).name, "Zoé") << bytes;
    EXPECT_TRUE(roster.problems().empty()) << bytes;
  }
  write_text(file, "id,name\ne1,Zo\xe9\n");
  const Roster roster = Roster::load(file);
  EXPECT_EQ(roster.students().at(0).name, "Zoé");
  EXPECT_EQ(
      roster.problems(),
      std::vector<std::string>{"r.csv is not in UTF-8, and was read as Windows-1252: look at the names."});
}

TEST(Roster, FindsWhoIsMeant) {
  const Roster roster =
      Roster::parse("id,name,seat\nlee,Ann Lee,R1-07\nann-lee,Ann Other,R1-08\ne9,Zoé Ä,12\n", "r.csv");
  EXPECT_EQ(found(roster, {"LEE"}), "lee");
  EXPECT_EQ(found(roster, {"toy-ann-lee"}), "ann-lee");
  EXPECT_EQ(found(roster, {"r1_07"}), "lee");
  EXPECT_EQ(found(roster, {"seat 12"}), "e9");
  EXPECT_EQ(found(roster, {"zoé_ä"}), "e9");
  EXPECT_EQ(found(roster, {"e9 submission final"}), "e9");
  EXPECT_EQ(found(roster, {"unknown", "e9"}), "e9");
  EXPECT_EQ(found(roster, {"nobody"}), "nobody");
  EXPECT_EQ(found(roster, {""}), "nobody");
}

TEST(Roster, SaysHowWellALabelFits) {
  const Roster roster = Roster::parse("id,name,github\nann,Ann Lee,ann-l\nBOB,Bob,\nbob,Bobby,\n", "r.csv");
  for (const char* label : {"ann", "ann-l"}) EXPECT_EQ(roster.find({label}).fit, Fit::exact) << label;
  EXPECT_EQ(roster.find({"Ann Lee"}).fit, Fit::named);
  for (const char* label :
       {"ANN", "Ann", "evil-ann", "ANN-L", "ann-lee", "ann lee", "hw1-ann", "ann final"}) {
    EXPECT_EQ(roster.find({label}).fit, Fit::alike) << label;
    EXPECT_EQ(found(roster, {label}), "ann");
  }
  EXPECT_EQ(roster.find({"nobody"}).fit, Fit::none);
  EXPECT_EQ(roster.find({"ANN", "ann"}).fit, Fit::exact);
  // A platform writes the names of the students, so their case says nothing.
  EXPECT_EQ(roster.find({"7", "ANN LEE"}, true).fit, Fit::named);
  EXPECT_EQ(roster.find({"evil-ann"}, true).fit, Fit::alike);
}

TEST(Roster, TellsIdsApartByCaseAlone) {
  const Roster roster = Roster::parse("id,name\nBOB,One\nbob,Two\n", "r.csv");
  EXPECT_EQ(found(roster, {"bob"}), "bob");
  EXPECT_EQ(found(roster, {"BOB"}), "BOB");
  EXPECT_EQ(found(roster, {"Bob"}), "nobody");
}

TEST(Roster, TakesNobodyWhereItCouldBeTwo) {
  const Roster roster = Roster::parse("id,name\n1,Ann Lee\n2,Ann Lee\n3,Bob\n", "r.csv");
  EXPECT_EQ(found(roster, {"Ann Lee"}), "nobody");
  EXPECT_EQ(found(roster, {"work of 1 and 3 together"}), "nobody");
  EXPECT_EQ(found(roster, {"1"}), "1");
}

TEST(Roster, ThatCannotBeReadSaysWhatOneLooksLike) {
  EXPECT_THROW(Roster::parse("", "r.csv"), Error);
  EXPECT_THROW(Roster::parse("points,colour\n1,red\n", "r.csv"), Error);
  EXPECT_THROW(Roster::parse("id,name\n1,Ann\n1,Bob\n", "r.csv"), Error);
  EXPECT_THROW(Roster::parse("id,extension\n1,soon\n", "r.csv"), Error);
  EXPECT_THROW(Roster::parse("id,handed_in\n1,soon\n", "r.csv"), Error);
  EXPECT_THROW(Roster::load("/nonexistent/r.csv"), Error);
}

}  // namespace
}  // namespace corokit::moulinette
