#include "output/drawing_words.hpp"

#include <explorer/drawing/samples.hpp>
#include <simulation/step_text.hpp>
#include <simulation/timeline.hpp>

#include <gtest/gtest.h>
#include <regex>

namespace corokit::moulinette {
namespace {

using explorer::draw_step;
using explorer::draw_timeline;

/// Says a text in French, and finds it wrong if it is not there. A length of time is the same in both languages.
std::string said(const std::string& english) {
  static const std::regex time("[0-9.]+ (ns|µs|ms|s)");
  std::string french = drawing_words(Language::french)(english);
  EXPECT_TRUE(french != english || std::regex_match(english, time)) << english;
  return french;
}

TEST(DrawingWords, HaveAllThatDrawingsSay) {
  std::string all;
  for (const explorer::Sample& sample : explorer::samples()) {
    for (const std::size_t rows : {std::size_t{1}, std::size_t{20}})
      all += draw_timeline(sample.recording, {.rows = rows, .say = said});
    for (std::size_t place = 0; place < sample.recording.steps.size(); ++place)
      all += draw_step(sample.recording, place, {.say = said});
  }
  for (const char* part : {"Temps : ", "█ tourne ou dort", "n'a pas encore tourné", "Valeurs :\n"})
    EXPECT_NE(all.find(part), std::string::npos) << part;
}

TEST(DrawingWords, AreNoneInEnglish) {
  EXPECT_FALSE(drawing_words(Language::english));
}

}  // namespace
}  // namespace corokit::moulinette
