// All tables of texts: none is without French, and none says something else with its values.
#include "class/hand_in_notes.hpp"
#include "class/page_words.hpp"
#include "output/drawing_words.hpp"
#include "output/error_texts.hpp"
#include "output/terminal_words.hpp"
#include "running/run_messages.hpp"

#include <gtest/gtest.h>
#include <set>

namespace corokit::moulinette {
namespace {

struct Table {
  const char* name;
  std::span<const TextPair> texts;
  std::set<std::string_view> same = {};  // the texts that are the same in both languages
};

std::ostream& operator<<(std::ostream& out, const Table& table) {
  return out << table.name;
}

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

class AllTexts : public testing::TestWithParam<Table> {};

/// Of them those that are made in English, and said in French later.
class TextsOfReports : public AllTexts {};

TEST_P(AllTexts, AreThereOnceAndInFrenchWithTheSamePlaces) {
  std::set<std::string_view> seen;
  for (const auto& [english, french] : GetParam().texts) {
    EXPECT_TRUE(seen.insert(english).second) << english;
    EXPECT_FALSE(french.empty()) << english;
    EXPECT_EQ(english == french, GetParam().same.contains(english)) << english;
    EXPECT_EQ(places(english), places(french)) << english;
  }
}

TEST_P(TextsOfReports, AreSaidInFrenchWithTheirValues) {
  for (const auto& [english, french] : GetParam().texts)
    EXPECT_EQ(said_in_french(GetParam().texts, with_values(english)), with_values(french)) << english;
}

// A space stands before ; : ? ! and within « », as in all French texts of the kit.
TEST_P(AllTexts, AreSetAsFrenchIs) {
  for (const auto& [english, french] : GetParam().texts) {
    for (std::size_t i = 1; i < french.size(); ++i) {
      const bool is_mark = std::string_view(";?!").find(french[i]) != std::string_view::npos ||
                           (french[i] == ':' && (i + 1 == french.size() || french[i + 1] == ' '));
      EXPECT_FALSE(is_mark && french[i - 1] != ' ' && !french.starts_with("error: ")) << french;
    }
    EXPECT_EQ(french.find('"'), std::string_view::npos) << french;
  }
}

const Table kOfDrawings{"DrawingWords", kDrawingWords};
const Table kOfErrors{"ErrorTexts", kErrorTexts};
const Table kOfHandIns{"HandInNotes", kNotes};
const Table kOfPages{"PageWords", kPageWords, {"Passages", "Points", "Test", "Tests"}};
const Table kOfRuns{"RunMessages", kRunMessages};
const Table kOfTerminals{"TerminalWords", kTerminalWords};

std::string name_of(const testing::TestParamInfo<Table>& tested) {
  return tested.param.name;
}

INSTANTIATE_TEST_SUITE_P(Of, AllTexts,
                         testing::Values(kOfDrawings, kOfErrors, kOfHandIns, kOfPages, kOfRuns, kOfTerminals),
                         name_of);
INSTANTIATE_TEST_SUITE_P(Of, TextsOfReports, testing::Values(kOfDrawings, kOfErrors, kOfHandIns, kOfRuns),
                         name_of);

}  // namespace
}  // namespace corokit::moulinette
