#include "class/hand_in_notes.hpp"

#include <gtest/gtest.h>

namespace corokit::moulinette {
namespace {

TEST(HandInNotes, AreSaidInFrenchWithTheirValues) {
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
