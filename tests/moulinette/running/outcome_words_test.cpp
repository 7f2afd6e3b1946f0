#include "running/outcome_words.hpp"

#include "running/outcome.hpp"
#include "verdict/verdict.hpp"

#include <gtest/gtest.h>

namespace corokit::moulinette {
namespace {

/// Whether both languages have their own words for it.
bool is_said(std::string_view name) {
  const std::string word(name);
  return outcome_in(Language::french, word) != word &&
         outcome_in(Language::english, word).find('_') == word.npos;
}

TEST(OutcomeWords, SayEveryOutcomeAndVerdictInBothLanguages) {
  for (int i = 0; i <= static_cast<int>(Outcome::interrupted); ++i)
    EXPECT_TRUE(is_said(word(static_cast<Outcome>(i)))) << word(static_cast<Outcome>(i));
  for (int i = 0; i <= static_cast<int>(Verdict::interrupted); ++i)
    EXPECT_TRUE(is_said(word(static_cast<Verdict>(i)))) << word(static_cast<Verdict>(i));
  for (const char* of_class : {"unusable", "missing", "not_graded"})
    EXPECT_TRUE(is_said(of_class)) << of_class;
}

TEST(OutcomeWords, LeaveOtherWordsAsTheyAre) {
  EXPECT_EQ(outcome_in(Language::french, "something_new"), "something_new");
  EXPECT_EQ(outcome_in(Language::english, "exited_early"), "exited early");
  EXPECT_EQ(outcome_in(Language::french, "did_not_compile"), "ne compile pas");
}

}  // namespace
}  // namespace corokit::moulinette
