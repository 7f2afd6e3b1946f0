#include "class/hand_in_notes.hpp"

#include <gtest/gtest.h>
#include <set>

namespace corokit::moulinette {
namespace {

std::size_t places(std::string_view text) {
  std::size_t number = 0;
  for (std::size_t at = 0; (at = text.find("{}", at)) != std::string_view::npos; ++at) ++number;
  return number;
}

/// Returns: a text with values.
std::string with_values(std::string_view text) {
  std::string made(text);
  for (int value = 1; made.find("{}") != std::string::npos; ++value)
    made.replace(made.find("{}"), 2, "v" + std::to_string(value) + ", it is");
  return made;
}

TEST(HandInNotes, AreThereOnceAndInFrenchWithTheSamePlaces) {
  std::set<std::string_view> seen;
  for (const auto& [english, french] : kNotes) {
    EXPECT_TRUE(seen.insert(english).second) << english;
    EXPECT_NE(english, french);
    EXPECT_EQ(places(english), places(french)) << english;
  }
}

TEST(HandInNotes, AreSaidInFrenchWithTheirValues) {
  for (const auto& [english, french] : kNotes)
    EXPECT_EQ(note_in(Language::french, with_values(english)), with_values(french));
  const std::string sentence =
      note("There are {} sources, and none is called {}: {}.", 2, "toy.cpp", "a.cpp, b.cpp");
  EXPECT_EQ(sentence, "There are 2 sources, and none is called toy.cpp: a.cpp, b.cpp.");
  EXPECT_EQ(note_in(Language::english, sentence), sentence);
  EXPECT_EQ(note_in(Language::french, sentence),
            "Il y a 2 sources, et aucune ne s'appelle toy.cpp : a.cpp, b.cpp.");
}

TEST(HandInNotes, OfTwoTextsTheOneIsMeantThatSaysMore) {
  EXPECT_EQ(note_in(Language::french, "The file cannot be read: Permission denied."),
            "Le fichier ne peut pas être lu : permission refusée.");
  EXPECT_EQ(note_in(Language::french, "ann holds no C++ source, but a, b and 3 more."),
            "ann ne contient aucune source C++, mais a, b et 3 autres.");
}

TEST(HandInNotes, OtherTextsStayAsTheyAre) {
  for (const char* other : {"", "{}", "The file", "bubblewrap cannot be started."})
    EXPECT_EQ(note_in(Language::french, other), other);
}

}  // namespace
}  // namespace corokit::moulinette
